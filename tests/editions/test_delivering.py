"""A letter is delivered: an edition comes of it, and nothing of it changes afterwards."""

import threading
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from signatures import canonical, delivering
from signatures.models import (
    Addressee,
    Edition,
    EditionFile,
    EditionSignatory,
    Letter,
    Organization,
    Signature,
)
from signatures.models.editions import (
    ChangedMeanwhile,
    DeliveredMeanwhile,
    Draft,
    MadeFile,
    NotDeliverable,
)
from tests.editions.steps import delivered, signed_letter
from tests.factories import make_campaign, make_letter, make_signature

pytestmark = pytest.mark.django_db


def test_an_edition_says_what_the_letter_said() -> None:
    letter = signed_letter(demands=["Act."])
    edition = delivered(letter)
    content = edition.content
    assert edition.number == content["edition"] == 1
    assert (edition.count, edition.withheld_count) == (3, 0)
    assert edition.sha256 == canonical.fingerprint(content)
    assert content["address"].endswith("/letters/a-letter/")
    assert content["text"]["demands"] == [{"texts": {"en": {"text": "Act."}}}]
    assert content["text_sha256"] == edition.version.sha256
    assert content["delivered_to"] == edition.places == [1]
    entries = [one.entry or {} for one in edition.signatories.all()]
    assert [one["name"] for one in entries] == ["Al-Haq", "Rivers of Kenya", "Water Watch"]
    assert [one["section"] for one in entries] == ["initiator", "", ""]
    assert [canonical.fingerprint(one) for one in entries] == content["signatories"]


def test_its_list_is_the_very_file_that_the_letter_had() -> None:
    letter = make_letter(status=Letter.Status.DRAFT)
    letter.publish()
    for name in ("Al-Haq", "=Formula", "Zoo"):
        make_signature(letter, name)
    before = Client().get("/letters/a-letter/signatories.csv").content
    file = EditionFile.objects.get(edition=delivered(letter), kind="csv")
    assert bytes(file.content or b"") == before
    assert file.sha256 == canonical.digest(before)


def test_the_letter_is_another_afterwards() -> None:
    letter = signed_letter()
    revision = Letter.objects.get().revision
    delivered(letter)
    assert Letter.objects.get().revision > revision
    assert Letter.objects.get().text_version == 1


def test_pressing_the_button_twice_makes_one_edition() -> None:
    letter = signed_letter()
    everybody = list(Addressee.objects.all())
    first = delivering.deliver(letter, everybody, after=0)
    assert delivering.deliver(letter, everybody, after=0) == first
    assert Edition.objects.count() == 1
    assert delivering.deliver(letter, everybody, after=1).number == 2


def test_somebody_else_was_faster_and_meant_others() -> None:
    letter = signed_letter()
    other = Addressee.objects.create(letter=letter, order=2, position="Prosecutor")
    delivering.deliver(letter, [other], after=0)
    with pytest.raises(DeliveredMeanwhile):
        delivering.deliver(letter, list(Addressee.objects.all()), after=0)


@pytest.mark.parametrize("status", ["draft", "private"])
def test_what_is_not_public_is_not_delivered(status: str) -> None:
    letter = signed_letter(status=status)
    with pytest.raises(NotDeliverable):
        delivered(letter)


def test_it_goes_to_somebody_and_to_its_own_addressees_alone() -> None:
    letter, other = signed_letter(), make_letter("another")
    for nobody in ([], list(Addressee.objects.filter(letter=other))):
        with pytest.raises(NotDeliverable):
            delivering.deliver(letter, nobody, after=0)
    assert not Edition.objects.exists()


def test_a_name_that_comes_while_files_are_made_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    letter, made = signed_letter(), delivering.files
    late = ["Latecomers"]

    def slow(draft: Draft) -> list[MadeFile]:
        if late:
            make_signature(letter, late.pop())
        return made(draft)

    monkeypatch.setattr(delivering, "files", slow)
    edition = delivered(letter)
    assert edition.count == 4
    assert b"Latecomers" in bytes(EditionFile.objects.get(kind="csv").content or b"")


def test_it_gives_up_when_the_list_never_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = signed_letter()

    def restless(draft: Draft) -> list[MadeFile]:
        Letter.objects.filter(pk=letter.pk).raise_revision()
        return []

    monkeypatch.setattr(delivering, "files", restless)
    with pytest.raises(delivering.TooBusy):
        delivered(letter)
    assert not Edition.objects.exists()


CHANGES = (
    "UPDATE signatures_edition SET count = 1",
    "DELETE FROM signatures_edition",
    "UPDATE signatures_editionsignatory SET entry = NULL",
    "UPDATE signatures_editionsignatory SET number = 9",
    "DELETE FROM signatures_editionsignatory",
    "UPDATE signatures_editionfile SET content = NULL",
    "UPDATE signatures_editionfile SET sha256 = ''",
    "DELETE FROM signatures_editionfile",
)


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_it(change: str) -> None:
    delivered(signed_letter())
    with (
        pytest.raises(DatabaseError, match="only ever added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


def test_the_app_refuses_it_before() -> None:
    edition = delivered(signed_letter())
    for refused in (edition.save, edition.delete, Edition.objects.all().delete):
        with pytest.raises(TypeError):
            refused()


def test_ten_thousand_names_take_a_few_statements(django_assert_max_num_queries: object) -> None:
    letter = make_letter()
    organizations = Organization.objects.bulk_create(
        Organization(official_name=f"Organisation {number}", key=f"o{number}")
        for number in range(10_000)
    )
    Signature.objects.bulk_create(
        Signature(letter=letter, organization=one, name=one.official_name, source="import")
        for one in organizations
    )
    Letter.objects.filter(pk=letter.pk).raise_revision()
    with django_assert_max_num_queries(150):  # type: ignore[operator]
        edition = delivered(letter)
    assert edition.count == EditionSignatory.objects.count() == 10_000


@pytest.mark.django_db(transaction=True)
def test_two_who_deliver_at_once_make_one_edition() -> None:
    letter = signed_letter()
    everybody = list(Addressee.objects.all())
    made: list[int] = []
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        try:
            made.append(delivering.deliver(letter, everybody, after=0).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert len(set(made)) == 1 == Edition.objects.count()


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_whoever_changes_all_letters_of_the_campaign() -> None:
    campaign = make_campaign()
    other, letter = (make_letter(slug, campaign=campaign) for slug in ("other", "a-letter"))
    draft = Edition.objects.draft(letter, list(Addressee.objects.filter(letter=letter)))
    is_taken, is_made = threading.Event(), threading.Event()
    failures: list[DatabaseError] = []

    def change_both() -> None:
        try:
            with transaction.atomic():
                Letter.objects.filter(pk=other.pk).raise_revision()
                is_taken.set()
                is_made.wait(1)  # which it is not, because it waits for us
                Letter.objects.filter(pk__in=[other.pk, letter.pk]).raise_revision()
        except DatabaseError as error:
            failures.append(error)
        finally:
            connection.close()

    changing = threading.Thread(target=change_both)
    changing.start()
    is_taken.wait()
    with suppress(ChangedMeanwhile):
        Edition.objects.store(draft, [])
    is_made.set()
    changing.join()
    assert failures == []
