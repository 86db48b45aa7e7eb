"""Who stands under which text of a letter."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.admin.filters import LetterFilter, PathFilter, all_letters, is_key
from signatures.models.letters import Letter
from signatures.models.signatures import Signature
from signatures.models.versions import TextVersion

Kind = TextVersion.Kind


def standing(letter: Letter) -> QuerySet[TextVersion]:
    """Return the texts under which somebody stands, or has to say whether they do, newest first.

    Each has its number of those listed, as `listed`. None while no text was changed in substance.
    """
    if letter.substance_version <= 1:
        return TextVersion.objects.none()
    listed = Signature.objects.filter(letter=letter, text_version=OuterRef("number")).current()
    counted = listed.order_by().values("text_version").annotate(number=Count("pk"))
    versions = TextVersion.objects.filter(letter=letter).defer("content")
    found = versions.annotate(listed=Coalesce(Subquery(counted.values("number")), 0))
    return found.filter(Q(kind__in=[Kind.FIRST, Kind.SUBSTANCE]) | ~Q(listed=0)).order_by("-number")


class TextFilter(PathFilter):
    """Signatures that stand under one text of the letter that is chosen, if it has several."""

    title = gettext_lazy("text version")
    parameter_name = "text"
    path = "text_version"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, str]]:
        """The numbers of the letter's texts."""
        chosen = request.GET.get(LetterFilter.parameter_name, "")
        letter = all_letters(request).get(int(chosen)) if is_key(chosen) else None
        if letter is None or letter.substance_version <= 1:
            return []
        told = _("Version %(number)s")
        return [
            (str(number), told % {"number": number}) for number in range(letter.text_version, 0, -1)
        ]
