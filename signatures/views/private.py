"""The private collecting phase: a letter, and its form, for those who hold a secret link.

Nothing here is kept by anybody, or stands where strangers could come across it; see
signatures/views/links.py for what holds for every secret address.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from signatures.models.letters import Letter
from signatures.models.secret_links import SecretLink
from signatures.models.switches import of_letter
from signatures.pages.letters import letter_page
from signatures.views import signing
from signatures.views.links import secret_address


def _opened(token: str, slug: str = "") -> tuple[SecretLink, Letter, list[Letter]]:
    """Return a link, the letter that it leads to, and all letters of it.

    That is the one called `slug`, or the first that is still private, or else the first that the
    public reads. Raises SecretLink.DoesNotExist, and Http404 where there is none.
    """
    link = SecretLink.objects.opened_by(token)
    letters = signing.with_switches(Letter.objects.filter(secret_links=link))
    asked = [one for one in letters if not slug or one.slug == slug]
    private = [one for one in asked if one.is_private()]
    public = [one for one in asked if one.is_published()]
    for letter in (*private, *public):
        return link, letter, letters
    raise Http404


@secret_address
@require_safe
def letter(request: HttpRequest, token: str, slug: str = "") -> HttpResponse:
    """Show a letter as it will look; once it is public, lead there."""
    link, letter, letters = _opened(token, slug)
    if letter.is_published():
        return HttpResponseRedirect(letter.get_absolute_url())
    page = letter_page(letter)
    others = [one for one in letters if one.is_private() and one != letter]
    context: dict[str, Any] = {
        "page": page,
        "letter": page.letter,
        "campaign": page.letter.campaign,
        "languages": page.languages,
        "switches": (switches := of_letter(letter)),
        "paused": {letter.pk} if switches.stopped else set(),
        "BANNER": switches.banner_text,
        "secret": link,
        "others": Letter.objects.filter(pk__in=[one.pk for one in others])
        .order_by("pk")
        .prefetch_related("translations"),
    }
    return render(request, "signatures/private_letter.html", context)


@secret_address
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Take the signature of an organisation for the letters of a link; once public, lead there.

    Whoever has begun to fill it in before loses nothing of it.
    """
    link, letter, letters = _opened(token)
    is_public = letter.is_published()
    if is_public and request.method != "POST":
        return HttpResponseRedirect(reverse("sign", args=[letter.slug]))
    invited = signing.Invitation(
        letter,
        [one for one in letters if one.takes_sign_ons()],
        back=letter.get_absolute_url() if is_public else reverse("private", args=[token]),
        sent=reverse("private-sent", args=[token]),
        link=link,
    )
    return signing.take(request, invited)


@secret_address
@require_safe
def sent(request: HttpRequest, token: str) -> HttpResponse:
    """Say that a mail is on its way."""
    link, letter, _letters = _opened(token)
    if letter.is_published():
        return HttpResponseRedirect(reverse("sign-sent", args=[letter.slug]))
    return signing.say_sent(request, letter, reverse("private", args=[token]), secret=link)
