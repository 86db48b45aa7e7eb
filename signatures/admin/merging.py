"""Merging two organisations, taking a merge apart, and splitting a name off."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from signatures.admin.decisions import described
from signatures.admin.filters import ChosenRows, is_key
from signatures.admin.organization_page import likely, may_see_sign_ons
from signatures.models import merges, splits, unmerging
from signatures.models.merges import ChangedMeanwhile, OrganizationMerge
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.splits import OrganizationSplit

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Organization]
    SplitFormBase = forms.ModelForm[Organization]
else:
    ModelAdmin = admin.ModelAdmin
    SplitFormBase = forms.ModelForm

PAGE = "admin:signatures_organization_change"
MERGE = "admin:signatures_organization_merge"
FOUND = 20


class SplitForm(SplitFormBase):
    """Where the new organisation is based; its name is given."""

    class Meta:
        model = Organization
        fields: ClassVar = ("country",)


class MergingAdmin(ChosenRows, ModelAdmin):
    """The steps that make one organisation of two, or two of one; each GET only shows."""

    choose_template = "admin/signatures/organization/choose.html"
    merge_template = "admin/signatures/organization/merge.html"
    undo_template = "admin/signatures/organization/undo.html"
    split_template = "admin/signatures/organization/split.html"

    def get_urls(self) -> list[Any]:
        """Every step has an address of its own."""
        steps = {
            "merge": ("<int:pk>/merge/", self.merge),
            "undo_merge": ("merges/<int:pk>/undo/", self.undo_merge),
            "split": ("names/<int:pk>/split/", self.split),
        }
        return [
            *(
                path(route, self._step(view), name=f"signatures_organization_{step}")
                for step, (route, view) in steps.items()
            ),
            *super().get_urls(),
        ]

    def _step(self, view: Any) -> Any:
        def permitted(request: HttpRequest, pk: int) -> HttpResponse:
            if request.method not in {"GET", "HEAD", "POST"}:
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            if not self.has_change_permission(request):
                raise PermissionDenied
            response: HttpResponse = view(request, pk)
            return response

        return self.admin_site.admin_view(permitted)

    def _show(
        self, request: HttpRequest, template: str, status: int = 200, **context: Any
    ) -> HttpResponse:
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "may_see_sign_ons": may_see_sign_ons(request),
            **context,
        }
        return TemplateResponse(request, template, shown, status=status)

    def _changed(self, request: HttpRequest) -> None:
        told = _("Nothing was done: something has changed meanwhile. This is how it is now.")
        self.message_user(request, told, messages.WARNING)

    # Merging

    def merge(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose the other organisation, see what merging it into this one means, and do it."""
        kept = get_object_or_404(Organization.objects.select_related("parent"), pk=pk)
        sent = request.POST if request.method == "POST" else request.GET
        removed = self._other(kept, sent.get("with", ""))
        if removed is None:
            if "with" in sent:
                told = _("There is no such other organisation, or it has been merged meanwhile.")
                self.message_user(request, told, messages.WARNING)
                return HttpResponseRedirect(reverse(MERGE, args=[pk]))
            return self._choose(request, kept)
        if request.method == "POST":
            try:
                return self._merge(request, kept, removed)
            except ChangedMeanwhile:
                self._changed(request)
                here = reverse(MERGE, args=[pk], query={"with": removed.pk})
                return HttpResponseRedirect(here)
        return self._show(
            request,
            self.merge_template,
            title=_("Merge two organisations"),
            plan=merges.plan(kept, removed),
        )

    def _other(self, organization: Organization, key: str) -> Organization | None:
        if not is_key(key):
            return None
        others = Organization.objects.exclude(pk=organization.pk).select_related("parent")
        return others.filter(pk=key).first()

    def _choose(self, request: HttpRequest, kept: Organization) -> HttpResponse:
        query = request.GET.get("q", "").strip()
        found: list[Organization] = []
        if query:
            others = Organization.objects.exclude(pk=kept.pk).order_by("key", "pk")
            matching, _may_repeat = self.get_search_results(request, others, query)
            found = list(matching[: FOUND + 1])
        return self._show(
            request,
            self.choose_template,
            title=_("Merge with another organisation"),
            organization=kept,
            likely=likely(kept),
            query=query,
            found=found[:FOUND],
            more=len(found) > FOUND,
        )

    @transaction.atomic
    def _merge(
        self, request: HttpRequest, kept: Organization, removed: Organization
    ) -> HttpResponse:
        key, seen = removed.pk, request.POST.get("seen", "")
        done = OrganizationMerge.objects.merge(kept, removed, actor=_staff(request), seen=seen)
        names = {"kept": described(kept), "removed": described(removed)}
        removed.pk = key
        self.log_change(request, kept, _("“%(removed)s” was merged into it.") % names)
        self.log_change(request, removed, _("Merged into “%(kept)s”.") % names)
        said = format_html(
            '{} <a href="{}">{}</a>',
            _("Merged: “%(removed)s” is now “%(kept)s”.") % names,
            reverse("admin:signatures_organization_undo_merge", args=[done.pk]),
            _("Undo…"),
        )
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse(PAGE, args=[kept.pk]))

    def undo_merge(self, request: HttpRequest, pk: int) -> HttpResponse:
        """See what taking a merge apart means, and do it."""
        done = get_object_or_404(OrganizationMerge, pk=pk)
        if request.method == "POST":
            try:
                return self._undo(request, done)
            except ChangedMeanwhile:
                self._changed(request)
                return HttpResponseRedirect(request.path)
        return self._show(
            request,
            self.undo_template,
            title=_("Undo the merge"),
            plan=unmerging.plan(done),
        )

    @transaction.atomic
    def _undo(self, request: HttpRequest, done: OrganizationMerge) -> HttpResponse:
        seen = request.POST.get("seen", "")
        undone = unmerging.undo(done, actor=_staff(request), seen=seen)
        organization, kept = undone.organization, undone.kept
        assert kept is not None
        names = {"kept": described(kept), "removed": described(organization)}
        self.log_change(request, kept, _("Merge with “%(removed)s” undone.") % names)
        self.log_change(request, organization, _("Merge into “%(kept)s” undone.") % names)
        said = format_html(
            '{} <a href="{}">{}</a>',
            _("Undone: “%(removed)s” is an organisation of its own again.") % names,
            reverse(PAGE, args=[kept.pk]),
            _("To “%(kept)s”") % names,
        )
        self.message_user(request, said, messages.SUCCESS)
        for note in undone.notes:
            self.message_user(request, note, messages.WARNING)
        return HttpResponseRedirect(reverse(PAGE, args=[organization.pk]))

    # Splitting

    def split(self, request: HttpRequest, pk: int) -> HttpResponse:
        """See what could go along with a name that becomes an organisation, and do it."""
        record = get_object_or_404(OrganizationName.objects.select_related("organization"), pk=pk)
        if not splits.can_be_split_off(record):
            told = _(
                "“%(name)s” cannot be split off: it is too long, or one of the names that the "
                "organisation gives itself. Change those first."
            )
            self.message_user(request, told % {"name": record}, messages.WARNING)
            return HttpResponseRedirect(reverse(PAGE, args=[record.organization_id]))
        planned = splits.plan(record)
        ticked = [one.ticket for one in planned.portions if one.bears_the_name]
        new = Organization(official_name=record.name, country=planned.country)
        if request.method != "POST":
            return self._show_split(request, planned, SplitForm(instance=new), ticked)
        form = SplitForm(request.POST, instance=new)
        ticked = request.POST.getlist("along")
        try:
            if form.is_valid():
                return self._split(request, record, form, ticked)
        except IntegrityError:
            form.add_error(None, _("Meanwhile an organisation of this name was registered."))
        except ChangedMeanwhile:
            self._changed(request)
            fresh = OrganizationName.objects.select_related("organization").filter(pk=pk).first()
            if fresh is None or not splits.can_be_split_off(fresh):
                return HttpResponseRedirect(reverse(PAGE, args=[record.organization_id]))
            planned = splits.plan(fresh)
        return self._show_split(request, planned, form, ticked, status=400)

    def _show_split(
        self,
        request: HttpRequest,
        planned: splits.SplitPlan,
        form: SplitForm,
        ticked: list[str],
        status: int = 200,
    ) -> HttpResponse:
        return self._show(
            request,
            self.split_template,
            status,
            title=_("Make a name an organisation of its own"),
            plan=planned,
            form=form,
            portions=[(portion, portion.ticket in ticked) for portion in planned.portions],
        )

    @transaction.atomic
    def _split(
        self, request: HttpRequest, record: OrganizationName, form: SplitForm, ticked: list[str]
    ) -> HttpResponse:
        origin = record.organization
        done = OrganizationSplit.objects.split_off(
            record,
            country=form.cleaned_data["country"],
            tickets=ticked,
            actor=_staff(request),
            seen=request.POST.get("seen", ""),
        )
        names = {"origin": described(origin), "created": described(done.created)}
        self.log_change(request, origin, _("“%(created)s” was split off.") % names)
        self.log_addition(request, done.created, _("Split off “%(origin)s”.") % names)
        back = reverse(MERGE, args=[origin.pk], query={"with": done.created_id})
        said = format_html(
            '{} <a href="{}">{}</a> · <a href="{}">{}</a>',
            _("Split off: “%(created)s” is an organisation of its own.") % names,
            reverse(PAGE, args=[origin.pk]),
            _("To “%(origin)s”") % names,
            back,
            _("Merge them again…"),
        )
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse(PAGE, args=[done.created_id]))


def _staff(request: HttpRequest) -> User:
    """Return who acts; the admin's views admit nobody who is not logged in."""
    return cast("User", request.user)
