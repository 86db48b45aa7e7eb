"""A letter or campaign beside its translation, on one page and in one form."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openletters.languages import direction
from openletters.languages import name as language_name
from signatures.differences import plain
from signatures.models.letters import Addressee, Demand
from signatures.models.translating import (
    Pair,
    Sheet,
    Standing,
    State,
    Translatable,
    lock,
    other_languages,
    sheet,
    standings,
    with_texts,
)
from signatures.models.versions import TextVersion

ROWS = {"body": 16, "text": 4, "postal_address": 5, "institution": 2, "title": 2, "summary": 3}
"""How many lines are offered for a text, by its field; one for any other."""

LINES = {"institution"}
"""Short texts whose lines are kept; in any other a break is where somebody pasted."""


def marks(standing: Standing) -> SafeString:
    """Return how far a translation is, as HTML."""
    if standing.is_complete:
        return format_html('<span class="chip good">{}</span>', _("complete"))
    if not standing.begun:
        return format_html('<span class="chip">{}</span>', _("not begun"))
    told = []
    if number := standing.missing:
        words = ngettext("%(number)s missing", "%(number)s missing", number)
        told.append(words % {"number": number})
    if number := standing.older:
        words = ngettext(
            "%(number)s older than the original", "%(number)s older than the original", number
        )
        told.append(words % {"number": number})
    return format_html_join(" ", '<span class="chip warn">{}</span>', ((one,) for one in told))


@dataclass(frozen=True)
class Language:
    """A language of a letter or campaign, as its page lists it."""

    code: str
    name: str
    marks: SafeString
    address: str
    is_complete: bool
    begun: bool


def listed_languages(about: Translatable) -> list[Language]:
    """Return every language besides the original's, and how far it is."""
    page = f"admin:signatures_{about._meta.model_name}_translate"
    return [
        Language(
            one.language,
            language_name(one.language),
            marks(one),
            reverse(page, args=[about.pk, one.language]),
            is_complete=one.is_complete,
            begun=one.begun,
        )
        for one in standings(about)
    ]


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Meanwhile:
    """What somebody else has done to a field since the page was opened."""

    text: bool
    source: bool


@dataclass(frozen=True)
class Line:
    """A field of the page: the original and what is entered for it."""

    pair: Pair
    field: forms.BoundField
    right: forms.BoundField | None
    meanwhile: Meanwhile | None


class TranslationForm(forms.Form):
    """Every field that has something to translate, by its name.

    It carries a digest of every text as it was shown. What somebody else has changed since is put
    beside what was entered here, and nothing is stored before it was seen.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, beside: Sheet, data: QueryDict | None = None) -> None:
        self.sheet = beside
        self.pairs = {one.name: one for one in beside.pairs if one.state != State.NOTHING}
        self.meanwhile: dict[str, Meanwhile] = {}
        self.lost: list[str] = []
        start = {name: pair.text for name, pair in self.pairs.items()}
        stated = None if data is None else self._rebased(data)
        super().__init__(stated, initial={**start, "seen": self._fingerprint()})
        for name, pair in self.pairs.items():
            self.fields[name] = _field(pair, beside.language)
            if pair.state == State.OLDER:
                self.fields[f"right-{name}"] = forms.BooleanField(
                    label=gettext_lazy("It is still right as it is"), required=False
                )
        if getattr(beside.about, "text_version", 0):
            self.fields["note"] = _note_field()

    @property
    def is_outdated(self) -> bool:
        """Whether somebody else was faster."""
        return bool(self.meanwhile or self.lost)

    def _fingerprint(self) -> str:
        seen = {name: [_digest(one.source), _digest(one.text)] for name, one in self.pairs.items()}
        return json.dumps(seen, separators=(",", ":"))

    def _rebased(self, data: QueryDict) -> QueryDict:
        """Return what was sent on top of what stands now, and note what is other than was shown."""
        seen, data = _seen(data.get("seen", "")), data.copy()
        for name, pair in self.pairs.items():
            shown_source, shown_text = seen.get(name, ("", _digest("")))
            others = shown_text != _digest(pair.text)
            sent = data.get(name)
            touched = sent is not None and _digest(plain(sent)) != shown_text
            if not touched and (sent is None or others):
                data[name] = pair.text
            stale = name in seen and shown_source != _digest(pair.source)
            stale &= touched or f"right-{name}" in data
            others &= sent is not None and plain(sent) != pair.text
            if others or stale:
                self.meanwhile[name] = Meanwhile(text=others, source=stale)
                data.pop(f"right-{name}", None)
        for name in seen.keys() - self.pairs.keys():
            sent = plain(data.get(name))
            if sent and _digest(sent) != seen[name][1]:
                self.lost.append(sent)
        data["seen"] = self._fingerprint()
        return data

    def texts(self) -> dict[str, str]:
        """Return what every field says now."""
        return {
            name: self.cleaned_data[name]
            if isinstance(pair.column, models.TextField) or pair.column.name in LINES
            else " ".join(plain(self.cleaned_data[name]).split("\n"))
            for name, pair in self.pairs.items()
        }

    def right(self) -> list[str]:
        """Return the fields that were said to be right as they are."""
        return [name for name in self.pairs if self.cleaned_data.get(f"right-{name}")]

    def sections(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of the page with what stands above them."""
        demands: list[Line] = []
        for part in self.sheet.parts:
            lines = [self._line(pair) for pair in part.pairs if pair.name in self.pairs]
            if isinstance(part.row, Demand):
                demands += lines
            elif lines:
                section: dict[str, Any] = {"lines": lines, "kind": str(part.row._meta.model_name)}
                if isinstance(part.row, Addressee):
                    sources = {pair.column.name: pair.source for pair in part.pairs}
                    called = ("position", "name", "institution")
                    section["name"] = next(filter(None, (sources[one] for one in called)), "")
                    section["copy"] = part.row.kind == Addressee.Kind.COPY
                yield section
        if demands:
            yield {"lines": demands, "kind": "demand"}

    def _line(self, pair: Pair) -> Line:
        right = f"right-{pair.name}"
        return Line(
            pair,
            self[pair.name],
            self[right] if right in self.fields else None,
            self.meanwhile.get(pair.name),
        )


