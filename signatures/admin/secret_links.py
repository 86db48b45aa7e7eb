"""The secret links of a letter: made, copied again and revoked by whoever may change it."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signatures.admin.filters import is_key
from signatures.admin.originals import OriginalAdmin
from signatures.admin.queue import staff
from signatures.forms import LineField
from signatures.models.letters import Letter, LetterQuerySet
from signatures.models.secret_links import SecretLink
from signatures.models.translated import read_translated

LINKS = "admin:signatures_letter_links"


def may_have_links(letter: Letter) -> LetterQuerySet:
    """Return the letters that a link made at `letter` may lead to: of its campaign, not public."""
    together = Letter.objects.issued_with(letter.slug)
    return together.exclude(pk__in=together.published()).exclude(status=Letter.Status.CLOSED)


class LinkForm(forms.ModelForm):  # type: ignore[type-arg]
    """For whom a link is, and where it leads."""

    name = LineField(
        label=gettext_lazy("For whom"),
        max_length=100,
        help_text=SecretLink._meta.get_field("name").help_text,
        widget=forms.TextInput(attrs={"class": "vTextField", "dir": "auto"}),
        error_messages={"required": gettext_lazy("Say for whom it is, so that you know it again.")},
    )

    class Meta:
        model = SecretLink
        fields = ("name", "letters", "for_initiators")
        widgets = {"letters": forms.CheckboxSelectMultiple}  # noqa: RUF012  as Django has it
        error_messages = {  # noqa: RUF012
            "letters": {"required": gettext_lazy("Tick at least one letter.")}
        }

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelMultipleChoiceField[Letter]", self.fields["letters"])
        field.queryset = may_have_links(letter)
        offered = read_translated(field.queryset.order_by("pk"))
        field.choices = [(one.pk, str(one)) for one in offered]
        field.initial = [one.pk for one in offered]

    def make(self, actor: User) -> SecretLink:
        """Make the link that was asked for."""
        return SecretLink.objects.make(
            self.cleaned_data["letters"],
            name=self.cleaned_data["name"],
            for_initiators=self.cleaned_data["for_initiators"],
            actor=actor,
        )


class SecretLinkAdmin(OriginalAdmin):
    """Letters, and the page of their secret links."""

    def get_urls(self) -> list[Any]:
        """One page."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/links/", view(self.links), name="signatures_letter_links"),
            *super().get_urls(),
        ]

    def links(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List the links of a letter; make one, or revoke one."""
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        letter = get_object_or_404(Letter, pk=pk)
        if not self.has_change_permission(request, letter):
            raise PermissionDenied
        here = HttpResponseRedirect(reverse(LINKS, args=[pk]))
        if "revoke" in request.POST:
            self._revoke(request, letter, request.POST["revoke"])
            return here
        form = LinkForm(request.POST or None, letter=letter, label_suffix="")
        if request.method == "POST" and form.is_valid():
            with transaction.atomic():
                link = form.make(staff(request))
                self.log_change(request, letter, _("Made a secret link."))
            told = _("Made: the link for %(name)s. Copy it below.") % {"name": link.name}
            self.message_user(request, told, messages.SUCCESS)
            return here
        links = letter.secret_links.select_related("made_by")
        links = links.prefetch_related("letters__translations")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Secret links"),
            "opts": self.opts,
            "letter": letter,
            "links": [
                (link, settings.SITE_URL + link.get_absolute_url() if link.token else "")
                for link in sorted(links, key=lambda one: (one.revoked_at is not None, -one.pk))
            ],
            "form": form if may_have_links(letter).filter(pk=pk).exists() else None,
        }
        status = 400 if form.errors else 200
        template = "admin/signatures/letter/links.html"
        return TemplateResponse(request, template, context, status=status)

    def _revoke(self, request: HttpRequest, letter: Letter, key: str) -> None:
        link = letter.secret_links.filter(pk=key).first() if is_key(key) else None
        with transaction.atomic():
            if link is None or not link.revoke():
                told = _("Nothing was done: there is no such link any more.")
                self.message_user(request, told, messages.WARNING)
                return
            self.log_change(request, letter, _("Revoked a secret link."))
        told = _("Revoked: the link for %(name)s leads nowhere any more.") % {"name": link.name}
        self.message_user(request, told, messages.SUCCESS)
