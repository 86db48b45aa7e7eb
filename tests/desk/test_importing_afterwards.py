"""Imports as sign-ons, taken back, given up, and who may do what."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from signatures.models import (
    ImportRow,
    Letter,
    Organization,
    OutgoingMail,
    SignatoryImport,
    Signature,
    SignOn,
)
from signatures.models.imports import NotAsShown
from tests.desk.importing import (
    IMPORTING,
    LIST,
    ROWS,
    at,
    commit,
    compare,
    decide,
    leads_to,
    listed,
    prepared,
    verdicts,
)
from tests.factories import (
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)

pytestmark = pytest.mark.django_db


class TestSignOns:
    ROWS = (
        ("organisation", "country", "contact name", "your position", "email", "date"),
        ("Zeta", "KE", "Alice", "Director", "alice@zeta.example", "2024-05-03"),
        ("Amal", "PS", "", "", "", ""),
    )

    def test_they_wait_in_the_queue_and_nobody_is_written_to(
        self, importer: Client, ines: User
    ) -> None:
        letter = make_letter()
        batch = prepared(importer, self.ROWS, [letter], target="sign_ons")
        commit(importer, batch)
        zeta, amal = SignOn.objects.queue()
        assert zeta.source == Signature.Source.IMPORT
        assert (zeta.contact_name, zeta.contact_title) == ("Alice", "Director")
        assert zeta.provenance == "Form of the coalition, exported by Rosa (list.csv: 2)"
        assert list(zeta.letters.all()) == [letter]
        [event] = zeta.events.all()
        assert (event.kind, event.actor, event.reason) == ("entered", ines, "")
        assert amal.email == ""
        assert not OutgoingMail.objects.exists()
        assert not Signature.objects.exists()
        assert b"2</b> sign-ons came into the queue" in importer.get(at("done", batch)).content

    def test_the_contacts_are_told_if_that_is_chosen(self, importer: Client) -> None:
        batch = prepared(importer, self.ROWS, [make_letter()], target="sign_ons", tell="on")
        commit(importer, batch)
        [owed] = OutgoingMail.objects.all()
        assert owed.kind == OutgoingMail.Kind.RECEIVED
        assert owed.address() == "alice@zeta.example"

    def test_one_of_them_is_approved_like_any_other(self, importer: Client, ines: User) -> None:
        letter = make_letter()
        commit(importer, prepared(importer, self.ROWS, [letter], target="sign_ons"))
        SignOn.objects.get(name="Zeta").approve(actor=ines)
        assert listed(letter) == ["Zeta"]
        assert Signature.objects.get().source == Signature.Source.IMPORT

    def test_each_needs_a_country(self, importer: Client) -> None:
        rows = [["name", "country"], ["A", ""], ["B", "KE"]]
        batch = prepared(importer, rows, [make_letter()], target="sign_ons")
        assert [verdict for _name, verdict, _decision in verdicts(batch)] == ["error", "new"]
        data = {"cell-0": "-", "country-0": "FR", "edition": batch.edition}
        importer.post(at("countries", batch), data)
        compare(importer, batch)
        assert [row.country for row in batch.rows.order_by("line")] == ["FR", "KE"]


class TestUndoing:
    def test_it_takes_away_exactly_what_it_brought(self, importer: Client) -> None:
        letter = make_letter()
        make_signature(letter, "Water Watch")
        known = make_organization("Law", country="KE")
        rows = [
            ["name", "country"],
            ["Water Watch", "KE"],
            ["Law (Lawyers)", "KE"],
            ["Amal", "PS"],
            ["Zeta", "PS"],
        ]
        known.remember("Law (Lawyers)", "alias")
        batch = prepared(importer, rows, [letter])
        commit(importer, batch)
        assert len(listed(letter)) == 4
        elsewhere = make_letter("elsewhere")
        make_signature(elsewhere, Organization.objects.get(official_name="Zeta"))
        revision = Letter.objects.get(pk=letter.pk).revision

        for _ in range(2):
            assert importer.post(at("undo", batch)).status_code == 302

        assert listed(letter) == ["Water Watch"]
        assert listed(elsewhere) == ["Zeta"]
        assert set(Organization.objects.values_list("official_name", flat=True)) == {
            "Water Watch",
            "Law",
            "Zeta",
        }
        assert Letter.objects.get(pk=letter.pk).revision == revision + 1
        assert b"undone" in importer.get(at("done", batch)).content

    def test_its_page_then_says_only_that_nothing_of_it_is_listed(self, importer: Client) -> None:
        batch = prepared(importer, [["name", "country"], ["Amal", "PS"]], [make_letter()])
        commit(importer, batch)
        assert "organisation was new" in importer.get(at("done", batch)).content.decode()
        importer.post(at("undo", batch))
        html = importer.get(at("done", batch)).content.decode()
        assert "<b>0</b> signatures of this import are listed" in html
        assert "was new" not in html
        assert "stood there already" not in html

    def test_a_spelling_that_it_taught_is_forgotten(self, importer: Client) -> None:
        known = make_organization("Law", country="KE")
        rows = [["name", "local name", "acronym", "country"], ["Law", "حق", "LLL", "FR"]]
        batch = prepared(importer, rows, [make_letter()])
        decide(importer, batch, verdict="related", all="known")
        commit(importer, batch)
        for spelling in ("حق", "LLL"):
            assert Organization.objects.known_as(spelling).get() == known
        importer.post(at("undo", batch))
        assert not Organization.objects.known_as("حق").exists()
        assert known.names.count() == 1

    def test_what_a_claim_states_as_well_stays_and_goes_with_it(
        self, importer: Client, ines: User
    ) -> None:
        letter = make_letter()
        known = make_organization("Law", country="KE")
        rows = [["name", "country"], ["Law Lawyers", "KE"]]
        batch = prepared(importer, rows, [letter])
        batch.decide(batch.edition, {batch.rows.get().pk: ("known", known.pk)})
        commit(importer, batch)
        claim = make_sign_on([letter], name="Law Lawyers", country="KE")
        assert claim.approve(actor=ines, organization=known) == []

        importer.post(at("undo", batch))

        assert listed(letter) == ["Law Lawyers"]
        assert set(known.names.values_list("name", flat=True)) == {"Law", "Law Lawyers"}
        claim.withdraw()
        assert listed(letter) == []

    def test_sign_ons_that_still_wait_are_rejected_without_a_word(
        self, importer: Client, ines: User
    ) -> None:
        batch = prepared(importer, TestSignOns.ROWS, [make_letter()], target="sign_ons")
        commit(importer, batch)
        SignOn.objects.get(name="Amal").approve(actor=ines)
        importer.post(at("undo", batch))
        states = set(SignOn.objects.values_list("name", "status"))
        assert states == {("Zeta", "rejected"), ("Amal", "approved")}
        assert not OutgoingMail.objects.exists()


class TestDiscarding:
    def test_what_was_staged_is_deleted_with_its_contacts(self, importer: Client) -> None:
        batch = prepared(importer, ROWS, [make_letter()])
        response = importer.post(at("discard", batch))
        assert leads_to(response, LIST)
        assert not SignatoryImport.objects.exists()
        assert not ImportRow.objects.exists()

    def test_several_are_deleted_from_the_list_but_none_that_was_imported(
        self, importer: Client
    ) -> None:
        letter = make_letter()
        staged = prepared(importer, ROWS, [letter])
        imported = prepared(importer, ROWS, [letter])
        commit(importer, imported)
        ticked = [staged.pk, imported.pk]
        importer.post(LIST, {"action": "discard_selected", "_selected_action": ticked})
        assert list(SignatoryImport.objects.all()) == [imported]
        assert importer.post(at("discard", imported)).status_code == 302
        assert SignatoryImport.objects.count() == 1
        assert b"list.csv" in importer.get(LIST).content

    def test_it_cannot_be_committed_any_more(self, importer: Client, ines: User) -> None:
        batch = prepared(importer, ROWS, [make_letter()])
        SignatoryImport.objects.get().discard()
        with pytest.raises(NotAsShown):
            batch.commit(actor=ines, edition=batch.edition)
        assert importer.get(at("rows", batch)).status_code == 404


class TestPermissions:
    @pytest.mark.parametrize("step", ["decide", "countries", "commit", "undo", "discard"])
    def test_a_change_is_never_a_link(self, importer: Client, step: str) -> None:
        batch = prepared(importer, ROWS, [make_letter()])
        assert importer.get(at(step, batch)).status_code == 405

    def test_who_may_only_look_changes_nothing(self, client: Client, importer: Client) -> None:
        batch = prepared(importer, ROWS, [make_letter()])
        client.force_login(make_staff("vera", permissions=["view_signatoryimport"]))
        assert client.get(at("rows", batch)).status_code == 200
        assert client.get(f"{LIST}add/").status_code == 403
        for step in ("decide", "countries", "commit", "discard", "columns"):
            assert client.post(at(step, batch), {"edition": batch.edition}).status_code == 403
        assert not Signature.objects.exists()

    @pytest.mark.parametrize(
        ("target", "missing"), [("signatures", "change_signature"), ("sign_ons", "add_signon")]
    )
    def test_importing_needs_the_right_to_what_it_amounts_to(
        self, client: Client, importer: Client, target: str, missing: str
    ) -> None:
        batch = prepared(importer, ROWS, [make_letter()], target=target)
        client.force_login(make_staff("paul", permissions=set(IMPORTING) - {missing}))
        assert b"Import them now" not in client.get(at("rows", batch)).content
        assert commit(client, batch).status_code == 403
        assert not Signature.objects.exists()
        assert not SignOn.objects.exists()

    def test_so_does_undoing_it(self, client: Client, importer: Client) -> None:
        letter = make_letter()
        batch = prepared(importer, ROWS, [letter])
        commit(importer, batch)
        client.force_login(make_staff("paul", permissions=set(IMPORTING) - {"change_signature"}))
        assert client.post(at("undo", batch)).status_code == 403
        assert len(listed(letter)) == 2

    def test_giving_it_up_needs_the_right_to_delete_it(
        self, client: Client, importer: Client
    ) -> None:
        batch = prepared(importer, ROWS, [make_letter()])
        without = set(IMPORTING) - {"delete_signatoryimport"}
        client.force_login(make_staff("paul", permissions=without))
        assert b"Delete it now" not in client.get(at("rows", batch)).content
        assert client.post(at("discard", batch)).status_code == 403
        assert SignatoryImport.objects.exists()

    def test_moderators_without_the_right_see_no_import(self, desk: Client) -> None:
        assert desk.get(LIST).status_code == 403
        assert desk.get(f"{LIST}add/").status_code == 403
