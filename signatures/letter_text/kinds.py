"""What a single line of a letter is, as far as it tells by itself and by the line below."""

import re
from collections.abc import Sequence

from signatures.letter_text import addressing, vocabulary
from signatures.letter_text.lines import Line, folded
from signatures.letter_text.vocabulary import begins, holds, longest

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
    if len(line.text) >= 150 or (words >= 8 and line.text.endswith(_STOPS)):
        return True
    # Arabic says in one word what takes two or three elsewhere.
    return words >= 5 and line.text.endswith((".", "؟")) and "\u0621" <= line.text[0] <= "\u064a"


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


def may_greet(lines: Sequence[Line], index: int) -> bool:
    """Whether a line stands where a salutation does, in words that nobody has foreseen."""
    line = lines[index]
    if index + 1 == len(lines) or line.mark or line.heading or line.row or line.strong:
        return False
    below = lines[index + 1]
    alone = line.gap and below.gap and line.text.count(" ") < _MOST_WORDS_ALONE
    reads_on = below.text.endswith((".", "?", "!", "؟")) and below.text.count(" ") > 2
    return (
        alone and line.text.endswith(_COMMAS) and reads_on and not any(map(str.isdigit, line.text))
    )


def may_close(lines: Sequence[Line], index: int) -> bool:
    """Whether a line stands where a closing does, in words that nobody has foreseen."""
    line = lines[index]
    if index + 1 == len(lines) or line.mark or line.heading or line.row or not line.gap:
        return False
    below = lines[index + 1]
    most = _MOST_WORDS_ALONE if below.gap else _MOST_WORDS_OF_A_FAREWELL
    return (
        line.text.count(" ") < most
        and line.text.endswith(_COMMAS)
        and not below.text.endswith(_COMMAS)
    )


_COMMAS = (",", "،")
_MOST_WORDS_ALONE = 9
_MOST_WORDS_OF_A_FAREWELL = 4


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
    if words in _SHORTEST_CLOSINGS:
        return True
    count = len(words.split())
    if holds(words, vocabulary.FORMULAS):
        return count <= _MOST_WORDS_OF_A_FORMULA
    phrase = longest(words, vocabulary.CLOSINGS)
    if not phrase or (phrase == "please accept" and not holds(words, _ASSURANCES)):
        return False
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
    return count <= (_MOST_WORDS_OF_A_FORMULA if formal else 12)


def is_only_closing(line: Line) -> bool:
    """Whether a line is a closing formula and nothing else, so that no name can be meant."""
    words = folded(line.text)
    return is_closing(line) and (
        line.text.endswith((*_COMMAS, ".")) or words == longest(words, vocabulary.CLOSINGS)
    )


_MOST_WORDS_OF_A_FORMULA = 50
_SHORTEST_CLOSINGS = frozenset({"yours", "best", "thank you", "merci", "gracias", "شكرا", "وشكرا"})
_ASSURANCES = ("assurance ", "assurances ", "expression ", "regards ", "respects ", "thanks ")


def signers_label(line: Line) -> str | None:
    """Return what stands behind "Signed," or "Signatories:", None if there is no such label."""
    if line.mark or line.row:
        return None
    words = folded(line.text)
    if not begins(words, vocabulary.SIGNERS):
        return None
    head, colon, rest = line.text.partition(":")
    if colon and len(head) <= _LONGEST_LABEL:
        # "The undersigned welcome the decision: it ..." is a sentence.
        said = len(folded(head).split()) - len(longest(words, vocabulary.SIGNERS).split())
        is_list = any(sign in rest for sign in ",;،؛") and not rest.lstrip()[:1].islower()
        return None if said > 2 and rest.strip() and not is_list else rest.strip()
    if names := _names_behind(line.text, longest(words, vocabulary.SIGNERS)):
        return names
    if len(line.text) > _LONGEST_LABEL:
        return None
    said = len(words.split()) - len(longest(words, vocabulary.SIGNERS).split())
    is_label = said <= 0 or line.heading or line.strong or line.text.endswith((",", "：", "،"))
    return "" if is_label or (said <= 2 and not _is_name(line.text)) else None


def _names_behind(text: str, phrase: str) -> str:
    """Return the list in "Signed by Bay Watch, Sea Choir and others", "" if there is none."""
    rest = addressing.behind(text, phrase)
    is_list = sum(rest.count(sign) for sign in ",،;") > 1
    announces = phrase.endswith((" by", " par", " por")) or text[len(phrase) :][:1] in _COMMAS
    # A sentence about those who sign goes on in small letters.
    return rest if is_list and announces and not rest[0].islower() else ""


def is_mere_label(text: str) -> bool:
    """Whether a label above names says nothing but that they follow, and in which order."""
    said = folded(text)
    behind = said[len(longest(said, vocabulary.SIGNERS)) :]
    return all(word.isdigit() or f"{word} " in vocabulary.OF_A_LABEL for word in behind.split())


def _is_name(text: str) -> bool:
    """Whether words behind the first begin with capitals, as those of a name do."""
    return any(word[:1].isupper() for word in text.split()[1:])


def from_label(line: Line) -> bool:
    """Whether a line says who writes, or under which number."""
    return (
        not line.row
        and ":" in line.text[:40]
        and subject_label(line) is None
        and addressing.label(line.text, vocabulary.FROM) is not None
    )


def numbers_letter(line: Line) -> bool:
    """Whether a line says only which letter of several begins: "Letter 2"."""
    return not line.mark and _NUMBERED_LETTER.fullmatch(folded(line.text)) is not None


_NUMBERED_LETTER = re.compile(
    r"(?:(?:open )?letter|lettre|carta|الرساله|رساله) (?:no |n |number |numero |رقم )?"
    r"(?:\d{1,2}|[a-e]|[ivx]{1,4}|one|two|three|un|deux|trois|une|dos|tres|uno|una"
    r"|الاولي|الثانيه|الثالثه|الاول|الثاني)"
)


def copy_label(line: Line) -> str | None:
    """Return what stands behind "cc:", None if there is no such label."""
    return addressing.label(line.text, vocabulary.COPY) if not line.row else None


def to_label(line: Line) -> str | None:
    """Return what stands behind "To:", None if there is no such label."""
    return addressing.label(line.text, vocabulary.TO) if not line.row else None


def subject_label(line: Line) -> str | None:
    """Return what stands behind "Subject:", None if there is no such label."""
    # Arabic letters have a stroke there: "الموضوع/".
    head, colon, _rest = line.text[:60].replace("/", ":").partition(":")
    if not colon or line.row or f"{folded(head)} " not in vocabulary.SUBJECT:
        return None
    subject = line.text[len(head) + 1 :].strip()
    is_number = len(subject.split()) < _FEWEST_WORDS_OF_A_SUBJECT and any(map(str.isdigit, subject))
    return None if is_number and f"{folded(head)} " in vocabulary.REFERENCE else subject


_FEWEST_WORDS_OF_A_SUBJECT = 3


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
