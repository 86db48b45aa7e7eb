"""A letter as it is now, on paper: for whoever reads it elsewhere than here."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.http import Http404

from openletters import languages
from signatures import canonical
from signatures.models.dressing import dress_of
from signatures.models.letters import Letter
from signatures.models.signatures import Signature
from signatures.models.translated import read_translated
from signatures.models.versions import text_content
from signatures.papers import Dress
from signatures.typesetting import Busy

PRINTED = 10_000
"""How many names are printed of a longer list: they take some seconds."""

IN_LINE = 3
"""How many readers a process lets wait for a paper to be made, so that others are answered."""

LONGEST_WAIT = 10.0
"""Seconds after which one of them is asked to come again."""

Maker = Callable[[dict[str, Any], list[dict[str, Any]], str, Dress, None, int], bytes]
"""`papers.pdf` or `papers.docx`."""

_line = BoundedSemaphore(IN_LINE)
_making = BoundedSemaphore(1)


@contextmanager
def turn() -> Iterator[None]:
    """Make one paper at a time: the others wait, and find theirs made. Raises Busy."""
    if not _line.acquire(blocking=False):
        raise Busy
    try:
        if not _making.acquire(timeout=LONGEST_WAIT):
            raise Busy
        try:
            yield
        finally:
            _making.release()
    finally:
        _line.release()


def as_of_now(letter: Letter, make: Maker) -> bytes:
    """Return the paper that `make` makes of a letter as it is, in the language of the reader.

    That takes seven queries at most. Raises Http404 if the letter is gone.
    """
    language = languages.reading()
    found = read_translated(Letter.objects.filter(pk=letter.pk), "campaign")
    if not found:
        raise Http404
    [letter] = found
    content = {
        "address": settings.SITE_URL + letter.get_absolute_url(),
        "as_of": canonical.moment(letter.as_of),
        "text": text_content(letter),
        "text_version": letter.text_version,
        "count": letter.signatory_count,
        "withheld": letter.withheld_count,
    }
    dress = dress_of(letter, language)
    return make(content, _listed(letter), language, dress, None, letter.substance_version)


def _listed(letter: Letter) -> list[dict[str, Any]]:
    current = Signature.objects.filter(letter=letter).current().in_list_order()
    rows = current.values_list("name", "local_name", "text_version", "position")[:PRINTED]
    return [
        {
            "number": number,
            "name": name,
            "local_name": local_name,
            "text_version": version or 1,  # what was signed before versions were told apart
            "section": "" if position is None else "initiator",
        }
        for number, (name, local_name, version, position) in enumerate(rows, start=1)
    ]