def _seen(sent: str) -> dict[str, tuple[str, str]]:
    """Return the digests that a form has sent back; nothing where they are not as we made them."""
    try:
        stated = json.loads(sent)
        return {str(name): (str(source), str(text)) for name, (source, text) in stated.items()}
    except (AttributeError, RecursionError, TypeError, ValueError):
        return {}


def _note_field() -> forms.Field:
    note = TextVersion._meta.get_field("note")
    return forms.CharField(
        label=gettext_lazy("What has changed, for readers"),
        help_text=gettext_lazy(
            "May stay empty. It is published: translations of a text that organisations were asked"
            " to sign are kept as versions of it."
        ),
        required=False,
        max_length=note.max_length,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )


def _field(pair: Pair, language: str) -> forms.Field:
    """Return the field of the model, written in a language."""
    column = pair.column
    rows = ROWS.get(column.name, 1)
    attributes = {"lang": language, "dir": direction(language)}
    widget: forms.Widget = forms.TextInput(attributes)
    if rows > 1:
        widget = forms.Textarea({**attributes, "rows": rows})
    limits: dict[str, Any] = {} if column.max_length else {"validators": column.validators}
    label = capfirst(column.verbose_name)
    if isinstance(pair.row, Demand):
        label = gettext_lazy("Demand")
    field: forms.Field = column.formfield(
        required=False, widget=widget, label=label, help_text="", **limits
    )
    return field


class Translating(ModelAdmin):  # type: ignore[type-arg]
    """Mixin: the page on which a letter, campaign or update is translated into one language."""

    preview_page = ""
    """What the page is called, if there is one, on which one sees the whole in a language."""

    def translate(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """Show both sides; store what was entered, at once and whole."""
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        about = get_object_or_404(self.model, pk=pk)
        if not self.has_change_permission(request, about):
            raise PermissionDenied
        if request.method != "POST":
            beside = self._beside(about, language)
            return self._show(request, TranslationForm(beside)) if beside else self._back(about)
        with transaction.atomic():
            lock(about)
            beside = self._beside(about, language)
            if beside is None:
                return self._refuse(request, about, language)
            form = TranslationForm(beside, request.POST)
            if not form.is_valid() or form.is_outdated:
                return self._show(request, form)
            note = form.cleaned_data.get("note", "")
            changed = beside.write(form.texts(), form.right(), note=note)
            if changed:
                said = _("Translated into %(language)s.") % {"language": language_name(language)}
                self.log_change(request, about, said)
        told = _("Saved.") if changed else _("Nothing was changed.")
        self.message_user(request, told, messages.SUCCESS if changed else messages.INFO)
        return redirect(request.path)

    def _beside(self, about: Any, language: str) -> Sheet | None:
        """Read both sides as they are now; None if the language is that of the original.

        Raises Http404 if the site does not know it, or if somebody has deleted it all meanwhile.
        """
        about = get_object_or_404(with_texts(self.model._default_manager.all()), pk=about.pk)
        if language == about.language:
            return None
        if language not in other_languages(about):
            raise Http404
        return sheet(about, language)

    def _refuse(self, request: HttpRequest, about: Translatable, language: str) -> HttpResponse:
        """Write no translation over what has become the original; give back what was entered."""
        told = _("Nothing was saved: this text is the authoritative one now.")
        nothing = Sheet(about, language, [])
        entered = TranslationForm(nothing, request.POST).lost
        if not entered:
            self.message_user(request, told, messages.ERROR)
            return self._back(about)
        context = {
            **self.admin_site.each_context(request),
            "title": told,
            "opts": self.opts,
            "language": language,
            "page": self._page(about),
            "entered": entered,
        }
        return TemplateResponse(request, "admin/signatures/not_translated.html", context)

    def _back(self, about: Translatable) -> HttpResponse:
        return redirect(self._page(about))

    def _page(self, about: Translatable) -> str:
        return reverse(f"admin:signatures_{about._meta.model_name}_change", args=[about.pk])

    def _show(self, request: HttpRequest, form: TranslationForm) -> HttpResponse:
        about, language = form.sheet.about, form.sheet.language
        original = {pair.column.name: pair.source for pair in form.sheet.parts[0].pairs}
        everywhere = listed_languages(about)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Translate into %(language)s") % {"language": language_name(language)},
            "opts": self.opts,
            "about": about,
            "called": original["title"] or str(about),
            "page": self._page(about),
            "preview": self.preview_page,
            "form": form,
            "wrong": [field for field in form if field.errors] if form.is_bound else [],
            "sections": list(form.sections()),
            "here": next(one for one in everywhere if one.code == language),
            "languages": everywhere,
            "from_language": language_name(about.language),
            "from_direction": direction(about.language),
        }
        return TemplateResponse(request, "admin/signatures/translate.html", context)
