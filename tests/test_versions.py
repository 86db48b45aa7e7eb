"""A text that people are asked to sign is frozen, and each change of it is a version of its own."""

import pytest
from django.db import DatabaseError, connection, transaction

from signatures import canonical
from signatures.models import Addressee, Letter, TextVersion
from tests.factories import make_letter

pytestmark = pytest.mark.django_db

CORRECTION = TextVersion.Kind.CORRECTION


def freeze(letter: Letter, note: str = "") -> TextVersion:
    return TextVersion.objects.freeze(letter, kind=CORRECTION, note=note)


def test_the_first_is_the_first_whatever_it_is_called() -> None:
    letter = make_letter(demands=["Act."])
    version = freeze(letter, "nothing has changed")
    assert (version.number, version.kind, version.note) == (1, TextVersion.Kind.FIRST, "")
    assert version.sha256 == canonical.fingerprint(version.content)
    assert version.content["texts"]["en"]["title"] == "Open letter on water"
    assert version.content["addressees"][0]["texts"]["en"]["position"] == (
        "President of the Assembly"
    )
    assert version.content["demands"] == [{"texts": {"en": {"text": "Act."}}}]
    assert Letter.objects.get().text_version == 1


def test_the_same_text_stays_the_same_version() -> None:
    letter = make_letter()
    first = freeze(letter)
    letter.create_translation("fr", title="Eau", body="")  # not written yet
    revision = Letter.objects.get().revision
    assert freeze(letter) == first
    assert Letter.objects.get().revision == revision


@pytest.mark.parametrize("change", ["title", "addressee", "translation", "date"])
def test_whatever_changes_is_another(change: str) -> None:
    letter = make_letter()
    first = freeze(letter)
    if change == "title":
        letter.title = "Another"
        letter.save()
    elif change == "addressee":
        Addressee.objects.create(letter=letter, order=2, position="Prosecutor")
    elif change == "translation":
        letter.create_translation("fr", title="Eau", body="Nous écrivons.")
    else:
        letter.dated = letter.dated.replace(year=2020)
        letter.save()
    second = freeze(letter, "a correction")
    assert (second.number, second.note) == (2, "a correction")
    assert second.sha256 != first.sha256
    assert Letter.objects.get().text_version == 2


def test_nothing_is_changed_in_it_afterwards() -> None:
    version = freeze(make_letter())
    with pytest.raises(TypeError):
        version.save()
    with (
        pytest.raises(DatabaseError, match="only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE signatures_textversion SET note = 'x'")
