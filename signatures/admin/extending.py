"""Extending a letter: until when, and what the public is told."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures import moments
from signatures.admin.queue import staff
from signatures.admin.secret_links import SecretLinkAdmin
from signatures.admin.zoned import ZonedField, use_zone
from signatures.models.extending import CannotExtend, extend
from signatures.models.letters import Letter
from signatures.models.switches import Texts

LONGEST_NOTE = 500


def may_extend(letter: Letter) -> bool:
    """Whether a letter is public, and has ended or will end."""
    return letter.is_published() and (not letter.is_open() or letter.closes_at is not None)


class ExtendForm(forms.Form):
    """A later closing time, in the letter's own zone, and a note in the languages of the site."""

    closes_at = ZonedField(
        label=gettext_lazy("New closing time"),
        error_messages={"required": gettext_lazy("Enter the new closing time.")},
    )

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter = letter
        use_zone(self, letter.time_zone)
        self.fields["closes_at"].help_text = _("On the clocks of %(zone)s.") % {
            "zone": letter.time_zone.replace("_", " ")
        }
        for code, language in settings.LANGUAGES:
            self.fields[f"note_{code}"] = forms.CharField(
                label=_("Note, in %(language)s") % {"language": language},
                required=False,
                max_length=LONGEST_NOTE,
                widget=forms.Textarea(attrs={"rows": 2, "lang": code, "dir": "auto"}),
            )

    def clean_closes_at(self) -> Any:
        """One that is to come, and later than the present one."""
        closes_at, before = self.cleaned_data["closes_at"], self.letter.closes_at
        if closes_at <= timezone.now():
            raise forms.ValidationError(_("This time has passed. Enter one that is to come."))
        if before is not None and closes_at <= before:
            until = moments.moment_in(before, self.letter.time_zone)
            told = _("The letter closes on %(time)s already. Enter a later time.")
            raise forms.ValidationError(told % {"time": until})
        return closes_at

    def note(self) -> Texts:
        """Return the note in the languages in which it was written."""
        codes = [code for code, _language in settings.LANGUAGES]
        stated = {code: self.cleaned_data[f"note_{code}"] for code in codes}
        return {code: text for code, text in stated.items() if text}


class ExtendAdmin(SecretLinkAdmin):
    """Letters, and the page on which one is extended."""

    def get_urls(self) -> list[Any]:
        """One page."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/extend/", view(self.extend), name="signatures_letter_extend"),
            *super().get_urls(),
        ]

    def extend(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask until when, and do it; repeating it is harmless."""
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        letter = get_object_or_404(Letter, pk=pk)
        if not self.has_change_permission(request, letter):
            raise PermissionDenied
        here = HttpResponseRedirect(reverse("admin:signatures_letter_change", args=[pk]))
        if not may_extend(letter):
            told = _("Nothing was done: only a public letter that closes can be extended.")
            self.message_user(request, told, messages.WARNING)
            return here
        form = ExtendForm(request.POST or None, letter=letter, label_suffix="")
        if request.method == "POST" and form.is_valid() and self._extend(request, letter, form):
            return here
        context = {
            **self.admin_site.each_context(request),
            "title": _("Extend"),
            "opts": self.opts,
            "letter": letter,
            "form": form,
            "media": self.media + form.media,
        }
        template = "admin/signatures/letter/extend.html"
        return TemplateResponse(request, template, context, status=400 if form.errors else 200)

    def _extend(self, request: HttpRequest, letter: Letter, form: ExtendForm) -> bool:
        """Do it, and say so; return whether it could be done."""
        closes_at = form.cleaned_data["closes_at"]
        until = moments.moment_in(closes_at, letter.time_zone)
        try:
            with transaction.atomic():
                if extend(letter, closes_at, note=form.note(), actor=staff(request)):
                    self.log_change(
                        request, letter, _("Extended until %(time)s.") % {"time": until}
                    )
        except CannotExtend:  # somebody has changed it since the page was made
            form.add_error(None, _("Nothing was done: the letter has changed meanwhile."))
            return False
        told = _("Extended until %(time)s. Those who wait are written to.") % {"time": until}
        self.message_user(request, told, messages.SUCCESS)
        return True
