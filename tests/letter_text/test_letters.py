"""Letters of many shapes and languages: what of each is recognised."""

import pytest

from signatures.letter_text import lines
from signatures.letter_text.drafts import Draft
from signatures.letter_text.recognising import recognise
from tests.letter_text.arabic import ARABIC
from tests.letter_text.english import ENGLISH
from tests.letter_text.french import FRENCH
from tests.letter_text.letters import Expected, Written
from tests.letter_text.spanish import SPANISH


@pytest.mark.parametrize("written", [*ENGLISH, *FRENCH, *SPANISH, *ARABIC], ids=repr)
def test_a_letter_is_recognised_whatever_its_shape(written: Written) -> None:
    found = recognise(lines.of_text(written.text))

    assert len(found) == len(written.letters)
    for draft, letter in zip(found, written.letters, strict=True):
        assert seen(draft, letter) == asked(letter)


def seen(draft: Draft, letter: Expected) -> dict[str, object]:
    """Return what was recognised of that which is asked for."""
    found = {
        "language": draft.language,
        "date": draft.dated and draft.dated.isoformat(),
        "place": draft.place,
        "title": draft.title,
        "salutation": draft.salutation,
        "addressees": len(draft.addressees),
        "kinds": [one.kind for one in draft.addressees],
        "names": [one.name for one in draft.addressees],
        "positions": [one.position for one in draft.addressees],
        "institutions": [one.institution for one in draft.addressees],
        "demands": len(draft.demands),
        "first_demand": draft.demands[0] if draft.demands else "",
        "last_demand": draft.demands[-1] if draft.demands else "",
        "closing": draft.closing,
        "signatories": [one.name for one in draft.signatories],
        "countries": [one.country for one in draft.signatories],
        "paragraphs": len(draft.body),
        "in_body": letter.in_body if letter.in_body in "\n".join(draft.body) else draft.body,
        "unrecognised": draft.unrecognised,
    }
    return {name: found[name] for name in asked(letter)}


def asked(letter: Expected) -> dict[str, object]:
    """Return what is asked of a letter; its date is in any case, be it none."""
    stated = vars(letter)
    return {name: value for name, value in stated.items() if value is not None or name == "date"}
