"""Sign-ons whose names are withheld, at the moderation desk."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from signatures.models import (
    ImportRow,
    Letter,
    Organization,
    SignatoryImport,
    Signature,
    SignOn,
    SignOnLetter,
)
from signatures.models.import_rows import Verdict
from signatures.models.imports import NotAsShown
from tests.desk import importing
from tests.desk.steps import QUEUE, bulk_page, decide, said, sign_on_page
from tests.factories import make_letter, make_organization, make_sign_on, make_signature
from tests.withheld.places import CANARY, at_rest, counts, leaks, secret_claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter() -> Letter:
    return make_letter()


@pytest.fixture
def withheld(letter: Letter) -> SignOn:
    return make_sign_on([letter], **secret_claim(withhold_name=True))


class TestDeciding:
    def test_the_page_says_what_an_approval_does(self, desk: Client, withheld: SignOn) -> None:
        page = desk.get(sign_on_page(withheld)).content.decode()
        assert "Xkanariname Union" in page
        assert "Will be counted, and its name not published" in page
        assert "None of the known ones" in page

    def test_an_approval_counts_it_and_says_so_without_its_name(
        self, desk: Client, withheld: SignOn
    ) -> None:
        answer = decide(desk, withheld, "approve", organization="new")
        assert "counted under 1 letter, its name withheld" in said(answer)
        assert CANARY not in said(answer).lower()
        assert counts() == {1}
        assert not Organization.objects.exists()
        assert leaks(at_rest()) == []

    def test_a_branch_of_a_known_one_is_not_registered(
        self, desk: Client, withheld: SignOn
    ) -> None:
        known = make_organization("Water Watch")
        decide(desk, withheld, "approve", organization=f"branch:{known.pk}")
        assert list(Organization.objects.all()) == [known]
        assert counts() == {1}

    @pytest.mark.parametrize(
        ("step", "data"),
        [("reject", {"tell": "tell"}), ("withdraw", {}), ("show_name", {})],
    )
    def test_no_message_names_it(
        self, desk: Client, withheld: SignOn, step: str, data: dict[str, Any]
    ) -> None:
        answer = decide(desk, withheld, step, reason="They asked.", **data)
        assert said(answer)
        assert CANARY not in said(answer).lower()

    def test_staff_withhold_a_listed_name_at_once(
        self, desk: Client, mona: User, letter: Letter
    ) -> None:
        sign_on = make_sign_on([letter], **secret_claim())
        sign_on.approve(actor=mona)
        sign_on.refresh_from_db()
        refused = decide(desk, sign_on, "withhold", reason="")
        assert refused.status_code == 400
        decide(desk, sign_on, "withhold", reason="Their director called.")
        assert counts() == {1}
        assert leaks(at_rest()) == []
        event = sign_on.events.get(kind="withhold")
        assert (event.actor, event.reason) == (mona, "Their director called.")

    def test_a_page_from_before_decides_nothing(
        self, desk: Client, mona: User, letter: Letter
    ) -> None:
        sign_on = make_sign_on([letter], **secret_claim())
        page = desk.get(sign_on_page(sign_on))
        sign_on.withhold()
        answer = decide(desk, sign_on, "approve", seen=page.context["seen"], organization="new")
        assert "changed meanwhile" in said(answer)
        assert not SignOnLetter.objects.counted().exists()


class TestOthersOfTheSameOrganisation:
    def test_an_open_one_is_shown_with_caution(
        self, desk: Client, mona: User, letter: Letter, withheld: SignOn
    ) -> None:
        withheld.approve(actor=mona)
        named = make_sign_on([letter], **secret_claim(email="bob@mailbox.example"))
        page = desk.get(sign_on_page(named)).content.decode()
        assert "If you approve this one, its name is published" in page
        assert sign_on_page(withheld) in page

    def test_many_approved_at_once_leave_it_alone(
        self, desk: Client, letter: Letter, withheld: SignOn
    ) -> None:
        named = make_sign_on([letter], **secret_claim(email="bob@mailbox.example"))
        page = bulk_page(desk, "approve", [named]).content.decode()
        assert "asked, through another sign-on, not to be named" in page
        assert "Approve these" not in page

    def test_of_another_country_it_is_found_among_those_of_its_name(
        self, desk: Client, letter: Letter, withheld: SignOn
    ) -> None:
        other = make_sign_on([letter], **secret_claim(country="UG"))
        assert withheld in desk.get(sign_on_page(other)).context["others"]

    def test_one_that_is_known_by_another_name_is_found_privately(
        self, desk: Client, mona: User, letter: Letter, withheld: SignOn
    ) -> None:
        known = make_organization("Water Watch")
        withheld.approve(actor=mona, organization=known)
        named = make_sign_on([letter], name="Water Watch", email="bob@waterwatch.example")
        assert desk.get(sign_on_page(named)).context["withheld_twins"] == [withheld]


class TestQueue:
    def test_it_marks_it(self, desk: Client, withheld: SignOn) -> None:
        assert "name withheld" in desk.get(QUEUE).content.decode()

    @pytest.mark.parametrize(
        ("text", "found"),
        [("xkanariname union", True), ("Xkanariname", False), ("Union", False), ("a", False)],
    )
    def test_it_finds_it_by_its_whole_name_alone(
        self, desk: Client, withheld: SignOn, text: str, found: bool
    ) -> None:
        rows = desk.get(QUEUE, {"q": text}).context["cl"].result_list
        assert (withheld in rows) == found


class TestPaper:
    def test_staff_enter_one_whose_name_is_withheld(self, desk: Client, letter: Letter) -> None:
        form = secret_claim(withhold_name="on", letters=[letter.pk], provenance="By phone.")
        assert desk.post(f"{QUEUE}add/", form).status_code == 302
        assert SignOn.objects.get().withhold_name
        assert leaks(at_rest()) == []


class TestImports:
    def test_an_old_list_does_not_name_it_by_itself(
        self, importer: Client, mona: User, letter: Letter, withheld: SignOn
    ) -> None:
        withheld.approve(actor=mona)
        rows = [["name", "country"], ["Xkanariname Union", "KE"], ["Water Watch", "KE"]]
        batch = importing.prepared(importer, rows, [letter])
        row, other = ImportRow.objects.order_by("line")
        assert (row.verdict, row.decision) == (Verdict.POSSIBLE, "")
        assert (other.verdict, other.decision) == (Verdict.NEW, "new")
        page = importer.get(importing.at("rows", batch)).content.decode()
        assert page.count("asked, through a sign-on, not to be named") == 1

    def test_what_was_asked_since_the_comparison_is_not_passed_over(
        self, importer: Client, mona: User, letter: Letter
    ) -> None:
        rows = [["name", "country"], ["Xkanariname Union", "KE"], ["Water Watch", "KE"]]
        batch = importing.prepared(importer, rows, [letter])
        make_sign_on([letter], **secret_claim(withhold_name=True)).approve(actor=mona)
        importing.commit(importer, batch)
        assert not Signature.objects.exists()
        assert counts() == {1}
        importing.compare(importer, batch)
        row, other = ImportRow.objects.order_by("line")
        assert (row.verdict, row.decision, other.decision) == (Verdict.POSSIBLE, "", "new")

    def test_what_is_asked_while_a_list_is_imported_is_not_passed_over(
        self, importer: Client, mona: User, letter: Letter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = [["name", "country"], ["Xkanariname Union", "KE"], ["Water Watch", "KE"]]
        batch = importing.prepared(importer, rows, [letter])

        def asked_just_then(_batch: SignatoryImport) -> set[int]:
            make_sign_on([letter], **secret_claim(withhold_name=True)).approve(actor=mona)
            return set()

        monkeypatch.setattr(SignatoryImport, "_surprised", asked_just_then)
        with pytest.raises(NotAsShown):
            batch.commit(actor=mona, edition=batch.edition)
        assert not Signature.objects.exists()

    def test_an_import_that_is_undone_leaves_it_counted_as_before(
        self, mona: User, letter: Letter
    ) -> None:
        make_sign_on([letter], **secret_claim(withhold_name=True)).approve(actor=mona)
        batch = SignatoryImport.objects.create(
            file_name="list.csv", sha256="0", actor=mona, status="ready", target="signatures"
        )
        batch.letters.add(letter)
        ImportRow.objects.create(
            batch=batch,
            line=2,
            name="Xkanariname Union",
            country="KE",
            verdict=Verdict.POSSIBLE,
            decision="new",
        )
        assert batch.commit(actor=mona, edition=batch.edition)
        assert (counts(), Signature.objects.count()) == ({1}, 1)
        batch.undo(actor=mona)
        assert (counts(), Signature.objects.count()) == ({1}, 0)

    def test_an_imported_name_is_withheld_without_a_sign_on(
        self, desk: Client, mona: User, letter: Letter
    ) -> None:
        second = make_letter(slug="another")
        organization = make_organization("Xkanariname Union")
        listing = make_signature(letter, organization)
        make_signature(second, organization)
        address = reverse("admin:signatures_signature_withhold", args=[listing.pk])
        assert desk.get(address).status_code == 405
        assert "who asked" in said(desk.post(address, {"reason": " "}))
        desk.post(address, {"reason": "Their lawyer wrote."})
        assert not Signature.objects.exists()
        assert (counts(), counts("another")) == ({1}, {1})
        assert leaks(at_rest()) == []
        sign_on = SignOn.objects.get()
        assert (sign_on.name, sign_on.email) == ("Xkanariname Union", "")
        assert [one.kind for one in sign_on.events.all()] == ["entered", "withhold"]

    def test_the_name_of_a_listing_with_a_sign_on_is_withheld_there(
        self, desk: Client, mona: User, letter: Letter
    ) -> None:
        sign_on = make_sign_on([letter], name="Water Watch")
        [listing] = sign_on.approve(actor=mona)
        address = reverse("admin:signatures_signature_withhold", args=[listing.pk])
        assert "withhold the name there" in said(desk.post(address, {"reason": "Asked."}))
        assert Signature.objects.current().exists()
