"""A letter is delivered: an edition comes of it, and nothing of it changes afterwards."""

import threading
from typing import Any, cast

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from openletters.guards import FOLLOWING, FORGETTING, RESEALING, lifted
from openletters.staff import roles
from signatures import canonical, delivering, papers, typesetting
from signatures.canonical import Entry
from signatures.models import (
    Addressee,
    Edition,
    EditionFile,
    EditionSignatory,
    Letter,
    Organization,
    OwedFile,
    Signature,
    TextVersion,
)
from signatures.models.editions import DeliveredMeanwhile, NotDeliverable, OwedFileQuerySet
from signatures.resources import entries_csv
from tests.editions.steps import delivered, page_of, signed_letter
from tests.factories import make_campaign, make_letter, make_member, make_signature
from tests.staff.steps import give_app, log_in

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


def test_its_list_is_what_the_letter_had_with_random_bits_beside_it() -> None:
    letter = make_letter(status=Letter.Status.DRAFT)
    letter.publish()
    for name in ("Al-Haq", "=Formula", "Zoo"):
        make_signature(letter, name)
    before = Client().get("/letters/a-letter/signatories.csv").content
    file = EditionFile.objects.get(edition=delivered(letter), kind="csv")
    content = bytes(file.content or b"")
    rows = [line.rpartition(",")[0] for line in content.decode().splitlines()]
    assert rows == before.decode().splitlines()
    assert file.sha256 == canonical.digest(content)


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


