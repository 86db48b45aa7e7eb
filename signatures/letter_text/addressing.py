"""Address blocks: who a letter goes to, as name, position, institution and what remains."""

import re
from collections.abc import Sequence

from signatures.letter_text import vocabulary
from signatures.letter_text.drafts import AddressBlock
from signatures.letter_text.lines import folded
from signatures.letter_text.vocabulary import begins
from signatures.matching.places import country_named

_POSITION, _INSTITUTION = "position", "institution"
_COMMA = re.compile(r"\s*[,،;؛]\s+(?![^()]{0,200}\))|\s+[–—|]\s+")
_AND = re.compile(r",?\s+(?:and|et|y|e|&)\s+", re.IGNORECASE)
_ENDING = " ,،;؛"
_MOST_LINES_BELOW = 8
_LONGEST_LINE = 1_000


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
        # "To the members of the Board:" says behind its label whom it means.
        said = behind(head, vocabulary.longest(folded(head), labels)).removeprefix("the ")
        return f"{said}, {rest.strip()}" if rest.strip() else said
    if labels is vocabulary.TO and not text.endswith((".", ":")):
        said = behind(text, words.partition(" ")[0])
        if begins(words, _ADDRESSED) or (said[:1].isupper() and _names_office(said)):
            return said.removeprefix("the ")
    if text[:3].lower() in {"cc ", "cc.", "c.c"} or phrase.count(" ") or len(phrase) > 8:
        return behind(text, phrase)
    return None


def behind(text: str, phrase: str) -> str:
    """Return what stands behind a folded phrase: "c.c." is two words of it, and one of the text."""
    said = text.split()
    heads = (folded(" ".join(said[:length])) for length in range(1, min(len(said), 12)))
    length = next((length for length, head in enumerate(heads, start=1) if head == phrase), 0)
    return " ".join(said[length:]).strip(" :-–—")


def blocks(lines: Sequence[str], kind: str) -> list[AddressBlock]:
    """Return the addressees that the lines of one block name; each person begins a new one."""
    lines = _with_titles(lines)
    if len(lines) == 1 and _semicolons(lines[0]):
        return [_block([part], kind) for part in re.split(r"\s*[;؛]\s*", lines[0]) if part.strip()]
    if len(lines) == 1 and (several := _several(lines[0])):
        return [_block([part], kind) for part in several]
    if all(map(_names_office, lines)) or (kind == "copy" and _one_each(lines)):
        return [_block([line], kind) for line in lines]
    groups: list[list[str]] = []
    for line in lines:
        begins_one = is_person(line) or _is_office_with_name(line)
        if not groups or (begins_one and not _waits_for_name(groups[-1], line)):
            groups.append([])
        groups[-1].append(line)
    return [_block(group, kind) for group in groups]


def _with_titles(lines: Sequence[str]) -> list[str]:
    """Return lines of which "Señora" is one with the name, or the office, below it."""
    made: list[str] = []
    for line in lines:
        is_title = bool(made) and is_person(made[-1]) and not _bare(made[-1])
        if is_title and not is_postal(line) and _kind(folded(line)) != _INSTITUTION:
            made[-1] = f"{made[-1].rstrip(_ENDING)} {line}"
        else:
            made.append(line)
    return made


def _bare(line: str) -> str:
    return _without(folded(line), vocabulary.HONORIFICS)


def _several(line: str) -> list[str]:
    """Return the addressees of a line that names several: "President A, Minister B and Ms C"."""
    if len(line) > _LONGEST_LINE:
        return []
    for found in _AND.finditer(line):
        # "Ms A, Minister of Health and Ms B, Minister of Trade"
        if _is_named(_COMMA.split(line[found.end() :])[0]):
            before, after = line[: found.start()], line[found.end() :]
            return [*(_several(before) or [before]), *(_several(after) or [after])]
    parts = [part for part in _COMMA.split(line.rstrip(_ENDING)) if part]
    if not parts:
        return []
    *first, last = _AND.split(parts[-1])
    if len(first) == 1 and _is_somebody(last) and (_is_somebody(first[0]) or _is_office(first[0])):
        parts[-1:] = [*first, last]
        if all(_is_somebody(part) or _is_office(part) for part in parts):
            return parts
    is_list = all(map(_is_office_with_name, parts)) or all(map(_is_named, parts))
    return parts if len(parts) > 1 and is_list else []


