"""A text that people are asked to sign is frozen, and each change of it is a version of its own."""

import pytest
from django.db import DatabaseError, connection, transaction

from signatures import canonical
from signatures.models import Addressee, Letter, TextVersion
from signatures.models.versions import NotACorrection
from tests.factories import make_letter

pytestmark = pytest.mark.django_db

CORRECTION = TextVersion.Kind.CORRECTION
SUBSTANCE = TextVersion.Kind.SUBSTANCE


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
    second = TextVersion.objects.freeze(letter, kind=SUBSTANCE, note="so")
    assert (second.number, second.note) == (2, "so")
    assert second.kind == (TextVersion.Kind.TRANSLATION if change == "translation" else SUBSTANCE)
    assert second.sha256 != first.sha256
    assert Letter.objects.get().text_version == 2


def test_another_addressee_is_no_correction() -> None:
    letter = make_letter()
    freeze(letter)
    Addressee.objects.create(letter=letter, order=2, position="Prosecutor")
    with pytest.raises(NotACorrection, match="addressee added"):
        freeze(letter)
    assert TextVersion.objects.count() == 1


def test_other_ends_of_lines_are_the_same_text() -> None:
    letter = make_letter(body="One.\n\nTwo.")
    first = freeze(letter)
    letter.body = "One.\r\n\r\nTwo.\r\n"
    letter.save()
    assert freeze(letter) == first


def test_consent_is_asked_for_anew_by_substance_alone() -> None:
    letter = make_letter(status=Letter.Status.DRAFT)
    letter.publish()
    for kind, title, asked in (
        (CORRECTION, "Of water", 1),
        (SUBSTANCE, "Of wells", 3),
        (CORRECTION, "Of all wells", 3),
    ):
        letter.title = title
        letter.save()
        TextVersion.objects.freeze(letter, kind=kind)
        assert Letter.objects.get().substance_version == asked


class TestShowing:
    def test_publication_freezes_the_text(self) -> None:
        letter = make_letter(status=Letter.Status.DRAFT)
        assert not TextVersion.objects.exists()
        letter.publish()
        version = TextVersion.objects.get()
        assert (version.number, version.kind) == (1, TextVersion.Kind.FIRST)
        assert version.content["texts"]["en"]["title"] == "Open letter on water"

    def test_publishing_the_same_again_makes_no_other(self) -> None:
        letter = make_letter(status=Letter.Status.DRAFT)
        letter.publish()
        letter.unpublish()
        letter.publish()
        assert TextVersion.objects.count() == 1

    def test_what_nobody_marked_counts_as_substance(self) -> None:
        letter = make_letter(status=Letter.Status.DRAFT)
        letter.publish()
        letter.unpublish()
        letter.title = "On wells"
        letter.save()
        letter.publish()
        assert TextVersion.objects.get(number=2).kind == SUBSTANCE

    def test_the_public_is_told_of_what_it_could_see(self) -> None:
        letter = make_letter(status=Letter.Status.PRIVATE)
        freeze(letter)
        for title, step in (("B", ""), ("C", "publish"), ("D", "unpublish"), ("E", "publish")):
            letter.title = title
            letter.save()
            freeze(letter)
            if step:
                getattr(letter, step)()
        letter.refresh_from_db()
        public = TextVersion.objects.public(letter)
        assert [one.content["texts"]["en"]["title"] for one in public] == ["C", "D", "E"]


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
