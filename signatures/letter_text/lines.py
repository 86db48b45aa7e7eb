"""The lines of a document, and what their form tells: lists, headings, tables, empty lines."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from django.utils.translation import gettext as _

from signatures import moments, names
from signatures.workbooks import Unreadable

LARGEST_TEXT = 2_000_000
"""Characters; a letter with ten thousand signatories has half of that."""

MOST_LINES = 25_000
"""Lines that are not empty."""

LOOKED_AT = 240
"""Characters at the beginning of a line that tell what it is; the rest is only kept."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb\uffa0\ud800-\udfff]"
)
_BULLET = re.compile(r"[•‣▪▫●○◦·∙►➢➤➔✓✔■□◆◇▶⁃❖\ue000-\uf8ff]\s*|[-–—*+o→](?=\s)\s*")
_NUMBER = re.compile(
    r"(?:\(\s?(?:\d{1,3}|[ivxlc]{1,5}|[^\W\d_])\s?\)"
    r"|(?:\d{1,5}(?:\.\d{1,2}){0,2}|[ivxlc]{1,5}|[a-z]|[IVXLC]{2,5}|[\u0621-\u064a])[.)](?![.\w)])(?:[-–—](?=\s))?"
    r"|(?:\d{1,5}|[^\W\d_])\)"
    r"|\d{1,2}\s?(?:[°º]\)?|:)(?=\s)|(?:\d{1,3}|[\u0621-\u064a])\s?[-–/](?=\s))\s*"
)
_ORDINAL = re.compile(
    r"(?:أولا|ثانيا|ثالثا|رابعا|خامسا|سادسا|سابعا|ثامنا|تاسعا|عاشرا)[\u064b-\u0652]?ً?\s?[:،.\-–]\s*"
)
_FOOTNOTE = re.compile(r"(?:\[\^?\d{1,3}\]:?|[¹²³⁴-⁹]{1,3})\s*")
_PAGE = re.compile(
    r"(?:page|p\.|p[áa]gina|p[áa]g\.|الصفحة|صفحة)?[-–—|\s]*\d{1,3}(?:\s?(?:of|de|sur|من|/)\s?\d{1,3})?[-–—|\s]*",
    re.IGNORECASE,
)
"""The number of a page, which a copied document has on a line by itself."""

_EMPHASIS = re.compile(r"([*_])(?![*_\s])[^*_]{1,200}(?<!\s)\1")
_LABEL = re.compile(r"^(\*\*|__)([^*_:]{1,60}?)(?::\1|\1:)\s*(?=\S)")
_RULE = re.compile(r"(?:[-–—_*=~#.·•]\s?){3,}")
_HEADING = re.compile(r"#{1,6}\s+")
_SPACES = re.compile(r"\t+|[ \u00a0]{2,}")
_TABLE_RULE = re.compile(r"[|:\- ]+")


@dataclass(frozen=True)
class Line:
    """One paragraph or one entry of a list, on one line and without the sign before it."""

    text: str
    mark: str = ""
    """The sign or number before an entry of a list; "" before everything else."""
    level: int = 0
    """How deep it stands: the width of the blanks before it, or the level of its list."""
    heading: bool = False
    strong: bool = False
    """The whole of it is bold."""
    quoted: bool = False
    gap: bool = False
    """An empty line stands above."""
    rule: bool = False
    """A line across the page, or a new page, stands above."""
    cells: tuple[str, ...] = ()
    """The cells of the row, or of the columns that tabs and blanks make; () if it has but one."""
    row: bool = False
    """It is a row of a table."""
    aside: bool = False
    """It stands beside the text: in the head or foot of the page, or in a footnote."""


def visible(raw: str) -> str:
    """Return `raw` composed and on one line, without what nobody sees."""
    if raw.isascii() and raw.isprintable():
        return " ".join(raw.split())
    return " ".join(unicodedata.normalize("NFC", _UNSEEN.sub("", raw)).split())


def folded(text: str) -> str:
    """Return the beginning of a line as words are compared."""
    return names.fold(text[:LOOKED_AT])


def of_text(text: str) -> list[Line]:
    """Return the lines of a text as it is pasted, in Markdown too.

    Lines that were broken at the margin are put together again. Raises Unreadable when it is
    larger than a letter can be.
    """
    if len(text) > LARGEST_TEXT:
        raise too_long()
    raw = _unbroken(bounded(line.rstrip() for line in text.splitlines()))
    return list(_lines(raw))


def bounded(raw: Iterable[str]) -> list[str]:
    """Return lines as they are. Raises Unreadable when more than MOST_LINES say anything."""
    kept: list[str] = []
    said = 0
    for line in raw:
        said += bool(line)
        if said > MOST_LINES:
            raise too_long()
        kept.append(line)
    return kept


def too_long() -> Unreadable:
    """Return what is said of a document above LARGEST_TEXT or MOST_LINES."""
    said = _("The document is longer than a letter can be: %(lines)s lines, %(most)s characters.")
    numbers = {"lines": moments.number(MOST_LINES), "most": moments.number(LARGEST_TEXT)}
    return Unreadable(said % numbers)


def entry(text: str, **form: object) -> Line:
    """Return the line that `text` makes, with the sign before it taken off."""
    mark, text = _marked(text)
    return replace(Line(visible(text), mark=mark), **form)  # type: ignore[arg-type]