def _is_office(part: str) -> bool:
    return begins(folded(part), vocabulary.POSITIONS + vocabulary.QUALIFIERS)


def _is_named(part: str) -> bool:
    """Whether a part of a line is a person with a title; "General Secretary" is none."""
    rest = _without(folded(part), vocabulary.HONORIFICS)
    return is_person(part) and bool(rest) and not _kind(rest)


def _is_somebody(part: str) -> bool:
    """Whether a part of a line can be an addressee by itself: a person, or "the Minister"."""
    words = folded(part)
    bare = _without(words, vocabulary.ARTICLES)
    return _is_named(part) or _is_office_with_name(part) or (bare != words and _is_office(bare))


def _is_office_with_name(part: str) -> bool:
    """Whether a line names an office, and then who has it: "Mayor Lisa Park"."""
    said = part.split()
    rest = _without(folded(part), vocabulary.QUALIFIERS + vocabulary.POSITIONS).split()
    named = said[len(said) - len(rest) :]
    return (
        2 <= len(rest) <= 4
        and len(rest) < len(said)
        and all(word[:1].isupper() and word[1:].islower() for word in named)
        and not any(f"{word} " in _NO_NAMES for word in rest)
    )


def _names_office(line: str) -> bool:
    """Whether a line is a name, and behind its comma an office: "Joy Lam, Director"."""
    parts = _COMMA.split(line.rstrip(_ENDING))
    is_name = not _kind(folded(parts[0])) and not is_postal(parts[0])
    return len(parts) > 1 and is_name and _kind(folded(parts[1])) == _POSITION


def _one_each(lines: Sequence[str]) -> bool:
    """Whether each line of a block is somebody else: the first says all, or is no person's."""
    parts = _COMMA.split(lines[0].rstrip(_ENDING))
    if len(lines) < 2 or any(is_postal(line) for line in lines):
        return False
    is_whole = len(parts) > 1 and _role(AddressBlock(), parts[0], parts[1:], False) != _INSTITUTION
    return is_whole or not (is_person(lines[0]) or _kind(folded(lines[0])) == _POSITION)


def _waits_for_name(group: Sequence[str], line: str) -> bool:
    """Whether a block begins with an office, and the line below it is who has it."""
    return (
        len(group) == 1
        and is_person(line)
        and len(_COMMA.split(line)) == 1
        and _role(AddressBlock(), group[0], [line], False) == _POSITION
        and _role(AddressBlock(position=group[0]), line, [], False) == "name"
    )


def _semicolons(line: str) -> bool:
    return any(sign in line.rstrip(_ENDING) for sign in ";؛")


def _block(lines: Sequence[str], kind: str) -> AddressBlock:
    parts = [line.strip().rstrip(_ENDING) for line in lines]
    if len(parts) == 1:
        parts = [part for part in _COMMA.split(parts[0]) if part]
    else:
        first = [part for part in _COMMA.split(parts[0]) if part]
        if len(first) == 2 and _names_office(parts[0]):
            parts[:1] = first
    block = AddressBlock(kind)
    parts = [part for part in parts if part]
    institutions: list[str] = []
    for index, part in enumerate(parts):
        below = parts[index + 1 : index + _MOST_LINES_BELOW]
        role = _role(block, part, below, bool(institutions))
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
    if not (block.name or block.position or has_institution) and _is_office_with_name(part):
        return "name"
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
    for index, word in enumerate(said):
        if f"{word} " in _POSITION_WORDS:
            return _POSITION
        if f"{word} " in _INSTITUTION_WORDS:
            # "Cabinet Secretary" is an office; in Arabic "office prosecutor" is an institution.
            below = [one for one in said[index + 1 :] if f"{one} " not in _QUALIFIER_WORDS]
            qualifies = word.isascii() and below and f"{below[0]} " in _POSITION_WORDS
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
_QUALIFIER_WORDS = frozenset(vocabulary.QUALIFIERS)
_NO_NAMES = (
    _POSITION_WORDS
    | _INSTITUTION_WORDS
    | {"officer ", "officers ", "affairs ", "general ", "state ", "manager ", "adviser ", "of "}
)
