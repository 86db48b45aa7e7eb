"""The demo's mailbox: what contacts and staff would find in theirs. Served only with DEMO."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from openletters.staff import mail as staff_mail
from openletters.staff.models import StaffMail
from signatures import emails, updates
from signatures.models.mail import OutgoingMail
from signatures.models.update_mails import UpdateMail

NEWEST = 50


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the newest mails as their recipients would read them."""
    mails = OutgoingMail.objects.select_related("sign_on").order_by("-created_at")[:NEWEST]
    to_staff = StaffMail.objects.select_related("user").order_by("-created_at")[:NEWEST]
    told = UpdateMail.objects.on_their_way().select_related("update", "sign_on", "tester")
    messages: list[dict[str, Any]] = [
        *({"mail": mail, "message": emails.compose(mail)} for mail in mails),
        *({"mail": mail, "message": staff_mail.compose(mail)} for mail in to_staff),
        *(
            {"mail": mail, "message": updates.compose(mail)}
            for mail in told.order_by("-created_at")[:NEWEST]
            if mail.tester or not mail.reason_to_skip()
        ),
    ]
    for entry in messages:
        languages = entry["message"].extra_headers["Content-Language"]
        entry["language"] = languages.partition(",")[0]
    messages.sort(key=lambda entry: entry["mail"].created_at, reverse=True)
    return render(request, "signatures/demo_mailbox.html", {"messages": messages[:NEWEST]})
