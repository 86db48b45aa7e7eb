"""The demo's mailbox: what contacts would find in theirs. Served only when DEMO is set."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from signatures import emails
from signatures.models.mail import OutgoingMail

NEWEST = 50


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show the newest mails as their recipients would read them."""
    mails = OutgoingMail.objects.select_related("sign_on").order_by("-created_at")[:NEWEST]
    messages = [{"mail": mail, "message": emails.compose(mail)} for mail in mails]
    return render(request, "signatures/demo_mailbox.html", {"messages": messages})
