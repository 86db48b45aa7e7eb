"""What contacts may ask for, from their private page: everything held about them, and its end."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from signatures import holdings
from signatures.models.sign_ons import SignOn
from signatures.tokens import Purpose
from signatures.views.links import forgotten, open_link, secret_address


@secret_address
@require_safe
def held_json(request: HttpRequest, token: str) -> HttpResponse:
    """Hand over everything that is held about a contact."""
    sign_on, expired = open_link(Purpose.MANAGE, token)
    if expired:
        return HttpResponseRedirect(reverse("sign-on", args=[token]))
    layout = {"indent": 2, "ensure_ascii": False}
    response = JsonResponse(holdings.held(sign_on), json_dumps_params=layout)
    response["Content-Disposition"] = 'attachment; filename="sign-on.json"'
    return response


@secret_address
@require_POST
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """Erase everything about a contact, at once; the listing stays unless they withdraw it too."""
    sign_on, expired = open_link(Purpose.MANAGE, token)
    if expired:
        return HttpResponseRedirect(reverse("sign-on", args=[token]))
    before = sign_on.status
    SignOn.objects.forget(sign_on, withdraw="withdraw" in request.POST)
    withdrawn = sign_on.status == SignOn.Status.WITHDRAWN != before
    unconfirmed = before == SignOn.Status.UNCONFIRMED
    return forgotten(request, "deleted" if unconfirmed else "withdrawn" if withdrawn else "erased")
