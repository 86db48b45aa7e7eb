"""Whatever a document says stands somewhere in what was recognised."""

import re
from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st

from signatures import names
from signatures.letter_text import lines, vocabulary
from signatures.letter_text.recognising import recognise
from signatures.matching.places import country_named
from tests.letter_text.english import ENGLISH

PIECES = [
    "Dear Minister,",
    "To whom it may concern",
    "We call on you to:",
    "1. Stop the mine;",
    "(b) open the books; and",
    "• pay for it",
    "    - in full",
    "Yours sincerely,",
    "In solidarity",
    "Signed,",
    "Signatories:",
    "Signed by: Green Delta, River Keepers and Bay Watch",
    "Green Delta, Kenya",
    "River Keepers (Oman)",
    "Bay Watch    Lake Choir    Sea Commons",
    "| Organisation | Country |",
    "| Sea Commons | Norway |",
    "Jane Doe",
    "Director",
    "Kenya",
    "cc: Ms Rosa Blum, European Parliament",
    "To: The Board; Mr Adrian Voss, Registrar",
    "Re: Clean water",
    "# Open letter to the Board",
    "**Demands**",
    "> somebody said so",
    "Notes to editors",
    "press@example.org",
    "[1] See the report of 2019.",
    "---",
    "The Hague, 23 November 2022",
    "The mine pours its waste into our river every night, and nobody has been asked about it.",
    "We urge you to close it; to clean the river; and to pay.",
    "نطالبكم بما يلي:",
    "أولاً: إغلاق المنجم",
    "First, stop the mine. Second, pay for it.",
    "Demand 1: Close the mine",
    "I. Close the mine",
    "Accra, 2 April 2025 – Fifty groups ask for the mine to be closed at once.",
    "Place: Accra",
    "From: Green Delta",
    "Peru: Agua Viva; Voces",
    "Organisation, Country",
    "Green Delta (https://delta.example)",
    "[River Keepers](https://river.example)",
    "Mayor Lisa Park and the Minister of Health",
    "cc. Mr Bo Ek",
    "Letter 2",
    "Page 2 of 3",
    "•",
    "Tēnā koe,",
    "Ngā mihi,",
    "الموقعون: لجنة النهر، جمعية الوادي",
    "Veuillez agréer, Madame, l'expression de nos salutations.",
    "",
    "",
]
LINES = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=60)), max_size=30)


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return re.findall(r"\w+", names.fold(names.clean_line(text).replace("_", " ")))


def said(text: str) -> Counter[str]:
    """Return how often each word stands in what was recognised."""
    found: list[str] = []
    for draft in recognise(lines.of_text(text)):
        found += [draft.title, draft.place, draft.salutation, draft.closing, draft.demands_intro]
        found += [*draft.body, *draft.demands, *draft.unrecognised]
        for one in draft.addressees:
            found += [one.name, one.position, one.institution, *one.lines]
        for signatory in draft.signatories:
            found += [signatory.name, signatory.country]
        if draft.dated:
            found.append(f"{draft.dated.day} {draft.dated:%B} {draft.dated.year}")
    return Counter(word for text in found for word in words(text))


UNDERSTOOD = frozenset(
    word
    for text in (
        # Labels, signs and countries say what the words beside them are, and are kept as such.
        "1 b and or to cc re signed by signatories kenya oman norway organisation country demands",
        "الموقعون أولا",
        *(vocabulary.TO + vocabulary.COPY + vocabulary.SUBJECT + vocabulary.SIGNERS),
        *(vocabulary.PLACE_BEFORE + vocabulary.PLACE + vocabulary.WEEKDAYS),
        "first second demand i peru page of",
    )
    for word in words(text)
)


@settings(max_examples=300, deadline=None)
@given(LINES)
@example(ENGLISH[0].text.splitlines())
@example(["Yours sincerely,", "Yours sincerely,", "Signed,", "cc:"])
@example(["Dear all,", "Dear all,", "Signatories:", "Re: "])
def test_every_word_stands_somewhere(text: list[str]) -> None:
    written = "\n".join(text)

    # Signs before entries, and headings that are countries, say what stands behind or below them.
    entries = [lines.entry(line).text for line in written.splitlines()]
    kept = [entry for entry in entries if not country_named(entry)]
    missing = Counter(words("\n".join(kept))) - said(written)

    lost = {word for word in missing if word not in UNDERSTOOD and not word.isdigit()}
    assert not lost, (lost, text)
