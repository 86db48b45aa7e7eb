"""Letter texts: Markdown in, safe HTML out."""

import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

LONGEST_TEXT = 200_000
"""Bytes a letter's text may have; rendering that many takes well under a second."""

_TAGS = {"p", "h2", "h3", "h4", "em", "strong", "s", "a", "ul", "ol", "li", "blockquote", "hr"}
_TAGS |= {"br", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"}

_markdown = (
    MarkdownIt("commonmark", {"html": False, "typographer": False})
    .enable(["table", "strikethrough"])
    .disable(["image"])
)


def parse(text: str) -> list[Token]:
    """Return what `text` (Markdown, HTML off, no images) consists of."""
    return _markdown.parse(text)


def render(text: str) -> str:
    """Return `text` as sanitised HTML.

    Headings start at level two: the page's first heading is the letter's title.
    """
    tokens = parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 4)}"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def plain(text: str) -> str:
    """Return `text` (Markdown) as people write mails: what is marked in it, without the marks.

    Addresses stand behind the words that lead to them; an empty line parts what belongs apart.
    """
    lines: list[str] = []
    _write_plainly(SyntaxTreeNode(_markdown.parse(text)), "", lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def _write_plainly(node: SyntaxTreeNode, indent: str, lines: list[str]) -> None:
    number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
    for child in node.children:
        match child.type:
            case "paragraph" | "heading":
                told = _words(child)
                lines += [indent + line for line in told.split("\n")]
                if child.type == "heading":
                    lines.append(indent + "-" * min(len(told), 60))
            case "fence" | "code_block":
                lines += [f"{indent}    {line}" for line in child.content.splitlines()]
            case "hr":
                lines.append(f"{indent}* * *")
            case "list_item":
                mark = f"{number}. " if number else "- "
                number += bool(number)
                lines += [indent + line for line in _item(child, mark)]
                continue
            case "tr":
                lines.append(indent + " | ".join(_words(cell) for cell in child.children))
                continue
            case "blockquote":
                _write_plainly(child, f"{indent}> ", lines)
            case _:
                _write_plainly(child, indent, lines)
        if child.type not in {"thead", "tbody"}:
            lines.append(indent.rstrip() if indent.startswith(">") else "")


def _item(node: SyntaxTreeNode, mark: str) -> list[str]:
    inside: list[str] = []
    _write_plainly(node, "", inside)
    first, *rest = "\n".join(inside).rstrip("\n").split("\n")
    return [mark + first, *(" " * len(mark) + line for line in rest)]


def _words(node: SyntaxTreeNode) -> str:
    """Return the text of a line, and behind the words of a link where that leads."""
    match node.type:
        case "text" | "code_inline":
            return node.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "link":
            words = "".join(map(_words, node.children))
            target = str(node.attrs["href"]).removeprefix("mailto:")
            return words if words in {target, ""} else f"{words} <{target}>"
        case _:
            return "".join(map(_words, node.children))


def split_lead(html: str) -> tuple[str, str]:
    """Return the first paragraph of rendered `html` and the rest; the demands stand between."""
    if not html.startswith("<p>"):
        return "", html
    lead, end, rest = html.partition("</p>\n")
    return (lead + end, rest) if end else (html, "")
