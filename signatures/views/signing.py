"""Signing: the form, the mailed links, and the private page of a sign-on."""

from contextlib import suppress
from functools import partial
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from signatures import holdings, periods
from signatures.forms import CorrectionForm, NewEmailForm, SignOnForm
from signatures.models.letters import Letter
from signatures.models.sign_ons import IllegalTransition, SignOn
from signatures.tokens import Purpose
from signatures.views.links import expired as expired_page
from signatures.views.links import open_link, secret_address, to_private_page

SHOWN_WHEN = ("slug", "campaign", "status", "opens_at", "closes_at")
"""What tells whether a letter is published, and open."""


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the signature of an organisation for one or all open letters of a campaign.

    The answer to a submission is the same whatever was known of the organisation or the address.
    """
    return _sign(request, slug)


def sign_again(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer the form as it was filled in, because it came back without its cookie."""
    return _sign(request, slug, refused=True)


def _sign(request: HttpRequest, slug: str, *, refused: bool = False) -> HttpResponse:
    # Their texts are read when they are shown, and not to sign them.
    together: list[Letter] = list(Letter.objects.issued_with(slug).only(*SHOWN_WHEN).order_by("pk"))
    letter = next((one for one in together if one.slug == slug), None)
    if letter is None or not letter.is_published():
        raise Http404
    letters = [one for one in together if one.is_open()]
    if not letters:
        status = 409 if request.method == "POST" else 200
        return render(request, "signatures/closed.html", {"letter": letter}, status=status)
    form = SignOnForm(request.POST or None, letters=letters)
    if request.method == "POST" and not refused and form.is_valid():
        SignOn.objects.submit(
            form.cleaned_data["letters"],
            language=get_language() or "en",
            flags=form.flags(),
            **form.claim(),
        )
        return HttpResponseRedirect(reverse("sign-sent", args=[slug]))
    prefetch_related_objects([letter, *letters], "translations")
    prefetch_related_objects(letters, "addressees__translations")
    context = {"letter": letter, "form": form, "refused": refused}
    status = 403 if refused else 400 if form.is_bound else 200
    return render(request, "signatures/sign.html", context, status=status)


@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a mail is on its way."""
    letter: Letter = get_object_or_404(
        Letter.objects.published().prefetch_related("translations"), slug=slug
    )
    return render(request, "signatures/sent.html", {"letter": letter})


# The pages below stand at secret addresses.


@secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Show exactly what is about to be signed; the button signs. Repeating is harmless."""
    sign_on, expired = open_link(Purpose.CONFIRM, token)
    if expired:
        return expired_page(request, sign_on.send_again)
    letters = sign_on.letters_to_confirm()
    if sign_on.status != SignOn.Status.UNCONFIRMED:
        return to_private_page(sign_on)
    if not letters or request.method != "POST":
        context = {
            "sign_on": sign_on,
            "letters": _with_addressees(sign_on, letters),
            "unconfirmed_days": periods.UNCONFIRMED_KEPT.days,
        }
        return render(request, "signatures/confirm.html", context)
    try:
        sign_on = sign_on.confirm()
    except IllegalTransition:  # withdrawn or closed since the page was made
        return HttpResponseRedirect(request.path)
    return to_private_page(sign_on, done="confirmed")


@secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Use another address for the contact, once a button was pressed from its mailbox."""
    sign_on, expired = open_link(Purpose.EMAIL, token)
    if expired:
        new = sign_on.new_email
        again = partial(sign_on.request_new_email, new) if new else sign_on.send_again
        return expired_page(request, again)
    if not sign_on.new_email:
        return to_private_page(sign_on, done="address")
    if request.method == "POST":
        with suppress(IllegalTransition):  # withdrawn meanwhile: its page says so
            sign_on.confirm_new_email(sign_on.new_email)
        return to_private_page(sign_on, done="address")
    return render(request, "signatures/confirm_address.html", {"sign_on": sign_on})


@secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def sign_on(request: HttpRequest, token: str) -> HttpResponse:
    """The private page of a sign-on: its state, corrections, withdrawal."""
    sign_on, expired = open_link(Purpose.MANAGE, token)
    if expired:
        return expired_page(request, sign_on.send_again)
    stated = {name: getattr(sign_on, name) for name in CorrectionForm.base_fields}
    if waiting := sign_on.corrections.open().first():
        stated |= {name: getattr(waiting, name) for name in sign_on.LISTED}
    action = request.POST.get("action")
    correction = CorrectionForm(
        request.POST if action == "correct" else None,
        initial=stated,
        # Once it is decided, it is the country of a known organisation, which staff look after.
        country_too=sign_on.status in {SignOn.Status.UNCONFIRMED, SignOn.Status.PENDING},
        names_too=sign_on.status != SignOn.Status.APPROVED or sign_on.is_listed,
    )
    new_email = NewEmailForm(request.POST if action == "email" else None)
    done = ""
    try:
        if action == "withdraw":
            sign_on.withdraw()
            done = "withdrawn"
        elif action == "correct" and correction.is_valid():
            waits = sign_on.correct(**correction.cleaned_data)
            done = "correction" if waits else "corrected"
            if not correction.has_changed():
                done = "nothing"
        elif action == "email" and new_email.is_valid():
            sign_on.request_new_email(new_email.cleaned_data["new_email"])
            done = "email"
    except IllegalTransition:  # decided or withdrawn since the page was made: it says so
        return HttpResponseRedirect(request.path)
    if done:
        return HttpResponseRedirect(f"{request.path}?done={done}")
    context = {
        "sign_on": sign_on,
        "letters": _with_addressees(sign_on, sign_on.letters.order_by("pk")),
        "waiting": waiting,
        "listing": sign_on.listings().first() if sign_on.organization_id else None,
        "correction_form": correction,
        "email_form": new_email,
        "held": holdings.held(sign_on),
        "done": request.GET.get("done", ""),
    }
    invalid = correction.errors or new_email.errors
    return render(request, "signatures/sign_on.html", context, status=400 if invalid else 200)


def _with_addressees(sign_on: SignOn, letters: Any) -> list[Letter]:
    chosen = [letter.pk for letter in letters]
    return list(
        Letter.objects.filter(pk__in=chosen)
        .order_by("pk")
        .prefetch_related("translations", "addressees__translations")
    )
