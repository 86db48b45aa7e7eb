"""The names under a letter, however they are listed, and the countries beside them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from signatures import headers, names
from signatures.letter_text import vocabulary
from signatures.letter_text.drafts import Signatory
from signatures.letter_text.lines import Line, folded
from signatures.matching.places import country_code, country_named, place

LONGEST = names.LONGEST_LISTED_NAME
"""Characters; what is longer is no name."""

_TAIL = re.compile(r"\s*(?P<sign>[,،]|\s[–—-]|[–—])\s*(?P<country>[^,،()–—]{2,50})$")
_BRACKETS = re.compile(r"\s*[(\[（](?P<country>[^()\[\]（）]{2,50})[)\]）]$")
_LEADING = re.compile(r"(?:and|et|y|e|و)\s+(?=\S)", re.IGNORECASE)
_AND = re.compile(r"\s(?:and|et|y|e|و|&)\s")
_ABBREVIATIONS = frozenset(
    {"inc", "ltd", "co", "corp", "llc", "bv", "nv", "asbl", "ev", "odv", "srl", "al", "sal", "sa"}
    | {"st", "jr", "sr", "no"}
)
_MOST_OF_A_LIST = 0.5
"""Share of names with a country beside them, from which on the list has a column of countries."""

_TITLES = re.compile(r"\s*[,،;|/]\s*|\s+[–—-]\s+|\t")
_LONGEST_TITLE = 60
_WEBSITE = re.compile(
    r"\[(?P<linked>[^\[\]]+)\]\((?P<url>[^()\s]+)[^()]*\)"
    r"|[(<\[]?\b(?P<website>(?:https?://|www\.)[^\s()<>\[\]]+)[)>\]]?"
)
_BETWEEN = " \t,;،؛|–—-"
_EMPTY = frozenset({"-", "–", "—", "n/a"})


@dataclass
class Found:
    """What a list says: its names, and the lines that are none."""

    signatories: list[Signatory] = field(default_factory=list)
    unrecognised: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Entry:
    text: str
    country: str = ""
    """The one that the list says in a column, or above."""


def read(lines: Sequence[Line]) -> Found:
    """Return the signatories that lines name, in their order."""
    found = Found()
    entries: list[_Entry] = []
    country = ""
    unused = ""
    for part in map(_celled, _parts(_people(lines))):
        if part[0].row:
            entries += _table(part, found)
            continue
        titles = _titled(part)
        found.unrecognised += [line.text for line in part[:titles] if len(_titles(line)) < 2]
        divided = _divided(_by_countries(part[titles:]))
        for line in divided:
            named = _heading(line)
            if named is not None:
                found.unrecognised += [one for one in (unused, "" if named else line.text) if one]
                country, unused = named, line.text if named else ""
            elif len(line.text) > LONGEST or not names.says_something(line.text):
                found.unrecognised.append(line.text)
            else:
                entries.append(_Entry(line.text, country))
                unused = ""
    found.unrecognised += [unused] if unused else []
    found.signatories = _with_countries(entries)
    return found


def _celled(part: list[Line]) -> list[Line]:
    """Return lines as rows if signs between columns, or titles above them, make them a table."""
    for sign in ("|", ";"):
        divided = [tuple(map(str.strip, line.text.split(sign))) for line in part]
        several = sum(len(cells) == 2 for cells in divided)
        if several < _FEWEST_ROWS or several < len(part):
            continue
        countries = sum(bool(country_named(cells[-1])) for cells in divided)
        if "name" in headers.guess(divided[0]) or 2 * countries >= len(part):
            return [
                replace(line, cells=cells, row=True)
                for line, cells in zip(part, divided, strict=True)
            ]
    if any(line.cells for line in part) and _titled(part):
        return [replace(line, cells=line.cells or (line.text,), row=True) for line in part]
    return part


_FEWEST_ROWS = 2


def _parts(lines: Iterable[Line]) -> list[list[Line]]:
    """Return rows of tables apart from other lines."""
    parts: list[list[Line]] = []
    for line in lines:
        if parts and parts[-1][0].row == line.row:
            parts[-1].append(line)
        else:
            parts.append([line])
    return parts


def without_website(line: Line) -> tuple[Line, str] | None:
    """Return a line without the website beside its name, and that; None if it has not both."""
    if line.row or not (found := _WEBSITE.search(line.text[: 2 * LONGEST])):
        return None
    text = line.text[: found.start()] + (found["linked"] or "") + line.text[found.end() :]
    name = text.strip(_BETWEEN)
    if not names.says_something(name) or name.endswith((":", ".")) or len(name) > LONGEST:
        return None
    return replace(line, text=name, cells=()), found["website"] or found["url"]


# Headings of a list, and inside it


def _titled(lines: Sequence[Line]) -> int:
    """Return how many lines above the names only say what stands below: "Organisation, Country"."""
    first = lines[0]
    if len(lines) < 2 or first.mark or len(first.text) > _LONGEST_TITLE:
        return 0
    fields = headers.guess(_titles(first))
    is_title = fields[:1] == ["name"] or ("name" in fields and "country" in fields)
    return int(is_title and all(fields[1:]))


def _titles(line: Line) -> list[str]:
    return [*filter(None, line.cells or _TITLES.split(line.text))]


def _by_countries(lines: list[Line]) -> list[Line]:
    """Return lines such as "Peru: Agua Viva; Voces" as a heading and its names."""
    divided = [line.text.partition(":") for line in lines]
    said = sum(bool(rest.strip() and country_named(head)) for head, _colon, rest in divided)
    if 2 * said < len(lines):
        return lines
    made: list[Line] = []
    for line, (head, colon, rest) in zip(lines, divided, strict=True):
        if colon and rest.strip() and country_named(head):
            made += [Line(head + colon), Line(rest.strip())]
        else:
            made.append(line)
    return made


def _heading(line: Line) -> str | None:
    """Return the country that a heading names, "" for another heading, None for a name."""
    if line.mark and not line.heading:
        return None
    bare = line.text.rstrip(" :：")
    counted = re.sub(r"\s*\(\d{1,4}\)$", "", bare)
    if code := country_named(counted):
        return code
    if line.heading or line.text.endswith((":", "：")) or (len(bare) < 60 and place(counted)):
        return ""
    if line.strong and vocabulary.begins(folded(bare), vocabulary.SIGNERS):
        return ""
    return None


# Columns, and names that stand one behind the other


def _divided(lines: list[Line]) -> list[Line]:
    """Return a line for each name."""
    columns = [line for line in lines if line.cells]
    if columns and 2 * len(columns) >= len(lines):
        return [one for line in lines for one in _columns(line)]
    if any(_listed(line.text, ";؛") > 1 for line in lines):
        return [one for line in lines for one in _split(line, ";؛")]
    if len(lines) > 1 and all(_goes_on(line) for line in lines[:-1]):
        # One paragraph of names, whose lines were broken behind commas.
        lines = [replace(lines[0], text=" ".join(line.text for line in lines))]
    named = [line for line in lines if not line.mark and not _is_person(line.text)]
    if (
        len(lines) <= 3
        and not _has_places(lines)
        and any(_listed(line.text, ",،") > 2 for line in named)
    ):
        return [one for line in lines for one in _split(line, ",،")]
    return lines


def _goes_on(line: Line) -> bool:
    return line.text.endswith((",", "،")) and not line.mark and _listed(line.text, ",،") > 1


def _has_places(lines: Sequence[Line]) -> bool:
    """Whether each line is a name, its town and its country, rather than a list."""
    pieces = [_pieces(line.text, ",،") for line in lines]
    return len(lines) > 1 and all(
        1 < len(said) < 5
        and country_named(said[-1].rstrip(" ."))
        and not any(map(country_named, said[:-1]))
        for said in pieces
    )


def _is_person(text: str) -> bool:
    """Whether a line names somebody, and behind a comma their office."""
    pieces = _pieces(text, ",،")
    return 1 < len(pieces) < 5 and vocabulary.begins(folded(pieces[1]), _OFFICES)


def _columns(line: Line) -> list[Line]:
    """Return the cells of a line; a country belongs to the name before it."""
    made: list[str] = []
    for cell in line.cells or (line.text,):
        if not cell or cell in _EMPTY:
            continue
        if made and country_named(cell):
            made[-1] = f"{made[-1]}, {cell}"
        elif not cell.rstrip(".)").isdigit():
            made.append(cell)
    return [Line(one, mark=line.mark or "-") for one in made]


def _listed(text: str, signs: str) -> int:
    """How many parts such signs make of a text, outside of brackets."""
    return len(_pieces(text, signs))


def _pieces(text: str, signs: str) -> list[str]:
    pieces: list[str] = []
    depth = start = 0
    for index, character in enumerate(text):
        if character in "([（":
            depth += 1
        elif character in ")]）":
            depth = max(0, depth - 1)
        elif character in signs and not depth:
            pieces.append(text[start:index])
            start = index + 1
    pieces.append(text[start:])
    return [piece.strip() for piece in pieces if piece.strip(" .")]


def _split(line: Line, signs: str) -> list[Line]:
    if _listed(line.text, signs) < 2:
        return [line]
    made: list[str] = []
    for piece in _pieces(line.text, signs):
        bare = _LEADING.sub("", piece, count=1) if _LEADING.match(piece) else piece
        if made and signs == ",،" and country_named(bare.rstrip(" .")):
            made[-1] = f"{made[-1]}, {bare}"
        else:
            made.append(bare)
    if signs == ",،" and len(made) > 1 and len(_AND.findall(made[-1])) == 1:
        # The last two of a sentence have "and" between them, and no comma.
        made[-1:] = _AND.split(made[-1])
    return [Line(one, mark="-") for one in made]


# Tables


def _table(rows: list[Line], found: Found) -> list[_Entry]:
    """Return the names of a table, by the titles of its columns or else by what they hold."""
    width = max(len(row.cells) for row in rows)
    cells = [[*row.cells, *[""] * (width - len(row.cells))] for row in rows]
    fields = headers.guess(cells[0])
    if "name" in fields:
        cells = cells[1:]
        fields = [
            "number" if not kind and _counts(cells, column) else kind
            for column, kind in enumerate(fields)
        ]
    else:
        fields = _fields(cells, width)
    if "name" not in fields:
        return [_Entry(cell) for row in cells for cell in row if names.says_something(cell)]
    entries: list[_Entry] = []
    above = ""
    for row in cells:
        stated = dict(zip(fields, row, strict=True))
        country = stated.get("country", "")
        said = [cell for cell in row if names.says_something(cell)]
        if len(said) == 1 and place(bare := _bare(said[0])):
            above = country_named(bare)
            found.unrecognised += [] if above else said
            continue
        name = stated["name"]
        if linked := without_website(Line(name)):
            name = linked[0].text
            found.unrecognised.append(linked[1])
        if names.says_something(name) and len(name) <= LONGEST:
            code = country_code(country)
            entries.append(_Entry(name, code or above))
        else:
            code = ""
            found.unrecognised += [name] if name else []
        found.unrecognised += [country] if country and not code and country not in _EMPTY else []
        others = zip(fields, row, strict=True)
        found.unrecognised += [
            cell
            for kind, cell in others
            if kind not in {"name", "country", "number"} and names.says_something(cell)
        ]
    return entries


def _counts(cells: list[list[str]], column: int) -> bool:
    """Whether a column does nothing but number the rows."""
    held = [row[column] for row in cells if names.says_something(row[column])]
    return bool(held) and all(cell.rstrip(".)").isdigit() for cell in held)


def _fields(cells: list[list[str]], width: int) -> list[str]:
    """Return what columns without titles hold; no name, where every cell is one."""
    fields = [""] * width
    for column in range(width):
        held = [row[column] for row in cells if names.says_something(row[column])]
        if _counts(cells, column):
            fields[column] = "number"
        elif held and sum(bool(country_named(cell)) for cell in held) * 5 >= len(held) * 3:
            fields[column] = "country" if "country" not in fields else ""
    free = [column for column in range(width) if not fields[column]]
    if free and ("country" in fields or len(free) == 1):
        fields[free[0]] = "name"
    return fields


# People


def _people(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with the blocks of people who sign for somebody put together.

    "Jane Doe", "Director", "Water Watch" on three lines are one signatory.
    """
    groups: list[list[Line]] = []
    for line in lines:
        if not groups or line.gap or line.mark or line.row or groups[-1][-1].mark:
            groups.append([])
        groups[-1].append(line)
    joined: list[Line] = []
    for group in groups:
        office = len(group) > 1 and _is_office(group[1].text)
        if 2 <= len(group) <= 4 and office and not any(line.heading for line in group):
            text = ", ".join(line.text.rstrip(" ,;.") for line in group)
            joined.append(Line(text, mark="-", gap=group[0].gap))
        else:
            joined += group
    return joined


