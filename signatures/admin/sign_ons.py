"""The moderation desk: one sign-on and the decision about it, entries from paper."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from signatures.admin import decisions, evidence
from signatures.admin.bulk import BulkAdmin
from signatures.admin.decisions import DecidedMeanwhile, Decision
from signatures.admin.entry import EntryForm
from signatures.admin.queue import QUEUE, staff, stands
from signatures.models.corrections import Correction
from signatures.models.letters import Letter
from signatures.models.sign_ons import SignOn

Status = SignOn.Status
PAGE = "admin:signatures_signon_change"

OPEN_STEPS = {
    Status.PENDING: ("approve", "reject", "withdraw"),
    Status.APPROVED: ("reopen", "withdraw"),
    Status.REJECTED: ("reopen",),
    Status.UNCONFIRMED: ("withdraw",),
    Status.WITHDRAWN: (),
}
"""Which decisions the page of a sign-on offers."""


@admin.register(SignOn)
class SignOnAdmin(BulkAdmin):
    """Sign-ons: read as a queue, decided through the model's verbs, never edited."""

    page_template = "admin/signatures/signon/page.html"
    entry_template = "admin/signatures/signon/enter.html"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: the history would go with it. Retention is another thing, done elsewhere."""
        return False

    def get_urls(self) -> list[Any]:
        """Every decision has an address of its own."""
        view = self.admin_site.admin_view
        return [
            *(
                path(
                    f"<int:pk>/{step}/",
                    view(self.decide),
                    {"step": step},
                    name=f"signatures_signon_{step}",
                )
                for step in decisions.DECISIONS
            ),
            *super().get_urls(),
        ]

    # One sign-on

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The evidence for one sign-on, and the decisions open to it."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        sign_on = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, sign_on):
            raise PermissionDenied
        if sign_on is None:
            raise Http404
        return self._page(request, sign_on)

    def decide(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Take one decision, then show what waits next."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request):
            raise PermissionDenied
        sign_on = get_object_or_404(SignOn, pk=pk)
        form = self._form(step, sign_on, request.POST)
        here = reverse(PAGE, args=[pk])
        if not form.is_valid():
            if any(field.errors for field in form.hidden_fields()):
                changed = _("Nothing was done: this has changed meanwhile. Please look again.")
                self.message_user(request, changed, messages.WARNING)
                return HttpResponseRedirect(here)
            return self._page(request, sign_on, bound={step: form})
        try:
            done = form.take(staff(request))
        except DecidedMeanwhile as faster:
            self.message_user(request, str(faster), messages.WARNING)
            return HttpResponseRedirect(here)
        more = _("Look at it, or undo") if step in {"approve", "reject"} else _("Look at it")
        linked = format_html('{} <a href="{}">{}</a>', done, here, more)
        self.message_user(request, linked, messages.SUCCESS)
        return HttpResponseRedirect(here if step == "reopen" else self._next(sign_on))

    def _form(self, step: str, sign_on: SignOn, data: Any = None) -> Decision:
        if step == "approve":
            matches = evidence.exact_matches([sign_on])[sign_on.pk]
            return decisions.Approve(data, sign_on=sign_on, matches=matches)
        return decisions.DECISIONS[step](data, sign_on=sign_on)

    def _next(self, decided: SignOn) -> str:
        """Where to go on: what was confirmed next, else the oldest, else the empty queue."""
        queue = SignOn.objects.queue().exclude(pk=decided.pk)
        since = decided.confirmed_at or decided.created_at
        follows = queue.filter(confirmed_at__gte=since).first() or queue.first()
        return reverse(PAGE, args=[follows.pk]) if follows else reverse(QUEUE)

    def _page(
        self, request: HttpRequest, sign_on: SignOn, bound: dict[str, Decision] | None = None
    ) -> HttpResponse:
        may = self.has_change_permission(request)
        correction = sign_on.corrections.open().first()
        steps = OPEN_STEPS[Status(sign_on.status)] if may else ()
        if may and correction:
            steps = (*steps, "correction")
        forms_by_step = {step: self._form(step, sign_on) for step in steps} | (bound or {})
        matches = evidence.exact_matches([sign_on])[sign_on.pk]
        rows = evidence.listed_by(sign_on)
        letters = list(
            Letter.objects.filter(pk__in=rows)
            .order_by("pk")
            .prefetch_related("translations", "addressees__translations")
        )
        context = {
            **self._context(request),
            "title": sign_on.listed_name,
            "subtitle": None,
            "sign_on": sign_on,
            "age": evidence.age_mark(
                sign_on.confirmed_at or sign_on.created_at,
                waiting=sign_on.status == Status.PENDING,
            ),
            "letters": [(letter, rows[letter.pk].signature_id) for letter in letters],
            "matches": [(match, stands(match, len(rows))) for match in matches],
            "domains_agree": evidence.domains_agree(sign_on),
            "others": evidence.claims_of_the_same(sign_on)[:20],
            "events": sign_on.events.select_related("actor"),
            "mails": sign_on.mails.order_by("created_at"),
            "correction": correction,
            "changes": self._changes(sign_on, correction) if correction else [],
            "forms": forms_by_step,
            "queue": evidence.next_in_queue(),
            "media": sum((form.media for form in forms_by_step.values()), self.media),
        }
        return TemplateResponse(request, self.page_template, context, status=400 if bound else 200)

    def _changes(self, sign_on: SignOn, correction: Correction) -> list[dict[str, Any]]:
        return [
            {
                "label": Correction._meta.get_field(field).verbose_name,  # type: ignore[union-attr]
                "old": getattr(sign_on, field),
                "new": getattr(correction, field),
                "changed": getattr(sign_on, field) != getattr(correction, field),
            }
            for field in SignOn.LISTED
        ]

    # Entered by staff

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Enter a sign-on that came on paper or by mail; its page shows it ready to approve."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = EntryForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            sign_on = form.enter(staff(request))
            entered = _("Entered. It waits for review like any other sign-on.")
            self.message_user(request, entered, messages.SUCCESS)
            return HttpResponseRedirect(reverse(PAGE, args=[sign_on.pk]))
        context = {
            **self._context(request),
            "title": _("Enter a sign-on received on paper or by mail"),
            "form": form,
            # Made for a ModelForm; a plain form has all that it asks for.
            "fieldsets": helpers.AdminForm(
                cast("Any", form), EntryForm.FIELDSETS, {}, model_admin=self
            ),
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, self.entry_template, context, status=status)
