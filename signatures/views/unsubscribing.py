"""Ending updates with one click, from the mail or from its mail program (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from signatures.tokens import Purpose
from signatures.updates import ONE_CLICK
from signatures.views.links import Erased, forgotten, open_link, secret_address


@secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button; the button, or a mail program, ends the updates. Repeating is harmless.

    The page tells nothing about the sign-on and leads to nothing of it, because an update is
    passed on more readily than other mails. To want updates again takes the private link.
    """
    clicked = request.method == "POST" and ONE_CLICK.items() <= request.POST.dict().items()
    try:
        sign_on, _expired = open_link(Purpose.UPDATES, token)
    except Erased:
        # Nobody is written to any more: what was asked for has been done.
        return forgotten(request, status=200 if clicked else 410)
    if clicked:
        sign_on.end_updates()
    context = {"wanted": bool(sign_on.updates_version), "one_click": ONE_CLICK}
    return render(request, "signatures/unsubscribe.html", context)
