"""Address blocks: who a letter goes to, as name, position, institution and what remains."""

import re
from collections.abc import Sequence
from itertools import pairwise

from signatures.letter_text import vocabulary
from signatures.letter_text.drafts import AddressBlock
from signatures.letter_text.lines import folded
from signatures.letter_text.vocabulary import begins
from signatures.matching.places import country_named

_POSITION, _INSTITUTION = "position", "institution"
_COMMA = re.compile(r"\s*[,،;؛]\s+(?![^()]{0,200}\))|\s+[–—|]\s+")
_ENDING = " ,،;؛"


def is_address(text: str) -> bool:
    """Whether a line could stand in an address block: it names a person, an office or a place."""
    words = folded(text)
    return len(text) <= 160 and bool(
        begins(words, vocabulary.HONORIFICS) or _kind(words) or is_postal(text)
    )


def is_person(text: str) -> bool:
    """Whether a line begins as the name of a person with a title does."""
    return begins(folded(text), vocabulary.HONORIFICS)


def is_postal(text: str) -> bool:
    """Whether a line is one of a postal address rather than a name."""
    words = folded(text)
    if "@" in text or any(map(str.isdigit, text)) or vocabulary.holds(words, vocabulary.POSTAL):
        return True
    return bool(country_named(_COMMA.split(text.rstrip(" .,،"))[-1]))


def label(text: str, labels: tuple[str, ...]) -> str | None:
    """Return what stands behind a label such as "To:" or "cc", None if there is no label.

    A short word needs its colon, or to stand alone: "To whom it may concern" is none.
    """
    words = folded(text)
    phrase = vocabulary.longest(words, labels)
    if not phrase:
        return None
    if words == phrase and len(phrase) > 1:
        return ""
    head, colon, rest = text.partition(":" if ":" in text[:60] else "：")
    if colon and vocabulary.longest(folded(head), labels) == folded(head):
        return rest.strip()
    if colon and begins(folded(head), labels) and len(head.split()) <= 6:
        return rest.strip()
    if labels is vocabulary.TO and begins(words, _ADDRESSED) and not text.endswith((".", ":")):
        return " ".join(text.split()[1:]).removeprefix("the ")
    if text[:3].lower() in {"cc ", "c.c"} or phrase.count(" ") or len(phrase) > 8:
        return " ".join(text.split()[len(phrase.split()) :]).strip(" .:-–—")
    return None


def blocks(lines: Sequence[str], kind: str) -> list[AddressBlock]:
    """Return the addressees that the lines of one block name; each person begins a new one."""
    if len(lines) == 1 and _semicolons(lines[0]):
        return [_block([part], kind) for part in re.split(r"\s*[;؛]\s*", lines[0]) if part.strip()]
    groups: list[list[str]] = []
    for line in lines:
        if not groups or (is_person(line) and groups[-1]):
            groups.append([])
        groups[-1].append(line)
    return [_block(group, kind) for group in groups]


def _semicolons(line: str) -> bool:
    return any(sign in line.rstrip(_ENDING) for sign in ";؛")


def _block(lines: Sequence[str], kind: str) -> AddressBlock:
    parts = [line.strip().rstrip(_ENDING) for line in lines]
    if len(parts) == 1:
        parts = [part for part in _COMMA.split(parts[0]) if part]
    else:
        first = [part for part in _COMMA.split(parts[0]) if part]
        if len(first) == 2 and _kind(folded(first[1])) == _POSITION and is_person(first[0]):
            parts[:1] = first
    block = AddressBlock(kind)
    parts = [part for part in parts if part]
    institutions: list[str] = []
    for index, part in enumerate(parts):
        role = _role(block, part, parts[index + 1 :], bool(institutions))
        if role == _INSTITUTION and not block.lines:
            institutions.append(part)
        elif role in {"name", _POSITION} and not block.lines and not getattr(block, role):
            setattr(block, role, part)
        else:
            block.lines.append(part)
    block.institution = "\n".join(institutions)
    return block


def _role(block: AddressBlock, part: str, rest: Sequence[str], has_institution: bool) -> str:
    words = folded(part)
    if begins(words, vocabulary.HONORIFICS):
        name = _without(words, vocabulary.HONORIFICS)
        # "H.E. the Minister of ..." is an office; "Mr Karim Khan" is a person.
        bare = _without(name, vocabulary.ARTICLES + vocabulary.QUALIFIERS)
        is_office = begins(bare, vocabulary.POSITIONS) and not block.position
        return _POSITION if is_office else "name"
    kind = _kind(words)
    nothing = not (block.name or block.position or has_institution)
    if is_postal(part) and not (nothing and not any(map(str.isdigit, part)) and rest):
        return _INSTITUTION if kind == _INSTITUTION and not _is_street(part) else "line"
    if kind:
        return kind
    if nothing:
        return "name"
    if block.name and not block.position and not has_institution:
        later = {_kind(folded(one)) for one in rest}
        return _POSITION if _INSTITUTION in later else _INSTITUTION
    if not has_institution and not block.lines:
        return _INSTITUTION
    return "line"


def _is_street(part: str) -> bool:
    return (
        any(map(str.isdigit, part))
        or "@" in part
        or vocabulary.holds(folded(part), vocabulary.POSTAL)
    )


def _without(words: str, phrases: tuple[str, ...]) -> str:
    """Return folded words without those of `phrases` that they begin with."""
    while phrase := vocabulary.longest(words, phrases):
        words = words[len(phrase) :].strip()
    return words


def _kind(words: str) -> str:
    """Return whether a folded line speaks of an office or of an institution, whichever first."""
    said = words.split()[:12]
    for word, following in pairwise([*said, ""]):
        if f"{word} " in _POSITION_WORDS:
            return _POSITION
        if f"{word} " in _INSTITUTION_WORDS:
            # "Cabinet Secretary" is an office; in Arabic "office prosecutor" is an institution.
            qualifies = word.isascii() and f"{following} " in _POSITION_WORDS
            return _POSITION if qualifies else _INSTITUTION
    return ""


_ADDRESSED = tuple(
    f"{to} {article}{word}"
    for to in ("to", "a", "al", "au", "aux", "الي")
    for article in ("", "the ", "la ", "los ", "las ", "le ", "les ", "l ")
    for word in (*vocabulary.HONORIFICS, *vocabulary.POSITIONS, *vocabulary.QUALIFIERS)
)
"""With which "To the Minister" begins, a label without a colon."""

_POSITION_WORDS = frozenset(vocabulary.POSITIONS)
_INSTITUTION_WORDS = frozenset(vocabulary.INSTITUTIONS)
