"""What else may tell a name: imports, merges, splits, corrections, the admin's log."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from signatures import retention, vault
from signatures.models import (
    Distinction,
    Erasure,
    ImportRow,
    Letter,
    Organization,
    OrganizationMerge,
    OutgoingMail,
    SignatoryImport,
    Signature,
    SignOn,
    SignOnLetter,
    merges,
    unmerging,
)
from signatures.models.erasures import Line
from signatures.resealing import reseal
from tests.factories import make_letter, make_organization, make_sign_on, make_signature, make_staff
from tests.withheld.places import at_rest, counts, leaks, public_answers, secret_claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator() -> User:
    return make_staff("mona")


@pytest.fixture
def letter() -> Letter:
    return make_letter()


def listed(letter: Letter, moderator: User, **stated: object) -> SignOn:
    sign_on = make_sign_on([letter], **secret_claim(**stated))
    sign_on.approve(actor=moderator)
    return SignOn.objects.get(pk=sign_on.pk)


class TestWhatToldTheNameBefore:
    def test_a_correction_that_waits(self, letter: Letter, moderator: User) -> None:
        sign_on = listed(letter, moderator)
        sign_on.correct(name="Xkanariname Federation")
        assert sign_on.corrections.open().exists()
        sign_on.withhold()
        assert not sign_on.corrections.open().exists()
        assert leaks(at_rest()) == []

    def test_the_row_of_an_import(self, letter: Letter, moderator: User) -> None:
        sign_on = listed(letter, moderator)
        batch = SignatoryImport.objects.create(file_name="list.csv", sha256="0", actor=moderator)
        row = ImportRow.objects.create(
            batch=batch,
            line=2,
            name=sign_on.name,
            website=sign_on.website,
            organization=sign_on.organization,
            decision="known",
        )
        row.signatures.set(sign_on.brought())
        sign_on.withhold()
        assert leaks(at_rest()) == []

    def test_the_admin_s_log(self, letter: Letter, moderator: User) -> None:
        sign_on = listed(letter, moderator)
        LogEntry.objects.create(
            user=moderator,
            content_type=ContentType.objects.get_for_model(Organization),
            object_id=str(sign_on.organization_id),
            object_repr=str(sign_on.organization),
            action_flag=CHANGE,
            change_message="“Xkanariname Union” was merged into it.",
        )
        sign_on.withhold()
        assert leaks(at_rest()) == []
        assert LogEntry.objects.get().user == moderator

    def test_the_journal_of_a_merge(self, letter: Letter, moderator: User) -> None:
        sign_on = listed(letter, moderator)
        organization = sign_on.organization
        assert organization
        other = make_organization("Xkanari Sister")
        seen = merges.plan(organization, other).fingerprint
        OrganizationMerge.objects.merge(organization, other, actor=moderator, seen=seen)
        sign_on.refresh_from_db()
        sign_on.withhold()
        assert leaks(at_rest()) == []
        assert not OrganizationMerge.objects.exists()

    def test_the_journals_of_merges_one_after_another(
        self, letter: Letter, moderator: User
    ) -> None:
        sign_on = listed(letter, moderator)
        kept, removed = sign_on.organization, make_organization("Xkanari Sister")
        assert kept
        for one in (removed, make_organization("Xkanari Mother")):
            seen = merges.plan(one, kept).fingerprint
            OrganizationMerge.objects.merge(one, kept, actor=moderator, seen=seen)
            kept = one
        sign_on.refresh_from_db()
        sign_on.withhold()
        assert leaks(at_rest()) == []

    def test_an_older_wording_of_its_listing_in_the_log(
        self, letter: Letter, moderator: User
    ) -> None:
        sign_on = listed(letter, moderator)
        LogEntry.objects.create(
            user=moderator,
            content_type=ContentType.objects.get_for_model(Signature),
            object_id=str(sign_on.brought().get().pk),
            object_repr="The Xkanariname Onion",
            action_flag=CHANGE,
        )
        sign_on.withhold()
        assert leaks(at_rest()) == []

    def test_an_approval_that_was_undone_before(self, letter: Letter, moderator: User) -> None:
        sign_on = listed(letter, moderator)
        LogEntry.objects.create(
            user=moderator,
            content_type=ContentType.objects.get_for_model(Organization),
            object_id=str(sign_on.organization_id),
            object_repr=str(sign_on.organization),
            action_flag=CHANGE,
        )
        batch = SignatoryImport.objects.create(
            file_name="list.csv", sha256="0", actor=moderator, status=SignatoryImport.Status.UNDONE
        )
        ImportRow.objects.create(batch=batch, line=2, name=sign_on.name)
        sign_on.reopen(actor=moderator)
        assert not Organization.objects.filter(official_name=sign_on.name).exists()
        sign_on.withhold()
        assert leaks(at_rest()) == []

    def test_that_it_was_told_apart(self, letter: Letter, moderator: User) -> None:
        other = make_organization("Water Watch")
        sign_on = make_sign_on([letter], **secret_claim())
        Distinction.objects.tell_apart(sign_on, other, actor=moderator)
        sign_on.withhold()
        assert leaks(at_rest()) == []
        assert Distinction.objects.about(sign_on).exists()

    def test_a_branch_of_it(self, letter: Letter, moderator: User) -> None:
        sign_on = listed(letter, moderator)
        branch = make_organization("Branch", parent=sign_on.organization)
        make_signature(letter, branch)
        sign_on.withhold()
        branch.refresh_from_db()
        assert branch.parent is None
        assert counts() == {2}
        assert leaks(at_rest()) == leaks(public_answers()) == []

    def test_a_listing_that_was_withdrawn_elsewhere(self, letter: Letter, moderator: User) -> None:
        sign_on = listed(letter, moderator)
        assert sign_on.organization
        make_signature(make_letter(slug="old"), sign_on.organization).withdraw()
        sign_on.withhold()
        assert leaks(at_rest()) == []


class TestMerging:
    def test_a_merge_does_not_count_an_organisation_twice(
        self, letter: Letter, moderator: User
    ) -> None:
        make_sign_on([letter], name="Old Name", withhold_name=True).approve(actor=moderator)
        kept = make_organization("New Name")
        make_signature(letter, kept)
        removed = make_organization("Old Name")
        assert counts() == {2}
        seen = merges.plan(kept, removed).fingerprint
        done = OrganizationMerge.objects.merge(kept, removed, actor=moderator, seen=seen)
        assert counts() == {1}
        unmerging.undo(done, actor=moderator, seen=unmerging.plan(done).fingerprint)
        assert counts() == {2}


class TestKnownOrganisations:
    def test_one_that_is_listed_by_name_is_not_counted_again(
        self, letter: Letter, moderator: User
    ) -> None:
        known = make_organization("Water Watch")
        make_signature(letter, known)
        sign_on = make_sign_on([letter], name="Another Name", withhold_name=True)
        sign_on.approve(actor=moderator, organization=known)
        assert counts() == {1}
        assert sign_on.mails.filter(kind="already_listed").exists()
        assert sign_on.organization is None

    def test_which_one_it_is_said_to_be_lies_nowhere_in_the_clear(
        self, letter: Letter, moderator: User
    ) -> None:
        known = make_organization("Xkanari Known")
        sign_on = make_sign_on([letter], name="Another Name", withhold_name=True)
        sign_on.approve(actor=moderator, organization=known)
        [row] = SignOnLetter.objects.counted()
        assert "xkanari known" in row.counted_as
        tied = [text for place, text in at_rest(only="signatures_signon.*") if "xkanari" in text]
        assert tied == []

    def test_an_approval_by_name_takes_the_place_of_the_nameless_one(
        self, letter: Letter, moderator: User
    ) -> None:
        withheld = make_sign_on([letter], name="Water Watch", withhold_name=True)
        withheld.approve(actor=moderator)
        named = make_sign_on([letter], name="Water Watch", email="bob@waterwatch.example")
        assert len(named.approve(actor=moderator)) == 1
        assert counts() == {1}
        named.reopen(actor=moderator)
        assert Letter.objects.get().withheld_count == 1
        assert counts() == {1}


def test_a_backup_from_before_does_not_publish_the_name_again(
    letter: Letter, moderator: User
) -> None:
    sign_on = listed(letter, moderator)
    line = Line(timezone.now(), Erasure.Kind.WITHHELD, sign_on.public_id)
    # The database is as a backup from before the withholding has it.
    assert retention.apply_list([line]) == 1
    assert leaks(at_rest()) == leaks(public_answers()) == []
    assert counts() == {1}
    assert not OutgoingMail.objects.filter(kind="withheld").exists()
    assert retention.apply_list([line]) == 0


def test_withholding_a_name_leaves_a_line_that_outlives_the_database(
    letter: Letter, moderator: User
) -> None:
    sign_on = listed(letter, moderator)
    sign_on.withhold()
    line = Erasure.objects.get(kind="withheld")
    assert line.public_id == sign_on.public_id


def test_with_the_contact_goes_a_name_that_is_withheld(letter: Letter, moderator: User) -> None:
    sign_on = make_sign_on([letter], **secret_claim(withhold_name=True))
    sign_on.approve(actor=moderator)
    named = make_sign_on([letter], name="Water Watch")
    SignOn.objects.erase()
    sign_on.refresh_from_db()
    named.refresh_from_db()
    assert (sign_on.name, sign_on.website, named.name) == ("", "", "Water Watch")
    assert counts() == {1}
    again = make_sign_on([letter], **secret_claim(withhold_name=True))
    again.approve(actor=moderator)
    assert counts() == {1}


def test_a_new_key_seals_withheld_names_anew(
    letter: Letter, moderator: User, settings: object
) -> None:
    settings.CONTACT_KEYS = ["o" * 43]  # type: ignore[attr-defined]
    sign_on = make_sign_on([letter], **secret_claim(withhold_name=True))
    plain = make_sign_on([letter], name="Water Watch")
    sign_on.approve(actor=moderator)
    apart = make_organization("Water School")
    Distinction.objects.tell_apart(sign_on, apart, actor=moderator)
    settings.CONTACT_KEYS = ["n" * 43, "o" * 43]  # type: ignore[attr-defined]
    twin = make_sign_on([letter], **secret_claim(withhold_name=True, email="b@mailbox.example"))
    twin.approve(actor=moderator)
    assert counts() == {1}
    assert reseal() > 0
    settings.CONTACT_KEYS = ["n" * 43]  # type: ignore[attr-defined]
    sign_on.refresh_from_db()
    assert sign_on.name == "Xkanariname Union"
    assert Distinction.objects.about(sign_on).get().organization == apart
    assert reseal() == 0
    assert list(SignOn.objects.stating("Water Watch")) == [plain]
    assert set(SignOn.objects.stating("Xkanariname Union")) == {sign_on, twin}
    [row] = SignOnLetter.objects.counted()
    assert row.counted_hash == vault.fingerprint(row.counted_as, "organisation counted")
    assert leaks(at_rest()) == []
