"""Where one letter of a document ends, and the next one begins."""

from collections.abc import Sequence
from functools import cached_property

from signatures import dates
from signatures.letter_text import addressing, datelines, kinds
from signatures.letter_text.lines import Line

_LONGEST_HEAD = 40
"""Lines that can stand between the first line of a letter and its salutation."""


class Marks:
    """Which lines of a document are salutations, datelines and ends of letters."""

    def __init__(self, lines: Sequence[Line], order: dates.Order | None) -> None:
        self.lines = lines
        self.order = order

    @cached_property
    def salutations(self) -> list[bool]:
        """Whether each line is a salutation."""
        return [
            kinds.is_salutation(self.lines, index) or kinds.opens_with_salutation(line) > 0
            for index, line in enumerate(self.lines)
        ]

    @cached_property
    def datelines(self) -> list[bool]:
        """Whether each line is one of place and date."""
        return [
            not line.aside and datelines.read(line.text, self.order) is not None
            for line in self.lines
        ]

    @cached_property
    def ends(self) -> list[bool]:
        """Whether each line closes a letter, or begins its list of names."""
        return [
            kinds.is_closing(line) or kinds.signers_label(line) is not None for line in self.lines
        ]

    @cached_property
    def paragraphs(self) -> list[bool]:
        """Whether each line is a paragraph of running text."""
        return [kinds.is_prose(line) for line in self.lines]

    def next_salutation(self, index: int) -> bool:
        """Whether a salutation follows before the text begins."""
        for at in range(index, min(index + _LONGEST_HEAD, len(self.lines))):
            if self.salutations[at]:
                return True
            if self.paragraphs[at] or self.ends[at]:
                return False
        return False

    def has_text(self, index: int) -> bool:
        """Whether a text follows soon."""
        return any(self.paragraphs[index : index + _LONGEST_HEAD])


def divide(lines: Sequence[Line], order: dates.Order | None) -> list[Sequence[Line]]:
    """Return the lines of each letter, with what stands above it."""
    marks = Marks(lines, order)
    starts = [0]
    has_salutation = has_date = ended = False
    for index, line in enumerate(lines):
        begins = index
        if marks.salutations[index]:
            # Whoever greets two greets them in two lines.
            is_new = (
                has_salutation
                and not kinds.is_salutation(lines, index - 1)
                and (ended or _dated_above(marks, index, starts[-1]))
            )
            has_salutation = True
        elif marks.datelines[index]:
            is_new = (
                ended and marks.has_text(index + 1) and (has_date or marks.next_salutation(index))
            )
            has_date = True
        elif kinds.numbers_letter(line) or (kinds.is_title(line) and not line.mark):
            is_new = ended and marks.has_text(index + 1)
        elif line.rule:
            is_new = ended and marks.has_text(index) and marks.next_salutation(index)
        else:
            ended = ended or marks.ends[index]
            continue
        if is_new:
            begins = _beginning(marks, index, starts[-1])
            starts.append(begins)
            ended = False
            has_salutation = marks.salutations[index]
            has_date = any(marks.datelines[begins : index + 1])
    return [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _dated_above(marks: Marks, index: int, start: int) -> bool:
    """Whether a date stands above a salutation, and no text between them."""
    for at in range(index - 1, max(start, index - _LONGEST_HEAD), -1):
        if marks.paragraphs[at]:
            return False
        if marks.datelines[at]:
            return True
    return False


def _beginning(marks: Marks, index: int, start: int) -> int:
    """Return where the letter begins whose salutation, date or title stands at `index`.

    Its date and address block stand above, and notes of whoever put the letters together.
    """
    lines, first = marks.lines, index
    for at in range(index - 1, max(start, index - _LONGEST_HEAD), -1):
        line = lines[at]
        if (
            line.mark
            or line.row
            or marks.ends[at]
            or kinds.is_prose(line)
            or (line.aside and line.mark)
        ):
            break
        if lines[at + 1].rule:
            break
        if (
            marks.datelines[at]
            or kinds.is_title(line)
            or kinds.numbers_letter(line)
            or kinds.to_label(line) is not None
            or addressing.is_person(line.text)
            or kinds.subject_label(line) is not None
        ):
            first = at
    while first > start + 1 and _is_note(lines[first - 1]):
        first -= 1
    return first


def _is_note(line: Line) -> bool:
    return kinds.is_prose(line) and not line.mark and not kinds.is_closing(line)
