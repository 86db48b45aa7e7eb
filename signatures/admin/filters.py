"""What several lists of the staff share: filters, and what they may be asked for."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet, UUIDField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from signatures import nations
from signatures.models.letters import Letter
from signatures.models.translated import read_translated


def is_key(text: str) -> bool:
    """Whether `text` could be the key of a row, in the reach of every database."""
    return text.isascii() and text.isdecimal() and len(text) <= 18


def is_key_of(model: type[Model], text: str) -> bool:
    """Whether `text` could be the key of a row of `model`."""
    if isinstance(model._meta.pk, UUIDField):
        try:
            uuid.UUID(text)
        except ValueError:
            return False
        return True
    return is_key(text)


class ChosenRows:
    """A list of which rows are ticked: what ticks no row is answered 400."""

    model: type[Any]

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Act on the ticked rows; raises BadRequest where one cannot be a row's key."""
        ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(is_key_of(self.model, one) for one in ticked):
            raise BadRequest("What is ticked is no row.")
        return super().response_action(request, *args, **kwargs)  # type: ignore[misc]


class KeySelect(AutocompleteSelect):
    """The admin's search box for a related row; what cannot be a row's key has no row.

    The stock one asks the database for it when the form is shown again with the mistake.
    """

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        """Return the rows that are chosen."""
        return super().optgroups(name, [one for one in value if is_key(str(one))], attr)


def all_letters(request: HttpRequest) -> dict[int, Letter]:
    """Return every letter by its number, read once for each request."""
    letters: dict[int, Letter] | None = getattr(request, "_all_letters", None)
    if letters is None:
        found = read_translated(Letter.objects.all())
        letters = {letter.pk: letter for letter in sorted(found, key=lambda one: -one.pk)}
        request._all_letters = letters  # type: ignore[attr-defined]
    return letters


def country_choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return these countries with their names, in the order of the names."""
    named = {(code, countries.name(code)) for code in codes if code}
    return sorted(named, key=nations.in_order)


class PathFilter(admin.SimpleListFilter):
    """Rows at the end of whose `path` stands the chosen value; a value not offered is ignored."""

    template = "admin/signatures/filter.html"
    path: str

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave the other rows out."""
        if self.value() in dict(self.lookup_choices):
            return queryset.filter(**{self.path: self.value()})
        return queryset


class LetterFilter(PathFilter):
    """Rows that belong to one letter; `path` leads from a row to its letter."""

    title = _("letter")
    parameter_name = "letter"
    path = "letter"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, str]]:
        """Every letter."""
        return [(str(pk), str(letter)) for pk, letter in all_letters(request).items()]


class CountryFilter(PathFilter):
    """Rows of one country; only countries that occur are offered."""

    title = _("country")
    parameter_name = "country"
    path = "country"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, str]]:
        """The countries that occur."""
        present = model_admin.model._default_manager.order_by().values_list(self.path, flat=True)
        return country_choices(present.distinct())


class SourceFilter(PathFilter):
    """Rows that came in by one way."""

    title = _("source")
    parameter_name = "source"
    path = "source"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, Any]]:
        """The ways that the model knows."""
        field: Any = model_admin.model._meta.get_field("source")
        return list(field.choices)


class ChoicesFilter(admin.ChoicesFieldListFilter):
    """The values of a field with choices."""

    template = "admin/signatures/filter.html"


class OccurringFilter(admin.RelatedOnlyFieldListFilter):
    """The related rows that occur."""

    template = "admin/signatures/filter.html"
