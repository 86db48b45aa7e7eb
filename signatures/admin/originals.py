"""The forms of letters, campaigns and updates: about the original, leading to its translations."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from parler.admin import BaseTranslatableAdmin, TranslatableAdmin
from parler.forms import TranslatableModelForm
from parler.utils.views import TabsList

from openletters.languages import direction
from openletters.languages import name as language_name
from signatures.admin.translating import Translating, listed_languages, marks
from signatures.models.letters import Letter, languages
from signatures.models.translating import (
    FIELDS,
    Translatable,
    drop,
    follow,
    other_languages,
    pages_of,
    sheet,
    standings,
    with_texts,
)

BINDING = {"letter": ("title", "body"), "campaign": ("title",), "update": ("title", "body")}
"""What an original cannot do without."""


class OriginalForm(TranslatableModelForm):
    """The original, in its own language."""

    asked_language = ""
    """For which language the page was opened, if it said so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.written_in: str = self.instance.language
        if not self.instance.pk:
            # It is chosen before anything is written: see the page.
            self.fields["language"].widget = forms.HiddenInput()
            self.fields["language"].initial = self.language_code

    def clean_language(self) -> str:
        """Another text becomes the original only if there is one."""
        language: str = self.cleaned_data["language"]
        if self.instance.pk and language != self.written_in:
            row = self.instance.translations.filter(language_code=language).first()
            needed = BINDING[str(self.instance._meta.model_name)]
            if not row or not all(getattr(row, name).strip() for name in needed):
                raise forms.ValidationError(
                    _("There is no text in this language yet that could be the authoritative one.")
                )
        return language

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and self.asked_language not in {"", self.written_in}:
            told = _(
                "Not saved: this page is about the text in another language now. What you have"
                " entered still stands here. Keep a copy of it, and open the page anew."
            )
            self.add_error(None, told)
        return cleaned


class InOriginal(BaseTranslatableAdmin):
    """Mixin: texts are those in the authoritative language."""

    def _language(self, request: Any, obj: Any = None) -> str:
        if obj is not None:
            request.written_in = obj.language
        return getattr(request, "written_in", "") or chosen_language(request)


def chosen_language(request: HttpRequest) -> str:
    """Return in which language something new is written."""
    codes = [code for code, _name in languages()]
    for asked in (request.POST.get("language"), request.GET.get("language")):
        if asked in codes:
            return asked
    return settings.LANGUAGE_CODE


def write_in(fields: dict[str, forms.Field], kind: str, language: str) -> None:
    """Tell browsers, and those who listen to them, in which language these fields are."""
    if "institution" in fields:
        # It may have two lines, which a field of one would glue together.
        fields["institution"].widget = AdminTextareaWidget({"rows": 2})
    for name in FIELDS[kind]:
        if name in fields:
            fields[name].widget.attrs |= {"lang": language, "dir": direction(language)}


class OriginalInline(InOriginal):
    """Mixin: parts of a letter, written in its language."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Without parler's tabs, too."""
        made = super().get_formset(request, obj, **kwargs)
        kind = str(self.model._meta.model_name)
        write_in(made.form.base_fields, kind, self.get_form_language(request, obj))
        return made


