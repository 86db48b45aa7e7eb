"""Staff keep the known organisations and their signatures."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from signatures.models import Addressee, Demand, Letter, Organization, OrganizationName, Signature
from tests.desk.steps import (
    letter_form,
    letter_page,
    rows,
    said,
)
from tests.factories import (
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)

pytestmark = pytest.mark.django_db


class TestOrganizations:
    LIST = "/admin/signatures/organization/"

    def form(self, **fields: Any) -> dict[str, Any]:
        return {
            "official_name": "Water Watch",
            "local_name": "",
            "acronym": "",
            "country": "KE",
            "website": "",
            "parent": "",
            **rows("names"),
            **fields,
        }

    def names(self, organization: Organization) -> list[str]:
        return [str(name) for name in organization.names.order_by("pk")]

    def test_a_new_one_is_known_by_its_own_names(self, editor: Client) -> None:
        data = self.form(acronym="WW", **rows("names", {"name": "Waterwatchers", "kind": "former"}))
        assert editor.post(f"{self.LIST}add/", data).status_code == 302
        organization = Organization.objects.get()
        assert self.names(organization) == ["Waterwatchers", "Water Watch", "WW"]

    def test_any_name_finds_it_whatever_the_accents(self, editor: Client) -> None:
        organization = make_organization("Réseau de l'Eau", country="FR")
        organization.remember("Water Network", OrganizationName.Kind.TRANSLATION)
        make_organization("Something else")
        for query in ("RESEAU eau", "network water", "The Water"):
            found = editor.get(self.LIST, {"q": query}).context["cl"].queryset
            assert list(found) == [organization]

    def test_the_same_name_twice_is_refused_in_words(self, editor: Client) -> None:
        names = rows("names", {"name": "Same", "kind": "alias"}, {"name": "SAME!", "kind": "alias"})
        response = editor.post(f"{self.LIST}add/", self.form(**names))
        assert response.status_code == 200
        assert b"This name is already on record." in response.content
        make_organization("Water Watch", country="KE")
        response = editor.post(f"{self.LIST}add/", self.form(official_name="water watch"))
        assert b"is already known in this country" in response.content

    def test_a_new_acronym_and_country_are_found_by_readers_at_once(self, editor: Client) -> None:
        letter = make_letter()
        organization = make_organization("Water Watch")
        make_signature(letter, organization)
        revision = Letter.objects.get().revision
        own = organization.names.get()
        data = self.form(
            acronym="WWK",
            country="PS",
            **rows("names", {"id": own.pk, "name": own.name, "kind": own.kind}, initial=1),
        )

        address = reverse("admin:signatures_organization_change", args=[organization.pk])
        assert editor.post(address, data).status_code == 302

        assert Signature.objects.search("wwk").count() == 1
        assert Signature.objects.filter(country="PS").count() == 1
        assert Letter.objects.get().revision == revision + 1
        assert self.names(organization) == ["Water Watch", "WWK"]

    def test_one_that_signed_cannot_be_deleted(self, editor: Client) -> None:
        make_signature(make_letter(), "Water Watch")
        idle = make_organization("Idle")
        for organization in Organization.objects.all():
            address = reverse("admin:signatures_organization_delete", args=[organization.pk])
            editor.post(address, {"post": "yes"})
        assert [str(one) for one in Organization.objects.all()] == ["Water Watch"]
        assert not OrganizationName.objects.filter(organization_id=idle.pk).exists()


class TestSignatures:
    LIST = "/admin/signatures/signature/"

    def page(self, signature: Signature) -> str:
        return reverse("admin:signatures_signature_change", args=[signature.pk])

    def test_a_listing_is_reworded_and_the_letter_is_another(self, editor: Client) -> None:
        letter = make_letter()
        signature = make_signature(letter)
        first = make_signature(letter, "Aardvark Aid")
        revision = Letter.objects.get().revision
        data = {"name": "Water Watch e.V.", "local_name": "", "position": "1", "source": "form"}

        assert editor.post(self.page(signature), data).status_code == 302

        listed = list(Signature.objects.in_list_order())
        assert [str(one) for one in listed] == ["Water Watch e.V.", str(first)]
        assert listed[0].is_initiator
        assert listed[0].source == Signature.Source.IMPORT
        assert Signature.objects.search("e.V.").count() == 1
        assert Letter.objects.get().revision == revision + 1

    def test_none_is_added_or_deleted_by_hand(self, client: Client) -> None:
        client.force_login(make_staff("root", is_superuser=True))
        signature = make_signature(make_letter())
        assert client.get(f"{self.LIST}add/").status_code == 403
        address = reverse("admin:signatures_signature_delete", args=[signature.pk])
        assert client.post(address, {"post": "yes"}).status_code == 403
        assert Signature.objects.exists()

    def test_an_imported_one_is_withdrawn_on_its_page(self, editor: Client) -> None:
        signature = make_signature(make_letter())
        address = reverse("admin:signatures_signature_withdraw", args=[signature.pk])
        assert editor.get(address).status_code == 405
        assert "is off the list" in said(editor.post(address))
        assert not Signature.objects.current().exists()
        assert LogEntry.objects.get().change_message == "Withdrawn."

    def test_one_with_a_sign_on_is_withdrawn_there(self, editor: Client, edda: User) -> None:
        edda.user_permissions.add(Permission.objects.get(codename="view_signon"))
        sign_on = make_sign_on()
        [signature] = sign_on.approve(actor=edda)
        there = reverse("admin:signatures_signon_change", args=[sign_on.pk])
        assert there in editor.get(self.page(signature)).content.decode()
        editor.post(reverse("admin:signatures_signature_withdraw", args=[signature.pk]))
        assert Signature.objects.current().exists()

    def test_who_may_only_look_cannot_withdraw(self, client: Client) -> None:
        client.force_login(make_staff("vera", permissions=["view_signature"]))
        signature = make_signature(make_letter())
        address = reverse("admin:signatures_signature_withdraw", args=[signature.pk])
        assert client.get(self.page(signature)).status_code == 200
        assert client.post(address).status_code == 403

    def test_its_list_does_not_query_for_each(
        self, editor: Client, django_assert_max_num_queries: Any
    ) -> None:
        letter = make_letter()
        for number in range(20):
            make_signature(letter, f"Group {number}")
        with django_assert_max_num_queries(11):
            assert editor.get(self.LIST, {"q": "group"}).status_code == 200


def test_models_of_the_page_exist_as_rows(editor: Client) -> None:
    """Deleting rows on the letter's page deletes them."""
    letter = make_letter(demands=["One"])
    demand = letter.demands.get()
    gone = rows("demands", {"id": demand.pk, "order": 1, "text": "One", "DELETE": "on"}, initial=1)
    editor.post(letter_page(letter), letter_form(slug=letter.slug, **gone))
    assert not Demand.objects.exists()
    assert Addressee.objects.count() == 1
