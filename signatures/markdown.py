"""Letter texts: Markdown in, safe HTML out."""

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

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


def split_lead(html: str) -> tuple[str, str]:
    """Return the first paragraph of rendered `html` and the rest; the demands stand between."""
    if not html.startswith("<p>"):
        return "", html
    lead, end, rest = html.partition("</p>\n")
    return (lead + end, rest) if end else (html, "")
