"""Who may do what at the desk, and what its pages may hold."""

from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from signatures.models import (
    Distinction,
    Note,
    Organization,
    OrganizationMerge,
    OutgoingMail,
    SignatoryImport,
    Signature,
    SignOn,
    merges,
)
from tests.desk.steps import (
    QUEUE,
    bulk_page,
    confirm_bulk,
    decide,
    sign_on_page,
)
from tests.factories import (
    make_organization,
    make_sign_on,
    make_staff,
)
from tests.inline import Inline

pytestmark = pytest.mark.django_db


Status = SignOn.Status


class TestPermissions:
    STEPS = (
        "approve",
        "reject",
        "reopen",
        "withdraw",
        "correction",
        "tell_apart",
        "take_back",
        "note",
    )

    @pytest.mark.parametrize("step", STEPS)
    def test_a_decision_is_never_a_link(self, desk: Client, step: str) -> None:
        sign_on = make_sign_on()
        address = reverse(f"admin:signatures_signon_{step}", args=[sign_on.pk])
        assert desk.get(address).status_code == 405
        sign_on.refresh_from_db()
        assert sign_on.status == Status.PENDING

    @pytest.mark.parametrize("step", STEPS)
    def test_who_may_only_look_cannot_decide(self, client: Client, step: str) -> None:
        client.force_login(make_staff("vera", permissions=["view_signon"]))
        sign_on = make_sign_on()
        shown = client.get(sign_on_page(sign_on))
        assert shown.status_code == 200
        assert shown.context["forms"] == {}
        assert decide(client, sign_on, step, organization="new").status_code == 403
        sign_on.refresh_from_db()
        assert sign_on.status == Status.PENDING

    def test_who_may_only_look_cannot_decide_many(self, client: Client) -> None:
        client.force_login(make_staff("vera", permissions=["view_signon"]))
        for step in ("approve", "reject"):
            address = f"{QUEUE}bulk/{step}/"
            assert client.post(address, {"tickets": ""}).status_code == 403
            assert client.get(address).status_code == 405
        assert client.get("/admin/signatures/signon/add/").status_code == 403

    def test_a_stranger_is_sent_to_the_login(self, client: Client) -> None:
        sign_on = make_sign_on()
        response: Any
        for response in (client.get(sign_on_page(sign_on)), decide(client, sign_on, "approve")):
            assert response.status_code == 302
            assert response.url.startswith("/admin/login/")

    def test_a_decision_needs_the_csrf_token(self, mona: User) -> None:
        careless = Client(enforce_csrf_checks=True)
        careless.force_login(mona)
        sign_on = make_sign_on()
        assert decide(careless, sign_on, "approve", organization="new").status_code == 403
        assert not Signature.objects.exists()

    def test_history_cannot_be_edited_by_anyone(self, client: Client) -> None:
        client.force_login(make_staff("root", permissions=[], is_superuser=True))
        event = make_sign_on().events.get()
        base = "/admin/signatures/signonevent/"
        assert client.get(base).status_code == 200
        assert client.post(f"{base}add/", {}).status_code == 403
        assert client.post(f"{base}{event.pk}/change/", {"reason": "x"}).status_code == 403
        assert client.post(f"{base}{event.pk}/delete/", {"post": "yes"}).status_code == 403
        event.refresh_from_db()
        assert event.reason == ""


class TestMail:
    LIST = "/admin/signatures/outgoingmail/"

    def test_the_list_names_states_and_no_address(self, desk: Client) -> None:
        make_sign_on(email="alice@waterwatch.example").owe(OutgoingMail.Kind.RECEIVED)
        html = desk.get(self.LIST).content.decode()
        assert "Water Watch" in html
        assert "waiting" in html
        assert "alice" not in html

    def test_what_was_given_up_can_be_sent_again(self, desk: Client) -> None:
        sign_on = make_sign_on()
        sign_on.owe(OutgoingMail.Kind.RECEIVED)
        mail = sign_on.mails.get()
        OutgoingMail.objects.update(failed_at=mail.created_at)

        desk.post(
            self.LIST, {"action": "send_again", "index": "0", ACTION_CHECKBOX_NAME: [str(mail.pk)]}
        )

        assert list(OutgoingMail.objects.due()) == [mail]

    def test_who_may_only_look_cannot_send(self, client: Client) -> None:
        client.force_login(make_staff("vera", permissions=["view_outgoingmail"]))
        make_sign_on().owe(OutgoingMail.Kind.RECEIVED)
        response = client.get(self.LIST)
        assert response.status_code == 200
        assert b"send_again" not in response.content


