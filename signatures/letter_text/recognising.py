"""From the lines of a document to the letters in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from signatures import dates
from signatures.letter_text import (
    addressing,
    datelines,
    demands,
    dividing,
    heads,
    kinds,
    signatories,
    tongues,
    vocabulary,
)
from signatures.letter_text.drafts import Draft
from signatures.letter_text.lines import Line, folded
from signatures.letter_text.vocabulary import holds

_FEWEST_NAMES = 2
"""Lines at the end of a letter without closing or "Signed", from which on they are its names."""


def recognise(lines: Sequence[Line], language: str = "") -> list[Draft]:
    """Return the letters of a document; each of its lines stands somewhere in them.

    `language` overrules the guess, for all of them.
    """
    if not lines:
        return []
    guessed = language or tongues.of(line.text for line in lines)
    order = None if guessed == "en" else dates.Order.DAY_FIRST
    drafts = []
    shared = False
    for part in dividing.divide(lines, order):
        draft = Draft(language=language or tongues.of(line.text for line in part) or guessed)
        shared = _read(draft, part, order)
        drafts.append(draft)
    _share(drafts, shared=shared)
    return drafts


def _share(drafts: Sequence[Draft], *, shared: bool) -> None:
    """Let letters stand under one list of names at the end, if they have none of their own."""
    last = drafts[-1]
    others = [draft for draft in drafts[:-1] if not draft.signatories]
    if last.signatories and others and (shared or len(others) == len(drafts) - 1):
        for draft in others:
            draft.signatories = list(last.signatories)


def _read(draft: Draft, lines: Sequence[Line], order: dates.Order | None) -> bool:
    """Fill in a draft; return whether its list of names says that it is for several letters."""
    draft.unrecognised += [line.text for line in lines if line.aside and not line.mark]
    lines = demands.marked([line for line in lines if line.mark or not line.aside])
    start = _text_begins(draft, lines, order)
    end = _text_ends(lines, start)
    if draft.dated is None and end > start and datelines.read(lines[end - 1].text, order):
        end -= 1
    body = list(lines[start:end])
    if draft.salutation and body and (length := kinds.opens_with_salutation(body[0])):
        body[0] = Line(body[0].text[length:].strip())
    if draft.dated is None and body and (opening := datelines.opening(body[0].text, order)):
        draft.take_dateline(opening.place, opening.day)
        body[0] = Line(body[0].text[opening.length :], gap=body[0].gap)
    found = demands.read([line for line in body if not line.aside])
    draft.demands_intro, draft.demands = found.intro, found.demands
    above = _paragraphs(found.body[: found.at])
    draft.body = above + _paragraphs(found.body[found.at :])
    draft.paragraphs_above = len(above)
    draft.unrecognised += [line.text for line in body if line.aside] + found.unrecognised
    return _read_end(draft, lines[end:], order)


# Above the text


def _text_begins(draft: Draft, lines: Sequence[Line], order: dates.Order | None) -> int:
    """Read what stands above the text; return the index of its first line."""
    for index, line in enumerate(lines):
        if kinds.is_salutation(lines, index):
            heads.read(draft, lines[:index], order)
            end = index + 1
            while end < len(lines) and kinds.is_salutation(lines, end):
                end += 1
            draft.salutation = " ".join(one.text for one in lines[index:end])
            return end
        if length := kinds.opens_with_salutation(line):
            heads.read(draft, lines[:index], order)
            draft.salutation = line.text[:length]
            return index
    start = _first_paragraph(lines, order)
    for index in range(start):
        if kinds.may_greet(lines, index) and not heads.is_labelled(lines[index]):
            heads.read(draft, lines[:index], order)
            draft.salutation = lines[index].text
            return index + 1
    heads.read(draft, lines[:start], order)
    return start


def _first_paragraph(lines: Sequence[Line], order: dates.Order | None) -> int:
    """Return where the text begins that has no salutation above it."""
    first = next((i for i, line in enumerate(lines) if _begins_text(line)), len(lines))
    dated = next(
        (i for i, line in enumerate(lines) if i > first and datelines.read(line.text, order)), None
    )
    if dated is not None:
        below = [i for i in range(dated, len(lines)) if _begins_text(lines[i])]
        above = [i for i in range(first, dated) if _begins_text(lines[i])]
        if len(below) > len(above):
            return below[0]
    if first == len(lines):
        # Nothing but short lines: all that is not a list or its introduction is head.
        first = next(
            (i for i, line in enumerate(lines) if demands.introduces(line) or line.mark), first
        )
    elif first and lines[first].gap and _is_small_heading(lines[first - 1], order):
        return first - 1
    return first


def _is_small_heading(line: Line, order: dates.Order | None) -> bool:
    """Whether a line is one such as "Background:", which belongs to the text below it."""
    short = line.gap and line.text.endswith(":") and line.text.count(" ") < _MOST_WORDS_OF_A_HEADING
    return short and not heads.is_labelled(line) and not datelines.read(line.text, order)


_MOST_WORDS_OF_A_HEADING = 5


def _begins_text(line: Line) -> bool:
    return (
        kinds.is_prose(line)
        and not line.mark
        and not line.aside
        and not kinds.is_title(line)
        and not (line.strong and not line.text.endswith("."))
        and kinds.subject_label(line) is None
        and kinds.to_label(line) is None
        and kinds.copy_label(line) is None
    )


# The text


def _text_ends(lines: Sequence[Line], start: int) -> int:
    """Return where closing, names, copies or notes begin."""
    last_prose = max((i for i in range(start, len(lines)) if _goes_on(lines, i)), default=start - 1)
    last_closing = max(
        (i for i in range(start, len(lines)) if kinds.is_only_closing(lines[i])), default=start - 1
    )
    for index in range(start, len(lines)):
        line = lines[index]
        if kinds.is_closing(line) and (index > last_prose or _only_names_follow(lines, index)):
            return _last_closing(lines, index)
        labelled = kinds.signers_label(line) is not None and not demands.introduces(line)
        # "The undersigned organisations hereby:" stands above demands.
        labelled = labelled and (index > last_closing or kinds.is_mere_label(line.text))
        if labelled and (index > start or not kinds.is_prose(line)):
            closes = index - 1 > max(start, last_prose) and kinds.may_close(lines, index - 1)
            return index - closes
        if index > last_prose and (kinds.copy_label(line) is not None or kinds.ends_letter(line)):
            return min(index, _names_at_the_end(lines[:index], start))
    return _names_at_the_end(lines, start)


def _last_closing(lines: Sequence[Line], index: int) -> int:
    """Return where the closing itself begins: "We remain at your disposal." is text before it."""
    while (
        index + 1 < len(lines)
        and lines[index].text.endswith(".")
        and kinds.is_closing(lines[index + 1])
    ):
        index += 1
    return index


def _goes_on(lines: Sequence[Line], index: int) -> bool:
    line = lines[index]
    return kinds.is_prose(line) and not line.mark and not line.aside and not kinds.is_closing(line)


def _only_names_follow(lines: Sequence[Line], index: int) -> bool:
    """Whether what follows a closing is no text but a note about the list, or contacts."""
    return not any(demands.introduces(line) for line in lines[index + 1 : index + 4])


def _names_at_the_end(lines: Sequence[Line], start: int) -> int:
    """Return where a list of names begins that nothing announces."""
    end = len(lines)
    while end > start and _may_be_name(lines[end - 1]):
        end -= 1
    # A list that the text introduces is none of names; its last lines are the text's.
    if end > start and (demands.introduces(lines[end - 1]) or lines[end - 1].text.endswith(":")):
        listed = end
        while listed < len(lines) and lines[listed].mark:
            listed += 1
        if listed == end or (listed < len(lines) and not lines[listed].gap):
            return len(lines)
        end = listed
    named = len(lines) - end
    return end if named >= _FEWEST_NAMES else len(lines)


def _may_be_name(line: Line) -> bool:
    ends = line.text.endswith((".", ";", ":", "?", "!", "؛"))
    short = len(line.text) <= 120 and not kinds.is_prose(line) and not line.heading
    return line.row or (short and not ends and not line.aside)


def _paragraphs(lines: Sequence[Line]) -> list[str]:
    """Return the text in Markdown: entries of one list stand together."""
    paragraphs: list[str] = []
    last: Line | None = None
    for line in lines:
        text = _in_markdown(line)
        if last is not None and ((line.mark and last.mark) or (line.row and last.row)):
            paragraphs[-1] = f"{paragraphs[-1]}\n{text}"
        else:
            paragraphs.append(text)
        last = line
    return paragraphs


def _in_markdown(line: Line) -> str:
    if line.heading:
        return f"## {line.text}"
    text = f"**{line.text}**" if line.strong else line.text
    if line.quoted:
        text = f"> {text}"
    if not line.mark:
        return text
    if sum(map(str.isalpha, line.mark)) > _MOST_LETTERS_OF_A_SIGN:
        return f"{line.mark} {text}"
    number = "".join(filter(str.isdigit, line.mark))
    return f"{int(number)}. {text}" if number else f"- {text}"


_MOST_LETTERS_OF_A_SIGN = 5
"""Of a Roman number; what has more is a word that stands for one."""


# Below the text


@dataclass
class _End:
    """What is gathered below the text."""

    names: list[Line] = field(default_factory=list)
    copies: list[Line] = field(default_factory=list)
    is_for_several: bool = False
    """Whether the list of names says that it belongs to several letters."""
    part: str = "names"
    """Which part the next line belongs to: "names", "copies" or "notes"."""


def _read_end(draft: Draft, lines: Sequence[Line], order: dates.Order | None) -> bool:
    """Read closing, names, copies and what follows them; return what _read() does."""
    end = _End()
    for index, line in enumerate(lines):
        if _takes_label(end, draft, line):
            continue
        if not end.names and _closes(draft, lines, index):
            draft.closing = f"{draft.closing} {line.text}".lstrip()
        elif not (line.mark or line.row) and (found := datelines.read(line.text, order)):
            if draft.dated is None:
                draft.take_dateline(found.place, found.day)
            else:
                draft.unrecognised.append(line.text)
        elif kinds.ends_letter(line) or end.part == "notes":
            end.part = "notes"
            draft.unrecognised.append(line.text)
        elif end.part == "names" and (named := signatories.without_website(line)):
            end.names.append(named[0])
            draft.unrecognised.append(named[1])
        elif (kinds.is_contact(line) and not line.row) or (end.part == "names" and _is_text(line)):
            draft.unrecognised.append(line.text)
        else:
            (end.names if end.part == "names" else end.copies).append(line)
    found_names = signatories.read(end.names)
    draft.signatories = found_names.signatories
    draft.unrecognised += found_names.unrecognised
    for block in heads.blocks(end.copies):
        draft.addressees += addressing.blocks(block, "copy")
    return end.is_for_several


def _closes(draft: Draft, lines: Sequence[Line], index: int) -> bool:
    if draft.closing:
        return kinds.is_only_closing(lines[index])
    return kinds.is_closing(lines[index]) or (not index and kinds.may_close(lines, index))


def _takes_label(end: _End, draft: Draft, line: Line) -> bool:
    """Take "Signed by:" or "cc:", with what stands behind it; return whether it is one."""
    if line.aside or line.mark:
        return False
    if (names := kinds.signers_label(line)) is not None:
        end.is_for_several |= holds(folded(line.text), vocabulary.BOTH)
        end.part = "names"
        end.names += [Line(names, gap=True)] if names else []
        label = line.text.removesuffix(names).strip()
        if not kinds.is_mere_label(label):
            draft.unrecognised.append(label)
        return True
    if (copy := kinds.copy_label(line)) is not None:
        end.part = "copies"
        end.copies += [Line(copy, gap=True)] if copy else []
        return True
    return False


def _is_text(line: Line) -> bool:
    """Whether a line below the closing is a sentence, and names nobody."""
    if not kinds.is_prose(line) or line.mark or ";" in line.text:
        return False
    is_list = line.text.count(",") + line.text.count("،") > 3 and not line.text.count(". ")
    return not is_list
