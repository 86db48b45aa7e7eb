"""The way from a document to draft letters: handed in, corrected, saved."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from signatures import moments
from signatures.admin.documents.forms import Correction, DocumentForm
from signatures.models import drafting
from signatures.models.drafting import NotStorable
from signatures.models.imports import SignatoryImport
from signatures.models.letters import Letter

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    Base = ModelAdmin[Letter]
else:
    Base = object

LIST = "admin:signatures_letter_changelist"
_TEMPLATES = "admin/signatures/letter/document"


class FromDocument(Base):
    """Mixin: letters come in from documents as well."""

    def get_urls(self) -> list[Any]:
        """One address: what is recognised travels in the form, and nothing is stored meanwhile."""
        view = self.admin_site.admin_view(self.from_document)
        return [
            path("from-document/", view, name="signatures_letter_from_document"),
            *super().get_urls(),
        ]

    def from_document(self, request: HttpRequest) -> HttpResponse:
        """Take a document, show what was recognised in it, and save what the editor agrees to."""
        if request.method not in {"GET", "HEAD", "POST"}:
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._document_page(request, "ask", form=DocumentForm())
        if "save" in request.POST:
            return self._save_document(request)
        form = DocumentForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._document_page(request, "ask", 400, form=form)
        file = form.cleaned_data["file"]
        source = file.name if file else _("a pasted text")
        correction = Correction.of(form.drafts, source)
        return self._document_page(request, "correct", correction=correction)

    def _save_document(self, request: HttpRequest) -> HttpResponse:
        correction = Correction.posted(request.POST)
        if not correction.is_valid():
            return self._document_page(request, "correct", 400, correction=correction)
        try:
            letters, batches = self._store(request, correction)
        except NotStorable as error:
            for said in error.messages:
                correction.together.add_error(None, said)
            return self._document_page(request, "correct", 400, correction=correction)
        count = len(letters)
        said = ngettext("%(count)s draft saved.", "%(count)s drafts saved.", count)
        self.message_user(request, said % {"count": moments.number(count)}, messages.SUCCESS)
        for batch in batches:
            address = reverse("admin:signatures_signatoryimport_change", args=[batch.pk])
            link = format_html('<a href="{}">{}</a>', address, _("Look through the signatories"))
            self.message_user(request, link, messages.INFO)
        if count == 1:
            page = reverse("admin:signatures_letter_change", args=[letters[0].pk])
            return HttpResponseRedirect(page)
        return HttpResponseRedirect(reverse(LIST))

    @transaction.atomic
    def _store(
        self, request: HttpRequest, correction: Correction
    ) -> tuple[list[Letter], list[SignatoryImport]]:
        drafts = correction.drafts()
        chosen = correction.together.cleaned_data
        campaign = chosen["campaign"]
        if title := chosen["new_campaign"]:
            campaign = drafting.new_campaign(title, drafts[0].language)
        letters = drafting.store(drafts, campaign)
        for letter in letters:
            self.log_addition(request, letter, _("From a document."))
        actor = cast("User", request.user)
        if not actor.has_perm("signatures.add_signatoryimport"):
            return letters, []
        provenance = correction.source or _("a document")
        return letters, drafting.stage_signatories(
            letters, drafts, actor=actor, provenance=provenance
        )

    def _document_page(
        self, request: HttpRequest, name: str, status: int = 200, **context: Any
    ) -> HttpResponse:
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Letters from a document"),
            "subtitle": None,
        }
        return TemplateResponse(
            request, f"{_TEMPLATES}/{name}.html", shared | context, status=status
        )
