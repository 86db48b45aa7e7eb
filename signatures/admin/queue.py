"""The queue: sign-ons as rows, with the evidence for each."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from signatures import names
from signatures.admin import evidence
from signatures.admin.evidence import Match
from signatures.admin.filters import (
    ChosenRows,
    CountryFilter,
    LetterFilter,
    SourceFilter,
    all_letters,
    country_choices,
)
from signatures.models.corrections import Correction
from signatures.models.flags import Flag
from signatures.models.sign_ons import SignOn

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[SignOn]
else:
    ModelAdmin = admin.ModelAdmin

Status = SignOn.Status
QUEUE = "admin:signatures_signon_changelist"
CORRECTIONS = "corrections"
ALL = "all"


def tally(request: HttpRequest) -> list[dict[str, Any]]:
    """Return by status and country how many sign-ons there are, and since when.

    Read once for each request.
    """
    rows: list[dict[str, Any]] | None = getattr(request, "_tally", None)
    if rows is None:
        rows = _counted(SignOn.objects.all())
        request._tally = rows  # type: ignore[attr-defined]
    return rows


def _counted(sign_ons: QuerySet[SignOn]) -> list[dict[str, Any]]:
    groups: Any = sign_ons.order_by().values("status", "country")
    return list(groups.annotate(number=Count("*"), oldest=Min("confirmed_at")))


def waiting(request: HttpRequest) -> dict[str, Any]:
    """Return how many sign-ons and corrections wait, and since when, read once for each request."""
    found: dict[str, Any] | None = getattr(request, "_waiting", None)
    if found is None:
        # Other pages than the queue need no more than this of the tally.
        rows = getattr(request, "_tally", None) or _counted(SignOn.objects.queue())
        pending = [row for row in rows if row["status"] == Status.PENDING]
        found = {
            "number": sum(row["number"] for row in pending),
            "oldest": min((row["oldest"] for row in pending if row["oldest"]), default=None),
            "corrections": Correction.objects.open().count(),
        }
        request._waiting = found  # type: ignore[attr-defined]
    return found


class StatusFilter(admin.SimpleListFilter):
    """The state of a sign-on, as tabs; without a choice, what waits for review."""

    title = gettext_lazy("status")
    parameter_name = "status"
    template = "admin/signatures/tabs.html"

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, Any]]:
        """Every state with its number, and the corrections that wait."""
        count = dict.fromkeys(Status.values, 0)
        for row in tally(request):
            count[row["status"]] += row["number"]
        corrections = waiting(request)["corrections"]
        order = [
            Status.PENDING,
            Status.APPROVED,
            Status.REJECTED,
            Status.WITHDRAWN,
            Status.UNCONFIRMED,
        ]
        tabs: list[tuple[str, Any]] = [(status, (status.label, count[status])) for status in order]
        tabs.insert(1, (CORRECTIONS, (_("corrections waiting"), corrections)))
        return [*tabs, (ALL, (_("all"), sum(count.values())))]

    def value(self) -> str:
        """The chosen tab."""
        chosen = super().value()
        return chosen if chosen in {*Status.values, CORRECTIONS, ALL} else Status.PENDING

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave out the sign-ons of other tabs."""
        match self.value():
            case "all":
                return queryset
            case "corrections":
                return queryset.filter(correction_waits=True)
            case status:
                return queryset.filter(status=status)

    def choices(self, changelist: ChangeList) -> Any:
        """The tabs."""
        tabs: list[Any] = self.lookup_choices
        for value, (label, number) in tabs:
            default = value == Status.PENDING
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string(
                    {} if default else {self.parameter_name: value},
                    [self.parameter_name],
                ),
                "display": label,
                "number": number,
                "calls": value == CORRECTIONS and number,
            }


class SignOnLetterFilter(LetterFilter):
    """Sign-ons of one letter."""

    path = "letter_rows__letter"


class SignOnCountryFilter(CountryFilter):
    """Sign-ons from one country."""

    def lookups(
        self, request: HttpRequest, model_admin: "admin.ModelAdmin[Any]"
    ) -> list[tuple[str, str]]:
        """The countries that occur."""
        return country_choices(row["country"] for row in tally(request))


class Queue(ChangeList):
    """One page of sign-ons, with the evidence for all of them read at once."""

    def get_results(self, request: HttpRequest) -> None:
        """Read the page."""
        super().get_results(request)
        rows: Any = list(evidence.with_letter_rows(self.result_list))
        matches = evidence.exact_matches(rows)
        for row in rows:
            row.matches = matches[row.pk]
            row.titles = titles(request, row)
        self.result_list = rows


