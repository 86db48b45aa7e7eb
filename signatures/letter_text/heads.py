"""The head of a letter: date and place, addressees, subject and title."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from signatures import dates
from signatures.letter_text import addressing, datelines, kinds, vocabulary
from signatures.letter_text.drafts import Draft
from signatures.letter_text.lines import Line, folded

_LONGEST_TITLE = 400


@dataclass
class _Group:
    """Lines that stand together, and what they are about."""

    role: str = ""
    """"to", "copy", "title", "note", or "" while that is open."""
    lines: list[Line] = field(default_factory=list)
    before_date: bool = False


def read(draft: Draft, lines: Sequence[Line], order: dates.Order | None) -> None:
    """Put into the draft what stands above the salutation, or above the text."""
    groups = _groups(draft, lines, order)
    _decide(groups, has_date=draft.dated is not None)
    titles = [group for group in groups if group.role == "title"]
    for group in groups:
        texts = [line.text for line in group.lines]
        if group.role in {"to", "copy"}:
            for block in blocks(group.lines):
                for one in addressing.blocks(block, group.role):
                    if one.name or one.position or one.institution:
                        draft.addressees.append(one)
                    else:
                        draft.unrecognised += one.lines
        elif group.role == "title" and group is _best(titles):
            draft.title = " ".join(texts)
        else:
            draft.unrecognised += texts


def _groups(draft: Draft, lines: Sequence[Line], order: dates.Order | None) -> list[_Group]:
    groups: list[_Group] = []
    current: _Group | None = None
    for line in lines:
        if line.aside or (kinds.is_prose(line) and not kinds.is_title(line) and not line.strong):
            current = _Group("note", [line])
            groups.append(current)
            current = None
            continue
        if _takes_dateline(draft, line, order):
            for group in groups:
                group.before_date = True
            current = None
            continue
        if draft.dated is None and datelines.resembles(line.text) and not kinds.is_title(line):
            groups.append(_Group("note", [line]))
            current = None
            continue
        if kinds.from_label(line):
            groups.append(_Group("note", [line]))
            current = None
            continue
        labelled = _labelled(line)
        if labelled:
            role, rest = labelled
            current = _Group(role)
            groups.append(current)
            if rest:
                current.lines.append(Line(rest, strong=line.strong))
            continue
        if current is None or _begins_another(current, line):
            current = _Group("title" if kinds.is_title(line) or line.heading else "")
            groups.append(current)
        current.lines.append(line)
    return [group for group in groups if group.lines]


def _labelled(line: Line) -> tuple[str, str] | None:
    for role, label in (
        ("title", kinds.subject_label(line)),
        ("copy", kinds.copy_label(line)),
        ("to", kinds.to_label(line)),
    ):
        if label is not None:
            return role, label
    return None


def _takes_dateline(draft: Draft, line: Line, order: dates.Order | None) -> bool:
    """Take place and date, or what stands behind "Place:"; return whether a line is one."""
    if draft.dated is None and (found := datelines.read(line.text, order)):
        draft.take_dateline(found.place, found.day)
        return True
    said = addressing.label(line.text, vocabulary.PLACE) if ":" in line.text[:20] else None
    if draft.place or not said or not datelines.is_place(said):
        return False
    draft.place = said
    return True


def is_labelled(line: Line) -> bool:
    """Whether a line says itself what it is."""
    return _labelled(line) is not None or kinds.from_label(line) or kinds.is_title(line)


def _begins_another(group: _Group, line: Line) -> bool:
    if not group.lines:
        return False
    if kinds.is_title(line) or line.heading:
        return group.role != "title" or line.gap
    if group.role in {"to", "copy"} and line.mark:
        return False
    if group.role == "title":
        goes_on = group.lines[-1].text.endswith((":", "：", "–", "-", ","))
        return not goes_on and (line.gap or addressing.is_person(line.text))
    if group.role in {"to", "copy"} and line.gap:
        return not addressing.is_address(line.text)
    return line.gap or line.strong != group.lines[-1].strong


def _decide(groups: list[_Group], *, has_date: bool) -> None:
    """Say what the groups are that did not say so themselves."""
    named = any(group.role == "to" for group in groups)
    open_groups = [group for group in groups if not group.role]
    addresses = [group for group in open_groups if _is_address(group)]
    below = [group for group in addresses if not group.before_date]
    for group in addresses:
        is_letterhead = (
            (has_date and group.before_date and (below or named))
            or any(map(kinds.is_contact, group.lines))
            or (
                group is not addresses[-1]
                and not has_date
                and not _names_person(group)
                and _names_person(addresses[-1])
            )
        )
        group.role = "note" if is_letterhead else "to"
    rest = [group for group in open_groups if not group.role]
    if not any(group.role == "title" for group in groups) and rest:
        titled = [group for group in rest if not group.before_date] or rest
        chosen = next((group for group in titled if group.lines[0].strong), titled[-1])
        if sum(len(line.text) for line in chosen.lines) <= _LONGEST_TITLE:
            chosen.role = "title"


def _is_address(group: _Group) -> bool:
    first = group.lines[0]
    if kinds.numbers_letter(first):
        return False
    if first.heading or (
        first.strong and len(group.lines) == 1 and not addressing.is_person(first.text)
    ):
        return False
    said = sum(addressing.is_address(line.text) for line in group.lines)
    if len(group.lines) == 1:
        return addressing.is_person(first.text) or (said == 1 and len(first.text) <= 80)
    return 2 * said >= len(group.lines) or addressing.is_person(first.text)


def _names_person(group: _Group) -> bool:
    return any(addressing.is_person(line.text) for line in group.lines)


def blocks(lines: Sequence[Line]) -> list[list[str]]:
    """Divide the lines below "To:" where a gap or a mark begins another addressee."""
    blocks: list[list[str]] = []
    for line in lines:
        if not blocks or line.mark or (line.gap and blocks[-1]):
            blocks.append([])
        blocks[-1].append(line.text)
    return [block for block in blocks if block]


def _best(titles: Sequence[_Group]) -> _Group | None:
    """Return the group that is the title.

    A subject line comes after "Open letter on ...", and before "Open letter" that says no more.
    """
    said = [group for group in titles if kinds.is_title(group.lines[0])]
    telling = [group for group in said if len(group.lines) > 1 or not _is_bare(group.lines[0])]
    others = [group for group in titles if group not in said]
    return next(iter((*telling, *others, *said)), None)


def _is_bare(line: Line) -> bool:
    return folded(line.text) == vocabulary.longest(folded(line.text), vocabulary.TITLES)