def _is_office(text: str) -> bool:
    """Whether a line is an office and no name that only begins as one: "Coordinadora Andina"."""
    words = folded(text)
    if not vocabulary.begins(words, _OFFICES):
        return False
    while phrase := vocabulary.longest(words, _OFFICES + vocabulary.QUALIFIERS):
        words = words[len(phrase) :].strip()
    rest = words.partition(" ")[0]
    return not rest or rest in _OF or "," in text


_OF = names.fold(
    "of for and the to on in at a de des du d et pour y del para general generale executive "
    "executif executif adjoint adjointe ejecutivo ejecutiva nacional national nationale "
    "technique العام العامة التنفيذي التنفيذية في"
).split()
"""What stands behind an office where a line says no more than that."""

_OFFICES = tuple(
    phrase
    for phrase in vocabulary.POSITIONS
    if phrase.strip() not in {"state", "special", "members", "member", "high", "judge", "king"}
)
_OFFICES += ("executive ", "general ", "co ", "founder ", "programme ", "policy ")


# Countries


def _with_countries(entries: Sequence[_Entry]) -> list[Signatory]:
    """Return the names; where most have their country beside them, without it.

    A country that only few names have belongs to how these are printed.
    """
    read = [(_bare(entry.text), entry.country) for entry in entries]
    loose = [_country(name, dashes=True) for name, _code in read]
    strict = [_country(name, dashes=False) for name, _code in read]
    is_column = sum(1 for found in loose if found) >= _MOST_OF_A_LIST * max(len(read), 1)
    signatories = []
    for (name, stated), found in zip(read, loose if is_column else strict, strict=True):
        if not found:
            signatories.append(Signatory(name, stated))
        elif is_column:
            signatories.append(Signatory(_bare(found[0]), found[1]))
        else:
            signatories.append(Signatory(name, found[1]))
    return [one for one in signatories if one.name]


def _country(name: str, *, dashes: bool) -> tuple[str, str] | None:
    """Return a name without the country behind it, and that country's code."""
    for pattern in (_BRACKETS, _TAIL):
        found = pattern.search(name, max(0, len(name) - 60))
        if not found or (pattern is _TAIL and found["sign"].strip() not in ",،" and not dashes):
            continue
        said = found["country"].strip(" .")
        # Two letters can be the initials of a name, unless the whole list has them.
        code = country_code(said) if dashes and len(said) == 2 else country_named(said)
        if code and names.says_something(name[: found.start()]):
            return name[: found.start()], code
    return None


def _bare(text: str) -> str:
    """Return a name without the signs that only end its line."""
    text = text.replace("**", "").strip(" \t,،;؛")
    last = text.rpartition(" ")[2]
    if text.endswith(".") and not text.endswith("..") and "." not in last[:-1]:
        word = names.fold(last)
        if word not in _ABBREVIATIONS and len(word) > 1:
            text = text[:-1]
    return names.clean_display(text.strip(" ,،;؛"))
