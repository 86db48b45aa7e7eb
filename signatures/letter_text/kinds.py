"""What a single line of a letter is, as far as it tells by itself and by the line below."""

from collections.abc import Sequence

from signatures.letter_text import addressing, vocabulary
from signatures.letter_text.lines import Line, folded
from signatures.letter_text.vocabulary import begins, longest

LONGEST_SALUTATION = 160
_LONGEST_CLOSING = 320
_LONGEST_LABEL = 90
_CLAUSE_ENDS = (",", ":", "!", "،", "：", ";", "–", "-", "—")
_STOPS = (".", "!", "?", "؟", "…", ".”", '."', ".»", ".’", "»", ";", ":")
_SMALL_OFFICES = (
    "excellency ",
    "excellencies ",
    "excellence ",
    "excelencia ",
    "sir ",
    "madam ",
    "sirs ",
)


def is_prose(line: Line) -> bool:
    """Whether a line is a paragraph of running text."""
    if line.heading or line.row:
        return False
    words = line.text.count(" ") + 1
    return len(line.text) >= 150 or (words >= 8 and line.text.endswith(_STOPS))


def is_salutation(lines: Sequence[Line], index: int) -> bool:
    """Whether a line greets those to whom the letter goes.

    "Mr President," does if the text begins below it; in an address block it does not.
    """
    line = lines[index]
    if line.mark or line.heading or line.row or line.aside or len(line.text) > LONGEST_SALUTATION:
        return False
    words = folded(line.text)
    below = lines[index + 1] if index + 1 < len(lines) else None
    before_text = below is not None and (is_prose(below) or _greets(folded(below.text)))
    if begins(words, vocabulary.SALUTATIONS) and not _is_sentence(line.text):
        sure = not begins(words, vocabulary.HONORIFICS) and not begins(words, _SMALL_OFFICES)
        ends = line.text.endswith(_CLAUSE_ENDS)
        return ends or (sure and (len(words.split()) <= 12)) or before_text
    ends = line.text.endswith(_CLAUSE_ENDS) or (below is not None and below.gap)
    offices = begins(words, vocabulary.HONORIFICS) or begins(words, vocabulary.POSITIONS)
    return ends and before_text and offices and line.text.endswith(_CLAUSE_ENDS)


def _greets(words: str) -> bool:
    return begins(words, vocabulary.SALUTATIONS) and not begins(words, _SMALL_OFFICES)


def _is_sentence(text: str) -> bool:
    return text.endswith(".") and text.count(" ") > 5


def opens_with_salutation(line: Line) -> int:
    """Return how long the salutation is with which a paragraph begins, 0 if it does with none."""
    if line.mark or not begins(folded(line.text[:60]), _DEAR):
        return 0
    end = min((at for sign in ",،:" if (at := line.text.find(sign, 0, 120)) > 0), default=-1)
    return end + 1 if 0 < end < len(line.text) - 1 else 0


_DEAR = tuple(
    one
    for one in vocabulary.SALUTATIONS
    if one.startswith(("dear", "cher", "estimad", "distinguid"))
)


def is_closing(line: Line) -> bool:
    """Whether a line is the formula with which a letter ends."""
    if line.mark or line.heading or line.row or len(line.text) > _LONGEST_CLOSING:
        return False
    words = folded(line.text)
    phrase = longest(words, vocabulary.CLOSINGS)
    if not phrase:
        return False
    count = len(words.split())
    formal = phrase.startswith(
        (
            "veuillez",
            "nous vous prions",
            "je vous prie",
            "recevez",
            "agreez",
            "dans",
            "reciba",
            "sin otro",
            "quedamos",
            "aprovechamos",
            "please accept",
            "وتفضل",
            "تفضل",
            "وتقبل",
            "تقبل",
        )
    )
    return count <= (50 if formal else 12)


def signers_label(line: Line) -> str | None:
    """Return what stands behind "Signed," or "Signatories:", None if there is no such label."""
    if line.mark or line.row:
        return None
    words = folded(line.text)
    if not begins(words, vocabulary.SIGNERS):
        return None
    head, colon, rest = line.text.partition(":")
    if colon and len(head) <= _LONGEST_LABEL:
        return rest.strip()
    if len(line.text) > _LONGEST_LABEL:
        return None
    said = len(words.split()) - len(longest(words, vocabulary.SIGNERS).split())
    is_label = said <= 0 or line.heading or line.strong or line.text.endswith((",", "：", "،"))
    return "" if is_label or (said <= 2 and not _is_name(line.text)) else None


def _is_name(text: str) -> bool:
    """Whether words behind the first begin with capitals, as those of a name do."""
    return any(word[:1].isupper() for word in text.split()[1:])


def copy_label(line: Line) -> str | None:
    """Return what stands behind "cc:", None if there is no such label."""
    return addressing.label(line.text, vocabulary.COPY) if not line.row else None


def to_label(line: Line) -> str | None:
    """Return what stands behind "To:", None if there is no such label."""
    return addressing.label(line.text, vocabulary.TO) if not line.row else None


def subject_label(line: Line) -> str | None:
    """Return what stands behind "Subject:", None if there is no such label."""
    head, colon, _rest = line.text[:60].partition(":")
    if not colon or line.row or f"{folded(head)} " not in vocabulary.SUBJECT:
        return None
    return line.text[len(head) + 1 :].strip()


def is_title(line: Line) -> bool:
    """Whether a line says that it is the title of an open letter."""
    return len(line.text) <= 300 and not line.mark and begins(folded(line.text), vocabulary.TITLES)


def ends_letter(line: Line) -> bool:
    """Whether notes and contacts begin with this line, or a footnote."""
    if line.aside:
        return True
    words = folded(line.text)
    if line.mark or not begins(words, vocabulary.ENDS):
        return False
    short = len(words.split()) - len(longest(words, vocabulary.ENDS).split()) <= 1
    return short or ":" in line.text[:80] or "@" in line.text


def is_contact(line: Line) -> bool:
    """Whether a line says how somebody is reached."""
    return "@" in line.text or "http" in line.text or "www." in line.text
