"""Signing: the form, the mailed links, and the private page of a sign-on."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from signatures import consent, holdings, periods, shown, throttling
from signatures.forms import CorrectionForm, NewEmailForm, SignOnForm
from signatures.models.letters import Campaign, Letter
from signatures.models.reaffirming import Asked, asked_of, changed_since, reaffirm
from signatures.models.secret_links import SecretLink
from signatures.models.sign_ons import IllegalTransition, SignOn
from signatures.models.switches import of_letter, switched
from signatures.pages.rewordings import Rewording, for_reader
from signatures.submitting import submit
from signatures.tokens import Purpose
from signatures.views.links import expired as expired_page
from signatures.views.links import open_link, secret_address, to_private_page

SHOWN_WHEN = (
    "slug",
    "campaign",
    "status",
    "opens_at",
    "closes_at",
    "time_zone",
    "text_version",
    "substance_version",
)
"""What tells whether a letter is published, and open, and which text of it is signed."""


def stand_by(sign_on: SignOn, sent: QueryDict) -> None:
    """Put a sign-on under the changed texts that its contact has just been shown."""
    for key, number in shown.read(sent.get("texts")).items():
        reaffirm(sign_on, key, shown=number)


PLAIN_STEPS: dict[str | None, tuple[Callable[[SignOn, QueryDict], None], str]] = {
    "withdraw": (lambda sign_on, _sent: sign_on.withdraw(), "withdrawn"),
    "withhold": (lambda sign_on, _sent: sign_on.withhold(), "withheld"),
    "show": (lambda sign_on, _sent: sign_on.ask_to_be_named(), "named"),
    "reaffirm": (stand_by, "reaffirmed"),
    "want-updates": (lambda sign_on, _sent: sign_on.want_updates(), "updates"),
    "end-updates": (lambda sign_on, _sent: sign_on.end_updates(), "no-updates"),
}
"""Steps of the private page that ask nothing more, and what it says afterwards."""


@dataclass(frozen=True)
class Invitation:
    """What a form is offered for, and to whom."""

    letter: Letter
    """The one that was opened."""
    letters: list[Letter]
    """Those that can be signed now, read with their switches."""
    back: str
    """Where the letter is read."""
    sent: str
    """Where the page is that follows the form."""
    link: SecretLink | None = None
    """The secret link that was followed, if the letter is not public."""


def with_switches(letters: Any) -> list[Letter]:
    """Read letters to be signed; their texts are read when they are shown, not to sign them."""
    read = letters.select_related("campaign")
    read = read.only(*SHOWN_WHEN, *(f"campaign__{column}" for column in Campaign.DRESS))
    return list(switched(read).order_by("pk"))


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the signature of an organisation for one or all open letters of a campaign.

    The answer to a submission is the same whatever was known of the organisation or the address.
    """
    return take(request, _public_invitation(slug))


