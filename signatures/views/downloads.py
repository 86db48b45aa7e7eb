"""Taking the list and the count elsewhere."""

from datetime import UTC

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from signatures.models.letters import Letter
from signatures.models.organizations import Signature
from signatures.resources import SignatoryResource, as_csv


@require_safe
def count_json(request: HttpRequest, slug: str) -> JsonResponse:
    """Tell how many organisations stand under the letter now."""
    as_of = timezone.now().astimezone(UTC)
    letter: Letter = get_object_or_404(Letter.objects.published(), slug=slug)
    count = Signature.objects.filter(letter=letter).current().count()
    return JsonResponse({"count": count, "as_of": as_of.strftime("%Y-%m-%dT%H:%M:%SZ")})


@require_safe
def signatories_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand out the public list as a table."""
    letter: Letter = get_object_or_404(Letter.objects.published(), slug=slug)
    listed = Signature.objects.filter(letter=letter).current().in_list_order()
    dataset = SignatoryResource().export(listed.select_related("organization"))
    return HttpResponse(
        as_csv(dataset),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="signatories-{letter.slug}.csv"'},
    )