class TestFiles:
    """They are made when the edition is there, by whoever comes to it first."""

    def test_those_of_a_short_list_are_there_at_once(self) -> None:
        edition = delivered(signed_letter())
        assert [one.name for one in edition.files.all()] == [
            "signatories.csv",
            "letter.en.docx",
            "letter.en.pdf",
        ]
        assert not OwedFile.objects.exists()

    def test_the_worker_makes_what_takes_longer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(delivering, "PATIENCE", 0)
        edition = delivered(signed_letter())
        assert edition.files.count() == 0
        call_command("send_mail", "--once")
        assert edition.files.count() == 3
        assert not OwedFile.objects.exists()

    def test_they_say_what_the_edition_says_whatever_came_since(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivering, "PATIENCE", 0)
        letter = signed_letter()
        delivered(letter)
        make_signature(letter, "Latecomers")
        letter.set_current_language("en")
        letter.body = "Another text."
        letter.save()
        TextVersion.objects.freeze(letter, kind=TextVersion.Kind.SUBSTANCE)
        call_command("send_mail", "--once")
        for file in EditionFile.objects.all():
            said = bytes(file.content or b"").decode()
            assert "Al-Haq" in said
            assert "Latecomers" not in said
            assert "Another text." not in said
            assert file.kind == "csv" or said.endswith("1)")  # since version 1, nobody is marked

    def test_a_name_that_is_forgotten_meanwhile_is_on_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivering, "PATIENCE", 0)
        letter = signed_letter()
        edition = delivered(letter)
        taken = OwedFile.objects.take_next()
        assert taken is not None
        EditionSignatory.objects.forget([Signature.objects.get(name="Water Watch").pk])
        taken.hand_in(b"Water Watch")
        call_command("send_mail", "--once")
        assert not edition.files.exists()
        assert "no longer handed out" in page_of(edition)

    def test_what_fails_is_tried_again_and_stops_nothing_else(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = papers.pdf

        def fail(*printed: object) -> bytes:
            raise ValueError

        monkeypatch.setattr(papers, "pdf", fail)
        edition = delivered(signed_letter())
        assert {one.kind for one in edition.files.all()} == {"csv", "docx"}
        [owed] = OwedFile.objects.all()
        assert (owed.kind, owed.attempts, owed.last_error) == ("pdf", 1, "ValueError")
        monkeypatch.setattr(papers, "pdf", whole)
        OwedFile.objects.update(next_attempt_at=timezone.now())
        call_command("send_mail", "--once")
        assert edition.files.count() == 3

    def test_a_file_that_takes_the_worker_along_is_given_up(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivering, "PATIENCE", 0)
        edition = delivered(signed_letter())
        OwedFile.objects.filter(kind="pdf").update(attempts=delivering.MOST_ATTEMPTS)
        call_command("send_mail", "--once")
        assert {one.kind for one in edition.files.all()} == {"csv", "docx"}
        assert OwedFile.objects.get().failed_at is not None

    @pytest.mark.django_db(transaction=True)
    def test_its_page_promises_no_longer_what_was_given_up(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivering, "PATIENCE", 0)
        edition = delivered(signed_letter())
        OwedFile.objects.exclude(kind="pdf").delete()
        assert "More files are being made." in page_of(edition)
        OwedFile.objects.update(attempts=delivering.MOST_ATTEMPTS, last_error="NotSet")
        call_command("send_mail", "--once")
        assert OwedFile.objects.get().last_error == "NotSet"
        assert "More files are being made." not in page_of(edition)

    def test_the_demonstration_has_no_worker_and_makes_all_at_once(
        self, monkeypatch: pytest.MonkeyPatch, settings: Settings
    ) -> None:
        monkeypatch.setattr(delivering, "PATIENCE", 0)
        settings.DEMO = True
        assert delivered(signed_letter()).files.count() == 3

    def test_nobody_minds_one_that_goes_while_it_is_taken(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivering, "PATIENCE", 0)
        delivered(signed_letter())
        lease = OwedFileQuerySet.update

        def update(rows: OwedFileQuerySet, **fields: Any) -> int:
            leased = lease(rows, **fields)
            OwedFile.objects.all().delete()
            return leased

        monkeypatch.setattr(OwedFileQuerySet, "update", update)
        assert not delivering.make_next()

    def test_nobody_minds_one_that_goes_while_it_fails(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*printed: object) -> bytes:
            OwedFile.objects.all().delete()
            raise typesetting.Busy

        monkeypatch.setattr(papers, "docx", fail)
        monkeypatch.setattr(papers, "pdf", fail)
        edition = delivered(signed_letter())
        assert not edition.owed_files.exists()

    def test_a_list_and_papers_cannot_be_made_again_without_the_bits_of_every_entry(self) -> None:
        edition = delivered(signed_letter())
        entries = [one.entry or {} for one in edition.signatories.all()]
        file = bytes(EditionFile.objects.get(kind="csv").content or b"")
        assert entries_csv(cast("list[Entry]", entries)) == file
        for entry in entries:
            assert entry["salt"] in file.decode()


class TestDesk:
    """What editors see of it."""

    @pytest.fixture
    def editor(self) -> Client:
        member = make_member("edda", roles.EDITOR)
        give_app(member)
        client = Client()
        log_in(client, member)
        return client

    def test_it_says_why_a_spoilt_page_delivers_nothing(self, editor: Client) -> None:
        letter = signed_letter()
        address = f"/admin/signatures/letter/{letter.pk}/deliver/"
        whom = list(Addressee.objects.values_list("pk", flat=True))
        for spoilt in ("", "x", "-1"):
            answer = editor.post(address, {"addressees": whom, "after": spoilt})
            assert answer.status_code == 400
            assert "Open it anew, and deliver from there." in answer.content.decode()
        assert not Edition.objects.exists()
        assert editor.post(address, {"addressees": whom, "after": 0}).status_code == 302

    def test_it_tells_which_files_are_still_to_come(
        self, editor: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivering, "PATIENCE", 0)
        edition = delivered(signed_letter())
        desk = f"/admin/signatures/edition/{edition.pk}/change/"
        page = editor.get(desk).content.decode()
        assert page.count('<span class="chip">being made</span>') == 3
        assert "Its other files follow by themselves" in page
        assert "More files are being made." in page_of(edition)
        OwedFile.objects.filter(kind="pdf").update(last_error="TypstError")
        OwedFile.objects.filter(kind="docx").update(
            last_error="ValueError", failed_at=timezone.now()
        )
        page = editor.get(desk).content.decode()
        assert "will be tried again</span> <code>TypstError</code>" in page
        assert "could not be made</span> <code>ValueError</code>" in page
        assert "A file could not be made." in page
        OwedFile.objects.exclude(kind="docx").delete()
        Letter.objects.all().raise_revision()
        assert "More files are being made." not in page_of(edition)


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


LET_THROUGH = (
    (FORGETTING, "UPDATE signatures_editionsignatory SET entry = NULL, signature_id = NULL"),
    (FORGETTING, "UPDATE signatures_editionfile SET content = NULL"),
    (FOLLOWING, "UPDATE signatures_editionsignatory SET signature_id = 9"),
    (FOLLOWING, "UPDATE signatures_editionsignatory SET removed_at = CURRENT_TIMESTAMP"),
)


@pytest.mark.parametrize(("purpose", "change"), LET_THROUGH)
def test_each_purpose_lets_its_own_through(purpose: str, change: str) -> None:
    delivered(signed_letter())
    with lifted(purpose), connection.cursor() as cursor:
        cursor.execute(change)
        assert cursor.rowcount == 3


REFUSED = (
    *((RESEALING, change) for _purpose, change in LET_THROUGH),
    (FORGETTING, "UPDATE signatures_editionsignatory SET entry = '{}'"),
    (FORGETTING, "UPDATE signatures_editionsignatory SET removed_at = CURRENT_TIMESTAMP"),
    (FORGETTING, "UPDATE signatures_editionsignatory SET entry = NULL, number = number + 9"),
    (FORGETTING, "UPDATE signatures_editionfile SET content = sha256::bytea"),
    (FORGETTING, "DELETE FROM signatures_editionsignatory"),
    (FOLLOWING, "UPDATE signatures_editionsignatory SET entry = NULL"),
    (FOLLOWING, "UPDATE signatures_editionfile SET content = NULL"),
)


@pytest.mark.parametrize(("purpose", "change"), REFUSED)
def test_and_nothing_else(purpose: str, change: str) -> None:
    delivered(signed_letter())
    if connection.vendor == "sqlite":
        change = change.replace("::bytea", "")
    with (
        pytest.raises(DatabaseError, match="only ever added"),
        lifted(purpose),
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
    delivered(letter)
    is_made.set()
    changing.join()
    assert failures == []
