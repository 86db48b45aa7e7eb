"""The way of a file: upload, columns, comparison, rows, commit; and what came of it."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
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
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_countries import countries

from signatures import moments
from signatures.admin.filters import ChoicesFilter
from signatures.admin.imports.forms import ColumnsForm, ReadingForm, UploadForm
from signatures.admin.imports.preview import ROWS_ON_A_PAGE, Preview
from signatures.analysis import NO_COUNTRY, analyse
from signatures.dates import Order
from signatures.models.import_rows import Decision, Verdict
from signatures.models.imports import NotAsShown, SignatoryImport
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature
from signatures.staging import Sheet, UnclearDates

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[SignatoryImport]
else:
    ModelAdmin = admin.ModelAdmin

Status = SignatoryImport.Status
LIST = "admin:signatures_signatoryimport_changelist"
TEMPLATES = "admin/signatures/signatoryimport"

_STAGED = frozenset({Status.UPLOADED, Status.ANALYSING, Status.READY})
_DECIDED = frozenset({Status.COMMITTED, Status.UNDONE})

STEPS = {
    "columns": (("GET", "HEAD", "POST"), _STAGED),
    "analysis": (("GET", "HEAD"), {Status.ANALYSING}),
    "rows": (("GET", "HEAD"), {Status.READY}),
    "decide": (("POST",), {Status.READY}),
    "countries": (("POST",), {Status.READY}),
    "commit": (("POST",), {Status.READY}),
    "undo": (("POST",), {Status.COMMITTED}),
    "discard": (("POST",), _STAGED),
    "done": (("GET", "HEAD"), _DECIDED),
}
"""Each is a method, and the last part of an address: how it is asked for, and when it can be."""


def at(step: str, batch: SignatoryImport) -> str:
    """Return the address of a step."""
    return reverse(f"admin:signatures_signatoryimport_{step}", args=[batch.pk])


def here(batch: SignatoryImport) -> str:
    """Return the address of the step at which an import is."""
    match batch.status:
        case Status.UPLOADED:
            return at("columns", batch)
        case Status.ANALYSING:
            return at("analysis", batch)
        case Status.READY:
            return at("rows", batch)
        case _decided:
            return at("done", batch)


@admin.register(SignatoryImport)
class SignatoryImportAdmin(ModelAdmin):
    """Imports: each step has a page; what changes something is a button."""

    list_display = ("file", "titles", "target", "provenance", "actor", "created_at", "status")
    list_display_links = None
    list_filter = (("status", ChoicesFilter), ("target", ChoicesFilter))
    list_select_related = ("actor",)
    search_fields = ("file_name", "provenance")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("discard_selected",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody by the stock page: what was imported stays on record; the rest is discarded."""
        return False

    def has_discard_permission(self, request: HttpRequest) -> bool:
        """Who may delete what was staged."""
        return request.user.has_perm("signatures.delete_signatoryimport")

    def may_commit(self, request: HttpRequest, batch: SignatoryImport) -> bool:
        """Whether somebody may do by import what it amounts to."""
        needed = "change_signature" if batch.makes_signatures else "add_signon"
        may_change = self.has_change_permission(request, batch)
        return may_change and request.user.has_perm(f"signatures.{needed}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignatoryImport]:
        """Without the files."""
        found = super().get_queryset(request).defer("content")
        return found.prefetch_related("letters__translations")

    @admin.display(description=gettext_lazy("file"), ordering="file_name")
    def file(self, batch: SignatoryImport) -> SafeString:
        """The file, with the way to where its import is."""
        return format_html('<a href="{}"><bdi>{}</bdi></a>', here(batch), batch.file_name)

    @admin.display(description=gettext_lazy("letters"))
    def titles(self, batch: SignatoryImport) -> SafeString:
        """The letters that it is for."""
        letters = ((str(letter),) for letter in batch.letters.all())
        return format_html_join("", '<span class="letter">{}</span>', letters)

    @admin.action(permissions=["discard"], description=gettext_lazy("Delete what was not imported"))
    def discard_selected(self, request: HttpRequest, queryset: QuerySet[SignatoryImport]) -> None:
        """Delete staged rows and files; what was imported stays on record."""
        staged = [batch for batch in queryset if batch.is_staged]
        for batch in staged:
            self._discard(request, batch)
        if not staged:
            said = _("All of these were imported, and stay on record.")
            self.message_user(request, said, messages.WARNING)

    def get_urls(self) -> list[Any]:
        """An address for each step."""
        view = self.admin_site.admin_view(self.step)
        return [
            *(
                path(
                    f"<int:pk>/{step}/",
                    view,
                    {"step": step},
                    name=f"signatures_signatoryimport_{step}",
                )
                for step in STEPS
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to the step at which it is."""
        batch = self.get_object(request, object_id)
        if batch is None:
            raise Http404
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        return HttpResponseRedirect(here(batch))

    def step(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Take one step, or show its page."""
        methods, statuses = STEPS[step]
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        batch = get_object_or_404(self.get_queryset(request), pk=pk)
        changes = request.method == "POST"
        if not (
            self.has_change_permission(request, batch)
            if changes
            else self.has_view_permission(request, batch)
        ):
            raise PermissionDenied
        if batch.status not in statuses:  # it is elsewhere by now, or not yet here
            return HttpResponseRedirect(here(batch))
        try:
            response: HttpResponse = getattr(self, f"_{step}")(request, batch)
        except NotAsShown:
            said = _("Nothing was done: this import has changed meanwhile. Please look again.")
            self.message_user(request, said, messages.WARNING)
            return HttpResponseRedirect(self._back(batch))
        return response

    def _back(self, batch: SignatoryImport) -> str:
        fresh = SignatoryImport.objects.defer("content").filter(pk=batch.pk).first()
        return here(fresh) if fresh else reverse(LIST)

    def _page(
        self,
        request: HttpRequest,
        name: str,
        batch: SignatoryImport | None,
        status: int = 200,
        **context: Any,
    ) -> HttpResponse:
        may_change = batch is not None and self.has_change_permission(request, batch)
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": batch.file_name if batch else _("Import a list"),
            "subtitle": None,
            "batch": batch,
            "letters": batch.letters.all() if batch else (),
            "may_change": may_change,
            "may_commit": batch is not None and self.may_commit(request, batch),
            "may_discard": may_change and self.has_discard_permission(request),
        }
        return TemplateResponse(
            request, f"{TEMPLATES}/{name}.html", shared | context, status=status
        )

    # Upload and columns

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Take a file."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        posted = request.method == "POST"
        form = UploadForm(request.POST, request.FILES) if posted else UploadForm()
        if form.is_valid():
            batch = form.save(_staff(request))
            self.log_addition(request, batch, _("Uploaded."))
            return HttpResponseRedirect(here(batch))
        return self._page(request, "upload", None, 400 if posted else 200, form=form)

    def _columns(self, request: HttpRequest, batch: SignatoryImport) -> HttpResponse:
        batch.refresh_from_db(fields=["content"])
        content = bytes(batch.content or b"")
        sheet = Sheet.read(content, batch.encoding, batch.header_rows)
        reading = ReadingForm(batch=batch)
        form = ColumnsForm(sheet=sheet, columns=batch.columns)
        if "read" in request.POST:
            reading = ReadingForm(request.POST, batch=batch)
            if reading.is_valid():
                reading.save()
                return HttpResponseRedirect(at("columns", batch))
        elif request.method == "POST":
            form = ColumnsForm(request.POST, sheet=sheet, columns=batch.columns)
            if example := request.POST.get("example", ""):
                form.ask_order(example[:40])
            if form.is_valid():
                try:
                    order = form.cleaned_data.get("order")
                    statements = sheet.statements(form.columns(), Order(order) if order else None)
                except UnclearDates as unclear:
                    form.ask_order(unclear.example)
                    return self._columns_page(request, batch, reading, form, unclear.example)
                if statements:
                    batch.stage(_number(request.POST.get("edition")), statements, form.columns())
                    return HttpResponseRedirect(at("analysis", batch))
                form.add_error(None, _("The columns that were chosen are empty."))
        return self._columns_page(request, batch, reading, form, request.POST.get("example", ""))

    def _columns_page(
        self,
        request: HttpRequest,
        batch: SignatoryImport,
        reading: ReadingForm,
        form: ColumnsForm,
        example: str,
    ) -> HttpResponse:
        status = 400 if reading.errors or form.errors else 200
        return self._page(
            request, "columns", batch, status, reading=reading, form=form, example=example[:40]
        )

    # Comparison

    def _analysis(self, request: HttpRequest, batch: SignatoryImport) -> HttpResponse:
        """Work for a second and tell how far it is; the page asks again until all is done.

        That it works on a GET harms nobody: it changes only what the import itself may forget,
        and a browser without scripts can go on by itself.
        """
        if self.has_change_permission(request, batch):
            analyse(batch)
            batch.refresh_from_db(fields=["status"])
        # The script that follows the progress goes on by itself.
        if batch.status != Status.ANALYSING and "progress" not in request.GET:
            return HttpResponseRedirect(here(batch))
        total = batch.rows.count()
        done = total - batch.rows.all().uncompared().count()
        return self._page(request, "analysis", batch, total=total, done=done)

    # Rows

    def _rows(self, request: HttpRequest, batch: SignatoryImport) -> HttpResponse:
        preview = Preview(batch, request.GET)
        return self._page(
            request,
            "rows",
            batch,
            preview=preview,
            rows=preview.rows(),
            tabs=preview.tabs(),
            taken=preview.total("taken"),
            left=preview.total("left"),
            undecided=preview.total("undecided"),
            unknown_countries=preview.unknown_countries(),
            no_country=NO_COUNTRY,
            countries=list(countries),
            page_range=preview.page.paginator.get_elided_page_range(preview.page.number),
        )

    def _decide(self, request: HttpRequest, batch: SignatoryImport) -> HttpResponse:
        """Record the decisions of one page of rows, or one decision for a whole verdict."""
        preview = Preview(batch, request.GET)
        edition = _number(request.POST.get("edition"))
        if (decision := request.POST.get("all", "")) and preview.verdict:
            if decision not in dict(preview.for_all()):
                raise NotAsShown
            done = batch.decide_all(edition, preview.verdict, decision)
        else:
            changes = preview.decided(request.POST)
            batch.decide(edition, changes)
            done = len(changes)
        said = ngettext("%(count)s row decided.", "%(count)s rows decided.", done)
        self.message_user(request, said % {"count": moments.number(done)}, messages.SUCCESS)
        query = request.GET.urlencode()
        return HttpResponseRedirect(f"{at('rows', batch)}?{query}" if query else at("rows", batch))

    def _countries(self, request: HttpRequest, batch: SignatoryImport) -> HttpResponse:
        """Take which countries the cells mean that name none we know."""
        unknown = Preview(batch, request.GET).unknown_countries()
        known = {code for code, _name in countries}
        chosen = {
            cell: code
            for number, (cell, _rows) in enumerate(unknown)
            if (code := request.POST.get(f"country-{number}", "")) in known
            and request.POST.get(f"cell-{number}") == cell
        }
        if chosen:
            batch.name_countries(_number(request.POST.get("edition")), chosen)
        return HttpResponseRedirect(here(batch))

    # Commit and what follows

    def _commit(self, request: HttpRequest, batch: SignatoryImport) -> HttpResponse:
        """Import the rows as decided, once."""
        if not self.may_commit(request, batch):
            raise PermissionDenied
        try:
            done = batch.commit(actor=_staff(request), edition=_number(request.POST.get("edition")))
        except NotAsShown:
            if not batch.recheck():
                raise
            said = _(
                "Nothing was imported yet: some of these organisations became known meanwhile. "
                "Please look at their rows again."
            )
            self.message_user(request, said, messages.WARNING)
            return HttpResponseRedirect(self._back(batch))
        if done:
            self.log_change(request, batch, _("Imported."))
        return HttpResponseRedirect(self._back(batch))

    def _done(self, request: HttpRequest, batch: SignatoryImport) -> HttpResponse:
        """Tell what came of an import, row by row."""
        rows = batch.rows.order_by("line").select_related("organization", "sign_on")
        made = rows.filter(decision__in=[Decision.NEW, Decision.KNOWN]).annotate(
            signed=Count("signatures")
        )
        page = Paginator(made, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
        brought = Signature.objects.filter(pk__in=batch.rows.values("signatures"))
        claims = SignOn.objects.filter(pk__in=batch.rows.values("sign_on"))
        errors = batch.rows.filter(verdict=Verdict.ERROR).count()
        return self._page(
            request,
            "done",
            batch,
            page=page,
            page_range=page.paginator.get_elided_page_range(page.number),
            listed=brought.current().count(),
            registered=batch.rows.filter(is_registered=True).count(),
            entered=claims.count(),
            waiting=claims.filter(status=SignOn.Status.PENDING).count(),
            stood=made.filter(signed=0).count() if batch.makes_signatures else 0,
            left=batch.rows.filter(decision=Decision.LEAVE).count() - errors,
            errors=errors,
        )

    def _undo(self, request: HttpRequest, batch: SignatoryImport) -> HttpResponse:
        """Take away what the import brought."""
        if not self.may_commit(request, batch):
            raise PermissionDenied
        if batch.undo(actor=_staff(request)):
            self.log_change(request, batch, _("Undone."))
            said = _("Undone: what this import had brought is gone.")
            self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(self._back(batch))

    def _discard(self, request: HttpRequest, batch: SignatoryImport) -> HttpResponse:
        """Delete what was staged."""
        if not self.has_discard_permission(request):
            raise PermissionDenied
        name = str(batch)
        self.log_deletions(request, SignatoryImport.objects.filter(pk=batch.pk).defer("content"))
        batch.discard()
        said = _("Deleted: %(file)s and all that was read from it.") % {"file": name}
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse(LIST))


def _staff(request: HttpRequest) -> User:
    """Return who acts; the admin's views admit nobody who is not logged in."""
    return cast("User", request.user)


def _number(text: str | None) -> int:
    """Return the edition that a form carries; one that is none matches no import."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1
