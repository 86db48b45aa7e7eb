"""A letter's text as blocks to be laid out, which hold nothing but words: no HTML, no markup."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin, urlsplit

from markdown_it.tree import SyntaxTreeNode

from signatures import markdown

Node = dict[str, Any]
"""`kind`, and what a block or a run of words of that kind consists of."""

SCHEMES = {"http", "https", "mailto"}
"""Where links may lead, as on the web (signatures/markdown.py)."""

LONGEST_LINK = 2000
"""Characters of an address that is worth a link."""

DEEPEST = 5
"""How many quotations and lists stand within one another before they are laid out as one."""

HIGHEST, LOWEST = 2, 4
"""The levels of headings: the first one is the title's."""


def blocks(text: str, address: str) -> list[Node]:
    """Return the blocks of a letter's text (Markdown); links start from `address`."""
    made = _Blocks(address).of(SyntaxTreeNode(markdown.parse(text)).children, 0)
    return _without_gaps(made)


def lead_and_rest(made: list[Node]) -> tuple[list[Node], list[Node]]:
    """Return the first paragraph and the rest; the demands stand between."""
    first = int(bool(made) and made[0]["kind"] == "paragraph")
    return made[:first], made[first:]


def _without_gaps(made: list[Node]) -> list[Node]:
    """Have headings of a text descend step by step, which those who hear them rely on."""
    used = sorted({block["level"] for block in made if block["kind"] == "heading"})
    ranks = {level: HIGHEST + rank for rank, level in enumerate(used)}
    deepest = HIGHEST - 1
    for block in made:
        if block["kind"] == "heading":
            block["level"] = deepest = min(ranks[block["level"]], deepest + 1, LOWEST)
    return made


class _Blocks:
    def __init__(self, address: str) -> None:
        self.address = address

    def of(self, nodes: Iterable[SyntaxTreeNode], depth: int) -> list[Node]:
        return [block for node in nodes for block in self._block(node, depth)]

    def _block(self, node: SyntaxTreeNode, depth: int) -> list[Node]:
        match node.type:
            case "paragraph":
                return [{"kind": "paragraph", "words": self._inside(node)}]
            case "heading" if depth:
                strong = {"kind": "strong", "words": self._inside(node)}
                return [{"kind": "paragraph", "words": [strong]}]
            case "heading":
                level = int(node.tag[1])
                return [{"kind": "heading", "level": level, "words": self._inside(node)}]
            case "bullet_list" | "ordered_list":
                items = [self.of(item.children, depth + 1) for item in node.children]
                if depth >= DEEPEST:
                    return [block for item in items for block in item]
                start = int(node.attrs.get("start", 1))
                ordered = node.type == "ordered_list"
                return [{"kind": "list", "ordered": ordered, "start": start, "items": items}]
            case "blockquote":
                quoted = self.of(node.children, depth + 1)
                return quoted if depth >= DEEPEST else [{"kind": "quote", "blocks": quoted}]
            case "fence" | "code_block":
                return [{"kind": "code", "text": node.content.rstrip("\n")}]
            case "table":
                rows = [
                    [self._inside(cell) for cell in row.children]
                    for part in node.children
                    for row in part.children
                ]
                return [{"kind": "table", "head": rows[0], "rows": rows[1:]}]
            case "hr":
                return [{"kind": "rule"}]
            case _:
                return [{"kind": "paragraph", "words": [{"kind": "text", "text": node.content}]}]

    def _inside(self, node: SyntaxTreeNode) -> list[Node]:
        return [word for inline in node.children for word in self._words(inline)]

    def _words(self, inline: SyntaxTreeNode) -> list[Node]:
        return [made for node in inline.children for made in self._word(node)]

    def _word(self, node: SyntaxTreeNode) -> list[Node]:
        match node.type:
            case "em" | "strong" | "s":
                kind = {"em": "emphasis", "strong": "strong", "s": "struck"}[node.type]
                return [{"kind": kind, "words": self._words(node)}]
            case "link":
                address = self._leading(str(node.attrs.get("href", "")))
                words = self._words(node)
                return [{"kind": "link", "address": address, "words": words}] if address else words
            case "code_inline":
                return [{"kind": "code", "text": node.content}]
            case "softbreak":
                return [{"kind": "text", "text": " "}]
            case "hardbreak":
                return [{"kind": "break"}]
            case _:
                return [{"kind": "text", "text": node.content}]

    def _leading(self, href: str) -> str:
        """Return where a link leads, or nothing if it may not."""
        try:
            address = urljoin(self.address, href)
            fits = urlsplit(address).scheme in SCHEMES and len(address) <= LONGEST_LINK
        except ValueError:
            return ""
        return address if fits else ""
