"""What staff see on the page of an organisation."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from signatures.models import Organization, OrganizationName
from tests.desk.steps import merge, rows, undo_merge
from tests.factories import (
    make_letter,
    make_organization,
    make_sign_on,
    make_signature,
    make_staff,
)

pytestmark = pytest.mark.django_db


def page(organization: Organization) -> str:
    return reverse("admin:signatures_organization_change", args=[organization.pk])


def test_it_tells_what_stands_on_it(desk: Client, mona: User) -> None:
    organization = make_organization("Water Watch")
    make_organization("Water Watch Mombasa", parent=organization)
    twin = make_organization("The Water Watch", country="NL")
    make_sign_on(name="Waterwatch").approve(actor=mona, organization=organization)
    withdrawn = make_signature(make_letter(title="Open letter on wells"), organization, position=2)
    withdrawn.withdraw()

    response = desk.get(page(organization))

    html = response.content.decode()
    assert [one.name for one in response.context["signed"]] == ["Water Watch", "Waterwatch"]
    for text in ("Open letter on wells", "withdrawn", "initiator 2", "online form", "import"):
        assert text in html
    assert [str(one) for one in response.context["sign_ons"]] == ["Waterwatch"]
    assert [str(one) for one in response.context["branches"]] == ["Water Watch Mombasa"]
    assert [one.organization for one in response.context["likely"]] == [twin]
    assert "same name" in html
    assert f"/merge/?with={twin.pk}" in html


def test_who_may_not_see_signatures_and_sign_ons_sees_none(client: Client, mona: User) -> None:
    organization = make_organization("Water Watch")
    make_sign_on(name="Secret Claim").approve(actor=mona, organization=organization)
    organization.names.filter(name="Secret Claim").delete()
    client.force_login(make_staff("vera", permissions=["view_organization"]))
    html = client.get(page(organization)).content.decode()
    assert "Letters it signed" not in html
    assert "Its sign-ons" not in html
    assert "Secret Claim" not in html


def test_only_the_last_merge_can_be_undone(desk: Client) -> None:
    kept, first, second = map(make_organization, ("Water Watch", "Waterwatch", "Well Watch"))
    merge(desk, kept, first)
    merge(desk, kept, second)
    shown = [(str(one.merge), one.can_be_undone) for one in merges_on_page(desk, kept)]
    assert shown == [("Well Watch", True), ("Waterwatch", False)]
    undo_merge(desk)
    shown = [(str(one.merge), one.can_be_undone) for one in merges_on_page(desk, kept)]
    assert shown == [("Well Watch", False), ("Waterwatch", True)]
    assert "undone" in desk.get(page(kept)).content.decode()


def merges_on_page(desk: Client, organization: Organization) -> list[Any]:
    merged: list[Any] = desk.get(page(organization)).context["merged"]
    return merged


def test_it_does_not_query_for_each(desk: Client, mona: User) -> None:
    def queries(number: int) -> int:
        organization = make_organization(f"Water Watch {number}")
        for index in range(number):
            letter = make_letter(slug=f"letter-{number}-{index}")
            make_sign_on([letter]).approve(actor=mona, organization=organization)
            organization.remember(f"Alias {index}", OrganizationName.Kind.ALIAS)
            make_organization(f"Branch {number} {index}", parent=organization)
            merge(desk, organization, make_organization(f"Other {number} {index}"))
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page(organization)).status_code == 200
        return len(asked)

    assert queries(2) == queries(7) <= 23


class TestParent:
    def save(self, client: Client, organization: Organization, parent: Organization) -> Any:
        known = [
            {"id": one.pk, "name": one.name, "kind": one.kind} for one in organization.names.all()
        ]
        return client.post(
            page(organization),
            {
                "official_name": organization.official_name,
                "country": "KE",
                "parent": parent.pk,
                **rows("names", *known, initial=len(known)),
            },
        )

    def test_nobody_is_a_branch_of_itself_or_of_its_branches(self, editor: Client) -> None:
        top = make_organization("Top")
        middle = make_organization("Middle", parent=top)
        leaf = make_organization("Leaf", parent=middle)
        for parent in (top, middle, leaf):
            answer = self.save(editor, top, parent)
            assert "is this organisation, or one of its branches" in answer.content.decode()
        top.refresh_from_db()
        assert top.parent is None
        assert self.save(editor, leaf, top).status_code == 302
        leaf.refresh_from_db()
        assert leaf.parent == top

    def test_a_circle_that_is_there_already_can_be_mended(self, editor: Client) -> None:
        one = make_organization("One")
        two = make_organization("Two", parent=one)
        Organization.objects.filter(pk=one.pk).update(parent=two)
        three = make_organization("Three")
        assert self.save(editor, one, three).status_code == 302
        assert editor.get(page(two)).status_code == 200