class OriginalAdmin(InOriginal, Translating, TranslatableAdmin):
    """Letters, campaigns or updates: one page for the original, and one for each translation."""

    def get_urls(self) -> list[Any]:
        """A page for each language."""
        return [
            path(
                "<int:pk>/translate/<str:language>/",
                self.admin_site.admin_view(self.translate),
                name=f"signatures_{self.opts.model_name}_translate",
            ),
            path(
                "<int:pk>/change/delete-translation/<str:language_code>/",
                self.admin_site.admin_view(self.delete_translation),
                name=f"signatures_{self.opts.model_name}_delete_translation",
            ),
            *admin.ModelAdmin.get_urls(self),
        ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """In the language of the original."""
        made: Any = super().get_form(request, obj, change=change, **kwargs)
        made.asked_language = request.GET.get("language", "")
        kind = str(self.opts.model_name)
        write_in(made.base_fields, kind, self.get_form_language(request, obj))
        return made

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The language of a new one was chosen before: see the top of its page."""
        found = super().get_fieldsets(request, obj)
        if obj:
            return found
        return [(None if one["fields"] == ("language",) else name, one) for name, one in found]

    def get_language_tabs(self, *args: Any, **kwargs: Any) -> TabsList:
        """None: translations have pages of their own."""
        tabs = TabsList()
        tabs.current_is_translated = True
        return tabs

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Send whoever asks for a translation on to its page."""
        asked = request.GET.get("language")
        if object_id and asked and request.method == "GET":
            about = self.get_object(request, object_id)
            if about and asked in other_languages(about):
                page = f"admin:signatures_{self.opts.model_name}_translate"
                return redirect(reverse(page, args=[about.pk, asked]))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Tell how far the translations are; of something new, ask for its language first."""
        about = kwargs.get("obj")
        if about is not None and about.pk:
            stored = with_texts(self.model._default_manager.filter(pk=about.pk)).get()
            context["about"] = stored
            context["languages"] = listed_languages(stored)
            context["original_language"] = language_name(stored.language)
            context["may_translate"] = self.has_change_permission(request, about)
        else:
            chosen = chosen_language(request)
            context["choices"] = [(code, name, code == chosen) for code, name in languages()]
        return super().render_change_form(request, context, *args, **kwargs)

    def _patch_redirect(self, request: HttpRequest, obj: Any, redirect: Any) -> Any:
        """The original's page needs no language in its address."""
        return redirect

    def follow_language(self, request: HttpRequest, form: Any) -> None:
        """Let the translations follow if another text was made the original."""
        before, about = form.written_in, form.instance
        if about.language != before:
            follow(with_texts(self.model._default_manager.filter(pk=about.pk)).get(), before)
            told = _(
                "From now on the text in %(new)s is the authoritative one, and that in %(old)s"
                " a translation of it. This page shows the text in %(new)s."
            )
            names = {"new": language_name(about.language), "old": language_name(before)}
            self.message_user(request, told % names, messages.WARNING)

    # The list

    def get_queryset(self, request: HttpRequest) -> Any:
        """In the list with all texts, to tell how far their translations are."""
        found = super().get_queryset(request)
        here = request.resolver_match
        is_list = here and str(here.url_name).endswith("_changelist")
        return with_texts(found) if is_list else found

    @admin.display(description=gettext_lazy("translations"))
    def translated_into(self, about: Translatable) -> SafeString:
        """The languages into which it was begun to be translated, and how far each is."""
        return format_html_join(
            "",
            '<span class="standing">{} {}</span>',
            ((language_name(one.language), marks(one)) for one in standings(about) if one.begun),
        )

    # Deleting

    def delete_translation(self, request: HttpRequest, pk: int, language_code: str) -> HttpResponse:
        """Ask, then delete a translation; the binding text cannot be deleted."""
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        about = get_object_or_404(with_texts(self.model._default_manager.all()), pk=pk)
        if not self.has_change_permission(request, about):
            raise PermissionDenied
        here = reverse(f"admin:signatures_{self.opts.model_name}_change", args=[pk])
        language = language_name(language_code)
        if language_code == about.language:
            refused = _("The authoritative text cannot be deleted.")
            self.message_user(request, refused, messages.ERROR)
            return HttpResponseRedirect(here)
        if language_code not in other_languages(about):
            raise Http404
        beside = sheet(about, language_code)
        if not beside.standing.begun:
            raise Http404
        if request.method == "POST":
            if drop(about, language_code):
                told = _("The translation into %(language)s was deleted.") % {"language": language}
                self.log_change(request, about, told)
                self.message_user(request, told, messages.SUCCESS)
            return HttpResponseRedirect(here)
        original = {pair.column.name: pair.source for pair in beside.parts[0].pairs}
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete the translation into %(language)s?") % {"language": language},
            "opts": self.opts,
            "about": about,
            "called": original["title"] or str(about),
            "page": here,
            "back": reverse(
                f"admin:signatures_{self.opts.model_name}_translate", args=[pk, language_code]
            ),
            "texts": [pair for pair in beside.pairs if pair.text],
            "language": language_code,
            "direction": direction(language_code),
            "is_public": about.is_published()
            if isinstance(about, Letter)
            else pages_of(about).published().exists(),
        }
        return TemplateResponse(request, "admin/signatures/delete_translation.html", context)
