"""What staff do there, again and again."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from signatures.admin import evidence
from signatures.models import (
    Letter,
    Organization,
    OrganizationMerge,
    SignOn,
)

QUEUE = "/admin/signatures/signon/"


def sign_on_page(sign_on: SignOn) -> str:
    return reverse("admin:signatures_signon_change", args=[sign_on.pk])


def decide(
    client: Client,
    sign_on: SignOn,
    step: str,
    seen: str = "",
    *,
    headers: dict[str, str] | None = None,
    **data: Any,
) -> Any:
    """Press a button on the sign-on's page, as it looks now unless `seen` says otherwise."""
    address = reverse(f"admin:signatures_signon_{step}", args=[sign_on.pk])
    data = {"seen": seen or evidence.seen(sign_on), **data}
    return client.post(address, data, headers=headers)


def said(response: Any) -> str:
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def bulk_page(client: Client, step: str, sign_ons: Iterable[SignOn]) -> Any:
    """Tick rows of the queue and choose an action."""
    return client.post(
        QUEUE,
        {
            "action": f"{step}_selected",
            "index": "0",
            "select_across": "0",
            ACTION_CHECKBOX_NAME: [sign_on.pk for sign_on in sign_ons],
        },
    )


def select_all(client: Client, step: str) -> Any:
    """Tick all rows that wait, on whatever page of the queue, and choose an action."""
    return client.post(
        QUEUE,
        {
            "action": f"{step}_selected",
            "index": "0",
            "select_across": "1",
            ACTION_CHECKBOX_NAME: [SignOn.objects.queue()[0].pk],
        },
    )


def confirm_bulk(client: Client, step: str, shown: Any, **data: Any) -> Any:
    """Press the button of the page that was shown."""
    tickets = shown.context["tickets"]
    return client.post(f"{QUEUE}bulk/{step}/", {"tickets": tickets, **data})


def letter_page(letter: Letter) -> str:
    return reverse("admin:signatures_letter_change", args=[letter.pk])


def preview(letter: Letter) -> str:
    return reverse("admin:signatures_letter_preview", args=[letter.pk])


def press(client: Client, letter: Letter, step: str) -> Any:
    return client.post(reverse(f"admin:signatures_letter_{step}", args=[letter.pk]))


def rows(prefix: str, *forms: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """Return the fields of an inline's rows, as the page sends them."""
    data: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(forms),
        f"{prefix}-INITIAL_FORMS": initial,
    }
    for index, form in enumerate(forms):
        data |= {f"{prefix}-{index}-{name}": value for name, value in form.items()}
    return data


def letter_form(**fields: Any) -> dict[str, Any]:
    """Return what the letter's page sends, without addressees and demands."""
    return {
        "title": "On water",
        "slug": "on-water",
        "campaign": "",
        "summary": "",
        "place": "Nairobi",
        "dated": "2026-11-23",
        "salutation": "Dear Minister,",
        "body": "We write about *water*.",
        "demands_intro": "",
        "closing": "",
        "opens_at_0": "",
        "opens_at_1": "",
        "closes_at_0": "",
        "closes_at_1": "",
        "time_zone": "UTC",
        "contact_email": "",
        "language": "en",
        **rows("addressees"),
        **rows("demands"),
        **fields,
    }


TO_MINISTER = {
    "order": 1,
    "kind": "to",
    "country": "KE",
    "name": "",
    "position": "Minister of Water",
    "institution": "",
    "postal_address": "",
}


def merge_page(kept: Organization, removed: Organization | None = None) -> str:
    query = {"with": removed.pk} if removed else {}
    return reverse("admin:signatures_organization_merge", args=[kept.pk], query=query)


def undo_page(done: OrganizationMerge) -> str:
    return reverse("admin:signatures_organization_undo_merge", args=[done.pk])


def merge(client: Client, kept: Organization, removed: Organization, seen: str = "") -> Any:
    """Press the preview's button, as the page looks now unless `seen` says otherwise."""
    if not seen:
        seen = client.get(merge_page(kept, removed)).context["plan"].fingerprint
    return client.post(merge_page(kept), {"with": removed.pk, "seen": seen})


def undo_merge(client: Client, done: OrganizationMerge | None = None) -> Any:
    """Look at what undoing means, and press the button."""
    done = done or OrganizationMerge.objects.latest("pk")
    shown = client.get(undo_page(done))
    return client.post(undo_page(done), {"seen": shown.context["plan"].fingerprint})


def public_count(letter: Letter) -> int:
    """Return what the public is told."""
    answer: int = Client().get(f"/letters/{letter.slug}/count.json").json()["count"]
    page = Client().get(f"/letters/{letter.slug}/").content.decode()
    assert f"<b>{answer}</b>" in page
    assert page.count("<li><bdi>") == answer
    return answer


def names_of(organization: Organization) -> set[tuple[str, str]]:
    return set(organization.names.values_list("name", "kind"))