class QueueAdmin(ChosenRows, ModelAdmin):
    """How sign-ons are listed, filtered and found."""

    list_display = (
        "waiting",
        "organisation",
        "country",
        "web",
        "mail_domain",
        "for_letters",
        "known",
    )
    list_display_links = ("organisation",)
    list_filter = (StatusFilter, SignOnLetterFilter, SignOnCountryFilter, SourceFilter)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    search_fields = ("key",)

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "has_view_permission": self.has_view_permission(request),
        }

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Read evidence with every page."""
        return Queue

    def get_paginator(
        self, request: HttpRequest, queryset: Any, per_page: int, *args: Any, **kwargs: Any
    ) -> "Paginator[SignOn]":
        """Do not count again what the tabs have counted."""
        paginator = super().get_paginator(request, queryset, per_page, *args, **kwargs)
        if set(request.GET) <= {PAGE_VAR}:
            paginator.count = waiting(request)["number"]
        return paginator

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignOn]:
        """Know of each sign-on whether a correction waits."""
        corrections = Correction.objects.open().filter(sign_on=OuterRef("pk"))
        return super().get_queryset(request).annotate(correction_waits=Exists(corrections))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """What waits, oldest first; what is settled, newest first."""
        waiting = request.GET.get("status", Status.PENDING) in {Status.PENDING, CORRECTIONS}
        return ("confirmed_at", "pk") if waiting else ("-created_at", "-pk")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """The state matters where it is not the same for every row."""
        columns = tuple(self.list_display)
        if request.GET.get("status", Status.PENDING) == Status.PENDING:
            return columns
        return (columns[0], "status", *columns[1:])

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[SignOn], search_term: str
    ) -> tuple[QuerySet[SignOn], bool]:
        """Find by any of the claimed names, whatever the accents and the case.

        Or by what is known by its hash alone: the contact's whole address, and the whole of a
        name that is withheld.
        """
        words = search_term.split()
        for address in filter(_is_address, words):
            queryset = queryset.from_address(address)  # type: ignore[attr-defined]
        named = [word for word in words if not _is_address(word)]
        if not named:
            return queryset, False
        found = Q(withhold_name=False)  # what is sealed holds any letters
        for word in named:
            stated = Q(local_name__icontains=word) | Q(acronym__icontains=word)
            if folded := names.fold(word).split():
                stated |= Q(*(("key__contains", part) for part in folded))
            found &= stated
        withheld = SignOn.objects.filter(withhold_name=True).stating(" ".join(named))
        return queryset.filter(found | Q(pk__in=withheld.values("pk"))), False

    @admin.display(description=gettext_lazy("age"))
    def waiting(self, sign_on: Any) -> SafeString:
        """Age, and whether a correction waits."""
        pending = sign_on.status == Status.PENDING
        age = evidence.age_mark(sign_on.confirmed_at or sign_on.created_at, waiting=pending)
        if not sign_on.correction_waits:
            return age
        return format_html('{} <span class="chip warn">{}</span>', age, _("correction waiting"))

    @admin.display(description=gettext_lazy("organisation, as it will be listed"))
    def organisation(self, sign_on: SignOn) -> SafeString:
        """The name as listed, and the local one."""
        name = format_html("<bdi>{}</bdi>", sign_on.listed_name)
        if sign_on.status == Status.UNCONFIRMED and Flag.HELD in sign_on.flags:
            name = format_html('{} <span class="chip warn">{}</span>', name, _("held"))
        if sign_on.withhold_name:
            return format_html('{} <span class="chip warn">{}</span>', name, _("name withheld"))
        if not sign_on.local_name:
            return name
        return format_html('{} <bdi class="local">{}</bdi>', name, sign_on.local_name)

    @admin.display(description=gettext_lazy("website"))
    def web(self, sign_on: SignOn) -> str:
        """The host, as a link that tells nobody where it was followed."""
        return evidence.link(sign_on.website)

    @admin.display(description=gettext_lazy("e-mail domain"))
    def mail_domain(self, sign_on: SignOn) -> str:
        """The domain, and whether it is the website's."""
        agree = evidence.domains_agree(sign_on)
        if agree is None:
            return sign_on.email_domain or "–"
        return format_html(
            '{} <span class="chip {}">{}</span>',
            sign_on.email_domain,
            "good" if agree else "warn",
            pgettext("a domain", "same") if agree else _("differs"),
        )

    @admin.display(description=gettext_lazy("letters"))
    def for_letters(self, sign_on: Any) -> SafeString:
        """The titles, cut short."""
        return format_html_join(
            "",
            '<span class="letter" dir="auto" title="{}">{}</span>',
            ((title, title) for title in sign_on.titles),
        )

    @admin.display(description=gettext_lazy("known by this name"))
    def known(self, sign_on: Any) -> SafeString:
        """The exact matches, their country, and where they stand already."""
        if not sign_on.matches:
            return format_html('<span class="quiet">{}</span>', _("no exact match"))
        return format_html_join(
            "",
            '<span class="match"><bdi>{}</bdi> <span class="chip {}">{}</span>{}</span>',
            (
                (
                    match.organization.official_name,
                    "good" if match.may_be_it else "warn",
                    match.organization.country.name or _("country unknown"),
                    _listed_chip(match, len(sign_on.titles)),
                )
                for match in sign_on.matches
            ),
        )


def _is_address(word: str) -> bool:
    return "@" in word


def titles(request: HttpRequest, sign_on: SignOn) -> list[str]:
    """Return the titles of the letters that a claim, read with its `letter_rows`, is about."""
    letters = all_letters(request)
    return [str(letters[row.letter_id]) for row in sign_on.letter_rows.all()]


def name_letters(request: HttpRequest, sign_ons: Iterable[Any]) -> list[str]:
    """Note the titles of each one's letters; return those that need to be said only once.

    Sign-ons of one campaign mostly share their letters; to repeat two long titles a thousand
    times hides what differs.
    """
    for sign_on in sign_ons:
        sign_on.titles = titles(request, sign_on)
    first, *others = {tuple(sign_on.titles) for sign_on in sign_ons} or {()}
    if others:
        return []
    for sign_on in sign_ons:
        sign_on.titles = []
    return list(first)


def staff(request: HttpRequest) -> User:
    """Return who acts; the admin's views admit nobody who is not logged in."""
    return cast("User", request.user)


def stands(match: Match, letters: int) -> str:
    """Say under how many of the claim's letters a known organisation stands already."""
    if not match.stands_under:
        return ""
    if len(match.stands_under) == letters:
        return _("listed already")
    return ngettext(
        "listed under %(count)s of %(all)s letter",
        "listed under %(count)s of %(all)s letters",
        letters,
    ) % {"count": len(match.stands_under), "all": letters}


def _listed_chip(match: Match, letters: int) -> SafeString | str:
    words = stands(match, letters)
    return format_html(' <span class="chip">{}</span>', words) if words else ""
