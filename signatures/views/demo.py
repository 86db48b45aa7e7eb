"""The demo's mailbox: what contacts and staff would find in theirs. Served only with DEMO."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openletters.staff import mail as staff_mail
from openletters.staff.models import StaffMail
from signatures import emails
from signatures.models.mail import OutgoingMail

NEWEST = 50


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the newest mails as their recipients would read them."""
    mails = OutgoingMail.objects.select_related("sign_on").order_by("-created_at")[:NEWEST]
    to_staff = StaffMail.objects.select_related("user").order_by("-created_at")[:NEWEST]
    messages: list[dict[str, Any]] = [
        *({"mail": mail, "message": emails.compose(mail)} for mail in mails),
        *({"mail": mail, "message": staff_mail.compose(mail)} for mail in to_staff),
    ]
    for entry in messages:
        entry["language"] = entry["message"].extra_headers["Content-Language"]
    messages.sort(key=lambda entry: entry["mail"].created_at, reverse=True)
    return render(request, "signatures/demo_mailbox.html", {"messages": messages[:NEWEST]})