def _lines(raw: Iterable[str]) -> Iterator[Line]:
    gap, rule, sign = False, False, ""
    for written in raw:
        line = written.strip().removesuffix("\\")
        if "\f" in written:
            rule = True
        if _is_mark(line):
            sign += f"{line} "
            continue
        if not line or _UNSEEN.sub("", line) == "":
            gap = True
            # An asterisk alone divides paragraphs.
            sign = "" if sign == "* " else sign
            continue
        if _RULE.fullmatch(line) or ("|" in line and _TABLE_RULE.fullmatch(line)):
            rule = rule or "|" not in line
            continue
        yield replace(_line(sign + written.rstrip(), sign + line), gap=gap or rule, rule=rule)
        gap, rule, sign = False, False, ""
    if sign:
        yield Line(visible(sign), gap=gap)


def _line(written: str, line: str) -> Line:
    level = len(written) - len(written.lstrip())
    if line.startswith("|") and line.endswith("|") and line.count("|") > 2:
        return row([cell.strip() for cell in line.strip("|").split("|")])
    quoted = line.startswith(">")
    if quoted:
        line = line.lstrip("> ")
    if aside := beside(line):
        return aside
    heading = _HEADING.match(line)
    if heading:
        line = line[heading.end() :].rstrip("# ")
    mark, line = ("", line) if heading else _marked(line)
    line = _LABEL.sub(r"\2: ", line, count=1)
    strong = _is_strong(line)
    if strong:
        line = line[2:-2]
    if _EMPHASIS.fullmatch(line):
        line = line[1:-1]
    return Line(
        visible(line),
        mark=mark,
        level=level,
        heading=bool(heading),
        strong=strong,
        quoted=quoted,
        cells=columns(line),
    )


def beside(text: str) -> Line | None:
    """Return the line that a footnote or the number of a page makes, None for any other."""
    if footnote := _FOOTNOTE.match(text):
        return Line(visible(text), mark=footnote[0].strip(), aside=True)
    return Line(visible(text), aside=True) if _PAGE.fullmatch(text) else None


def columns(text: str) -> tuple[str, ...]:
    """Return the parts that tabs and wide blanks make of a line; none if it is but one."""
    cells = tuple(map(visible, _SPACES.split(text.strip()))) if len(text) < 2_000 else ()
    return cells if len(cells) > 1 else ()


def row(cells: Iterable[str], **form: object) -> Line:
    """Return the line that a row of a table makes."""
    texts = tuple(map(visible, cells))
    said = [text for text in texts if text]
    made = Line(" | ".join(said), cells=texts if len(texts) > 1 else (), row=len(texts) > 1)
    return replace(made, **form)  # type: ignore[arg-type]


def _is_strong(line: str) -> bool:
    return len(line) > 4 and line[:2] == line[-2:] in {"**", "__"} and line[:2] not in line[2:-2]


def _marked(line: str) -> tuple[str, str]:
    """Return the sign before an entry of a list, and the rest; of a sign alone, nothing."""
    start = line.lstrip()
    for pattern in (_BULLET, _NUMBER, _ORDINAL):
        found = pattern.match(start)
        if found and start[found.end() :].strip() and not found[0].lower().startswith("cc"):
            return found[0].strip(), start[found.end() :]
    return "", line


def _is_mark(line: str) -> bool:
    """Whether a line holds nothing but the sign of an entry, whose text is on the next one."""
    if len(line) > _LONGEST_MARK or any(map(str.isalpha, line)):
        return False
    return bool(_marked(f"{line} a")[0]) and not _marked(line)[0]


_LONGEST_MARK = 8


def _unbroken(raw: list[str]) -> Iterator[str]:
    """Yield paragraphs of a text whose lines were broken at the margin; others as they are.

    A line was broken there if the first word of the next one had no room on it any more.
    """
    width = _width(raw)
    waiting: list[str] = []
    for line in raw:
        word = line.split(maxsplit=1)[0] if line.strip() else ""
        continues = (
            width
            and waiting
            and word
            and len(waiting[-1]) + 1 + len(word) > width
            and not _marked(line)[0]
            and not line.lstrip().startswith(("#", ">", "|"))
        )
        if waiting and not continues:
            yield " ".join([waiting[0], *(part.strip() for part in waiting[1:])])
            waiting = []
        if word:
            waiting.append(line)
        else:
            yield line
    if waiting:
        yield " ".join([waiting[0], *(part.strip() for part in waiting[1:])])


def _width(raw: list[str]) -> int:
    """Return the margin at which lines were broken, 0 if they were not."""
    lengths = [len(line) for line in raw if line.strip()]
    longest = max(lengths, default=0)
    near = sum(length > longest - 14 for length in lengths)
    is_broken = 50 <= longest <= 100 and near >= 4 and near * 12 >= len(lengths)
    return longest if is_broken and _run_on(raw, longest) else 0


def _run_on(raw: list[str], width: int) -> bool:
    """Whether sentences go on behind the margin; lines that only happen to be as long do not."""
    found = 0
    for line, below in pairwise(raw):
        word = below.split(maxsplit=1)[0] if below.strip() else ""
        if line and word and len(line) + 1 + len(word) > width:
            found += line[-1].isalnum() and not (word[0].isupper() or _marked(below)[0])
    return found >= _FEWEST_BROKEN


_FEWEST_BROKEN = 2