def organization_pages(pk: int, staff: User) -> list[str]:
    """Return the pages on which organisations are merged and split."""
    kept, other = Organization.objects.get(pk=pk), make_organization("Water Watch International")
    removed, alias = make_organization("Waterwatch"), kept.remember("Well Keepers", "alias")
    assert alias is not None
    seen = merges.plan(kept, removed).fingerprint
    done = OrganizationMerge.objects.merge(kept, removed, actor=staff, seen=seen)
    return [
        reverse("admin:signatures_organization_merge", args=[pk]),
        reverse("admin:signatures_organization_merge", args=[pk], query={"q": "water"}),
        reverse("admin:signatures_organization_merge", args=[pk], query={"with": other.pk}),
        reverse("admin:signatures_organization_undo_merge", args=[done.pk]),
        reverse("admin:signatures_organization_split", args=[alias.pk]),
    ]


def staged_import(actor: User, status: str) -> SignatoryImport:
    """Store an import with one row that needs a decision and one with an error."""
    batch = SignatoryImport.objects.create(
        actor=actor, status=status, target="signatures", content=b"name\nAmal\n", columns=["name"]
    )
    batch.rows.create(line=2, name="Amal", verdict="possible")
    batch.rows.create(line=3, verdict="error", decision="leave", unknown_country="Atlantis")
    if status == "committed":
        batch.committed_by, batch.committed_at = actor, batch.created_at
        batch.save()
    return batch


def test_no_page_for_staff_needs_inline_scripts_or_styles(client: Client) -> None:
    root = make_staff("root", is_superuser=True)
    client.force_login(root)
    known = make_organization("Waiting")
    waiting, approved = make_sign_on(name="Waiting"), make_sign_on(name="Approved")
    apart = make_sign_on(name="Apart", flags=["hasty"], email="a@mailinator.com")
    Distinction.objects.tell_apart(apart, known, actor=root)
    Note.objects.create(sign_on=apart, author=root, assignee=root, text="Asked Ben.")
    [signature] = approved.approve(actor=root)
    approved.correct(name="Otherwise")
    imports = [staged_import(root, status) for status in ("uploaded", "ready", "committed")]
    addresses = [
        "/admin/signatures/export/",
        "/admin/signatures/export/add/",
        "/admin/signatures/signatoryimport/",
        "/admin/signatures/signatoryimport/add/",
        *(
            f"/admin/signatures/signatoryimport/{batch.pk}/{step}/"
            for batch, step in zip(imports, ("columns", "rows", "done"), strict=True)
        ),
        "/admin/",
        QUEUE,
        f"{QUEUE}add/",
        f"{QUEUE}?assigned=me",
        sign_on_page(waiting),
        f"{sign_on_page(waiting)}?find=waiting",
        sign_on_page(approved),
        f"{sign_on_page(apart)}?find=waiting",
        "/admin/signatures/letter/",
        "/admin/signatures/letter/add/",
        f"/admin/signatures/letter/{signature.letter_id}/change/",
        f"/admin/signatures/letter/{signature.letter_id}/preview/",
        "/admin/signatures/campaign/add/",
        "/admin/signatures/organization/",
        f"/admin/signatures/organization/{signature.organization_id}/change/",
        f"/admin/signatures/organization/{signature.organization_id}/delete/",
        *organization_pages(signature.organization_id, root),
        "/admin/signatures/signature/",
        f"/admin/signatures/signature/{signature.pk}/change/",
        "/admin/signatures/outgoingmail/",
        "/admin/signatures/signonevent/",
    ]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert not Inline(response.content).found, address
        assert "'unsafe-inline'" not in response["Content-Security-Policy"]
    for step in ("approve", "reject", "tell_apart", "note"):
        refused = decide(client, waiting, step)
        assert refused.status_code == 400
        assert not Inline(refused.content).found, step
    shown = bulk_page(client, "reject", [waiting])
    assert not Inline(shown.content).found
    confirm_bulk(client, "reject", shown, reason="no", tell="silent")
    recent = client.get(f"{QUEUE}bulk/")
    undo = f"{QUEUE}bulk/{recent.context['batches'][0]['batch']}/"
    for page in (recent, client.get(undo)):
        assert page.status_code == 200
        assert not Inline(page.content).found


@pytest.mark.parametrize("ticked", ["", "abc", "1 or 1", "\x00", "-1", "9" * 30, "٣"])
@pytest.mark.parametrize(
    ("model", "action"),
    [
        ("signon", "approve_selected"),
        ("signon", "reject_selected"),
        ("organization", "merge_selected"),
        ("organization", "delete_selected"),
        ("signature", "export_csv"),
        ("outgoingmail", "send_again"),
        ("campaign", "delete_selected"),
    ],
)
def test_ticks_that_are_no_rows_are_refused(
    admin_client: Client, model: str, action: str, ticked: str
) -> None:
    data = {"action": action, "index": "0", ACTION_CHECKBOX_NAME: ticked}
    assert admin_client.post(f"/admin/signatures/{model}/", data).status_code == 400
