"""What the tests of editions do again and again."""

from typing import Any

from django.test import Client

from signatures.delivering import deliver
from signatures.models import Addressee, Edition, Letter
from signatures.models.editions import OwedFile
from tests.factories import make_letter, make_signature

NAMES = ("Al-Haq", "Water Watch", "Rivers of Kenya")


def signed_letter(*names: str, **fields: Any) -> Letter:
    """Store an open letter under which these stand, the first as its initiator."""
    letter = make_letter(**fields)
    for place, name in enumerate(names or NAMES):
        make_signature(letter, name, position=None if place else 1)
    return letter


def delivered(letter: Letter) -> Edition:
    """Deliver a letter to everybody it is addressed to."""
    last = Edition.objects.filter(letter=letter).count()
    return deliver(letter, list(Addressee.objects.filter(letter=letter)), after=last)


def delivered_in_arabic(letter: Letter) -> Edition:
    """Deliver a letter with Arabic papers, which nobody has printed."""
    edition = Edition.objects.deliver(
        letter, list(Addressee.objects.filter(letter=letter)), after=0
    )
    papers = OwedFile.objects.exclude(kind="csv")
    papers.exclude(language=letter.language).delete()
    papers.update(language="ar")
    for owed in OwedFile.objects.all():
        owed.hand_in(f"{owed.kind} {owed.language}".strip().encode())
    return edition


def page_of(edition: Edition) -> str:
    """Return what the public page of an edition says."""
    return Client().get(edition.get_absolute_url()).content.decode()
