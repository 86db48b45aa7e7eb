"""A campaign's colour and logo, at addresses that tell their content and so hold for ever."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from signatures import colours
from signatures.logos import TYPES
from signatures.models.logos import Logo


@require_safe
def stylesheet(request: HttpRequest, colour: str, digest: str) -> HttpResponse:
    """Send the tones of a colour. They follow from the address: no database is asked."""
    asked = f"#{colour}"
    try:
        if not colours.HEX.fullmatch(asked) or colours.address(asked) != (colour, digest):
            raise Http404
    except colours.Unreadable as error:
        raise Http404 from error
    return HttpResponse(colours.stylesheet(asked), content_type="text/css; charset=utf-8")


@require_safe
def logo(request: HttpRequest, digest: str, kind: str) -> HttpResponse:
    """Send a logo, as it was drawn when it was uploaded."""
    kept = get_object_or_404(Logo, file=f"{digest}.{kind}")
    return HttpResponse(bytes(kept.content), content_type=TYPES[kind])