def sign_again(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer the form as it was filled in, because it came back without its cookie."""
    return take(request, _public_invitation(slug), refused=True)


def _public_invitation(slug: str) -> Invitation:
    together = with_switches(Letter.objects.issued_with(slug))
    letter = next((one for one in together if one.slug == slug), None)
    if letter is None or not letter.is_published():
        raise Http404
    return Invitation(
        letter,
        [one for one in together if one.is_open()],
        back=letter.get_absolute_url(),
        sent=reverse("sign-sent", args=[slug]),
    )


def take(request: HttpRequest, invited: Invitation, *, refused: bool = False) -> HttpResponse:
    """Show the form, or take what was filled in."""
    letter, letters = invited.letter, invited.letters
    context: dict[str, Any] = {"letter": letter, "campaign": letter.campaign, "invited": invited}
    if not letters:
        status = 409 if request.method == "POST" else 200
        return render(request, "signatures/closed.html", context, status=status)
    going = [one for one in letters if not of_letter(one).stopped]
    # What holds for the letter that was opened; where that has closed, for another one.
    switches = of_letter(letter if letter in letters else letters[0])
    context |= {"switches": switches, "BANNER": switches.banner_text}
    if not going and request.method != "POST":
        return render(request, "signatures/stopped.html", context)
    form = SignOnForm(request.POST or None, letters=going or letters)
    counted = throttling.Count()
    if request.method == "POST" and not refused and going and form.is_valid():
        counted = throttling.count(
            request, form.cleaned_data["letters"], str(form.cleaned_data["opened"] or "")
        )
        if not counted.retry_after:
            submit(form, counted, form.flags(), link=invited.link)
            return HttpResponseRedirect(invited.sent)
    prefetch_related_objects([letter, *letters], "translations")
    prefetch_related_objects(letters, "addressees__translations")
    context |= {
        "form": form,
        "refused": refused,
        "paused": not going,
        "wait": ceil(counted.retry_after / 60),
    }
    headers = {}
    if not going:
        status = 409
    elif counted.retry_after:
        status, headers["Retry-After"] = 429, str(counted.retry_after)
    else:
        status = 403 if refused else 400 if form.is_bound else 200
    response = render(request, "signatures/sign.html", context, status=status)
    for name, value in headers.items():
        response[name] = value
    return response


@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a mail is on its way."""
    published = Letter.objects.published().select_related("campaign")
    letters = switched(published.prefetch_related("translations"))
    letter: Letter = get_object_or_404(letters, slug=slug)
    return say_sent(request, letter, letter.get_absolute_url())


def say_sent(request: HttpRequest, letter: Letter, back: str, **more: Any) -> HttpResponse:
    """Say so of a letter that was read with its switches; `back` is where it is read."""
    switches = of_letter(letter)
    context = {
        "campaign": letter.campaign,
        "switches": switches,
        "BANNER": switches.banner_text,
        "back": back,
        **more,
    }
    return render(request, "signatures/sent.html", context)


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
        described = _with_addressees(sign_on, letters)
        context = {
            "sign_on": sign_on,
            "letters": described,
            "campaign": described[0].campaign if described else None,
            "texts": shown.stated(described),
            "changed": told_of(changed_since(sign_on)),
            "unconfirmed_days": periods.UNCONFIRMED_KEPT.days,
        }
        return render(request, "signatures/confirm.html", context)
    try:
        sign_on = sign_on.confirm(shown.read(request.POST.get("texts")))
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
        names_too=sign_on.status != SignOn.Status.APPROVED
        or sign_on.withhold_name
        or sign_on.is_listed,
        withheld=sign_on.withhold_name,
    )
    new_email = NewEmailForm(request.POST if action == "email" else None)
    done = ""
    try:
        if action in PLAIN_STEPS:
            step, done = PLAIN_STEPS[action]
            step(sign_on, request.POST)
        elif action == "correct" and correction.is_valid():
            waits = sign_on.correct(**correction.cleaned_data)
            done = "correction" if waits else "corrected"
            if not correction.has_changed():
                done = "nothing"
        elif action == "email" and new_email.is_valid():
            address = new_email.cleaned_data["new_email"]
            sign_on.request_new_email(address)
            done = "same" if address.lower() == sign_on.email.lower() else "email"
    except IllegalTransition:  # decided or withdrawn since the page was made: it says so
        return HttpResponseRedirect(request.path)
    if done:
        return HttpResponseRedirect(f"{request.path}?done={done}")
    letters = _with_addressees(sign_on, sign_on.letters.order_by("pk"))
    context = {
        "sign_on": sign_on,
        "letters": letters,
        "campaign": letters[0].campaign if letters else None,
        "waiting": waiting,
        "listing": sign_on.listings().first() if sign_on.organization_id else None,
        "correction_form": correction,
        "email_form": new_email,
        "asked": told_of(asked_of(sign_on)),
        "held": holdings.held(sign_on),
        "updates_wording": consent.wording(consent.UPDATES),
        "done": request.GET.get("done", ""),
    }
    invalid = correction.errors or new_email.errors
    return render(request, "signatures/sign_on.html", context, status=400 if invalid else 200)


def told_of(asked: Iterable[Asked]) -> list[tuple[Asked, list[Rewording], str]]:
    """Return changed letters with what reads otherwise, and what their forms send back."""
    return [(one, for_reader(one.change), shown.stated([one.letter])) for one in asked]


def _with_addressees(sign_on: SignOn, letters: Any) -> list[Letter]:
    chosen = [letter.pk for letter in letters]
    return list(
        Letter.objects.filter(pk__in=chosen)
        .order_by("pk")
        .select_related("campaign")
        .prefetch_related("translations", "addressees__translations")
    )
