"""Secret addresses: those in mails, and the links to letters that are collected privately. Whoever
can name one holds the link, so a forged request from elsewhere is impossible, and their pages need
no cookie."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from signatures import tokens
from signatures.emails import private_path
from signatures.models.secret_links import SecretLink
from signatures.models.sign_ons import IllegalTransition, SignOn
from signatures.tokens import Purpose

View = Callable[..., HttpResponse]


class Erased(Exception):
    """Nobody can tell any more whether the link is genuine: the address it was bound to is gone."""


def secret_address(view: View) -> View:
    """Keep the address of a page to ourselves, and answer for links whose contact was erased.

    The page for those says nothing about the sign-on; its public id, which nobody can guess, is
    all that is known of who asks.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, token: str, **parts: str) -> HttpResponse:
        try:
            response = view(request, token, **parts)
        except Erased:
            response = forgotten(request, status=410)
        except (SignOn.DoesNotExist, SecretLink.DoesNotExist) as error:
            # Deleted since the page began; or never there, which must look the same as revoked.
            raise Http404 from error
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded


def open_link(purpose: Purpose, token: str) -> tuple[SignOn, bool]:
    """Return the token's sign-on and whether the token has expired.

    Every token that is not genuine gets the same 404, and so does one that was sent to an address
    the contact has replaced since. Raises Erased.
    """
    try:
        sign_on = SignOn.objects.get(public_id=tokens.peek(token))
        if sign_on.erased_at:
            raise Erased
        # A link to a new address stays good for saying that it is in use.
        address = sign_on.new_email if purpose == Purpose.EMAIL else ""
        address = address or sign_on.email
        return sign_on, tokens.read(purpose, token, binding=address.lower()).expired
    except (tokens.InvalidToken, SignOn.DoesNotExist) as error:
        raise Http404 from error


def expired(request: HttpRequest, send_again: Callable[[], None]) -> HttpResponse:
    """Offer a fresh mail to the same mailbox: an old link proves nothing else."""
    if request.method == "POST":
        with suppress(IllegalTransition):
            send_again()
    context = {"sent": request.method == "POST"}
    return render(request, "signatures/expired.html", context, status=410)


def forgotten(request: HttpRequest, done: str = "", *, status: int = 200) -> HttpResponse:
    """Say that nothing is known any more about the contact of a sign-on.

    Nothing of the secret address stands on the page, so that it is the same for every link.
    """
    context = {"done": done, "responsible": settings.PRIVACY_CONTACT, "place": "/"}
    return render(request, "signatures/erased.html", context, status=status)


def to_private_page(sign_on: SignOn, done: str = "") -> HttpResponse:
    """Lead to the private page of a sign-on, and have it say what was done."""
    address = private_path(sign_on)
    return HttpResponseRedirect(f"{address}?done={done}" if done else address)
