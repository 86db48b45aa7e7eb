"""The rows of an import as its pages show them: filtered, in pages, each with its choices."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from signatures.admin.decisions import described
from signatures.matching.lookalikes import lookalikes
from signatures.models.import_rows import Decision, ImportRow, Verdict
from signatures.models.imports import SignatoryImport
from signatures.models.organizations import Organization

ROWS_ON_A_PAGE = 100
UNDECIDED = "undecided"


@dataclass(frozen=True)
class Choice:
    """One thing that may become of a row."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Shown:
    """A row with what is said about it and what may become of it."""

    row: ImportRow
    meant: Organization | None
    reason: str
    withheld: bool
    """Whether its organisation asked, through a sign-on, not to be named."""
    disguised: str
    """Its look-alike letters from other scripts."""
    others: list[tuple[Organization, str]]
    choices: list[Choice]


class Preview:
    """The part of an import's rows that a request asks for."""

    def __init__(self, batch: SignatoryImport, query: QueryDict) -> None:
        self.batch = batch
        asked = query.get("verdict", "")
        self.verdict = asked if asked in {*Verdict.values, UNDECIDED} else ""
        counted: Any = batch.rows.order_by().values("verdict")
        self.numbers = {
            one["verdict"]: one
            for one in counted.annotate(
                rows=Count("pk"),
                undecided=Count("pk", filter=Q(decision="")),
                taken=Count("pk", filter=Q(decision__in=[Decision.NEW, Decision.KNOWN])),
                left=Count("pk", filter=Q(decision=Decision.LEAVE)),
            )
        }
        self.page: Page[ImportRow] = Paginator(self._rows(), ROWS_ON_A_PAGE).get_page(
            query.get("page")
        )

    def _rows(self) -> QuerySet[ImportRow]:
        rows = self.batch.rows.select_related("suggested", "organization").order_by("line")
        if self.verdict == UNDECIDED:
            return rows.undecided()
        return rows.filter(verdict=self.verdict) if self.verdict else rows

    def total(self, what: str) -> int:
        """Return the number of all rows, or of those undecided, taken or left."""
        return sum(one[what] for one in self.numbers.values())

    def tabs(self) -> list[dict[str, Any]]:
        """Return the verdicts that occur, with their numbers, as filters."""
        tabs = [
            ("", _("all"), self.total("rows")),
            (UNDECIDED, _("to be decided"), self.total("undecided")),
            *(
                (verdict.value, str(verdict.label), self.numbers.get(verdict, {}).get("rows", 0))
                for verdict in Verdict
            ),
        ]
        return [
            {
                "query_string": f"?verdict={value}" if value else "?",
                "display": label,
                "number": number,
                "selected": self.verdict == value,
                "calls": value in {UNDECIDED, Verdict.ERROR},
            }
            for value, label, number in tabs
            if number or not value
        ]

    def rows(self) -> list[Shown]:
        """Return the rows of the page."""
        rows = list(self.page.object_list)
        pks = {pk for row in rows for pk in _meant(row)}
        known = Organization.objects.in_bulk(list(pks))
        spared = self.batch.asked_not_to_be_named(rows)
        return [self._shown(row, known, withheld=row.line in spared) for row in rows]

    def _shown(self, row: ImportRow, known: dict[int, Organization], *, withheld: bool) -> Shown:
        meant = row.suggested
        about = {one["organization"]: one["reason"] for one in row.candidates}
        return Shown(
            row=row,
            meant=meant,
            reason=about.get(meant.pk, "") if meant else "",
            withheld=withheld,
            disguised=" ".join(lookalikes(row.name)),
            others=[
                (known[pk], reason)
                for pk, reason in about.items()
                if pk in known and (meant is None or pk != meant.pk)
            ],
            choices=self._choices(row, known),
        )

    def _choices(self, row: ImportRow, known: dict[int, Organization]) -> list[Choice]:
        if row.verdict == Verdict.ERROR:
            return []
        chosen = str(row.organization_id) if row.is_known else row.decision
        offered: list[tuple[str, str]] = []
        if self.batch.makes_signatures:
            offered += [
                (str(pk), _("as %(organization)s") % {"organization": described(known[pk])})
                for pk in _meant(row)
                if pk in known
            ]
            if not row.is_taken:
                offered.append((Decision.NEW, str(Decision.NEW.label)))
        else:
            offered.append((Decision.NEW, _("into the queue")))
        offered.append((Decision.LEAVE, str(Decision.LEAVE.label)))
        if chosen not in dict(offered):  # not decided, or for an organisation that is gone
            offered.insert(0, ("", _("— decide —")))
        return [Choice(value, label, value == chosen) for value, label in offered]

    def decided(self, data: QueryDict) -> dict[int, tuple[str, int | None]]:
        """Return what a form decides about rows of this page that was not decided so before."""
        changes: dict[int, tuple[str, int | None]] = {}
        for shown in self.rows():
            value = data.get(f"row-{shown.row.pk}")
            offered = {choice.value: choice.chosen for choice in shown.choices}
            if not value or value not in offered or offered[value]:
                continue
            if value in {Decision.NEW, Decision.LEAVE}:
                changes[shown.row.pk] = (value, None)
            else:
                changes[shown.row.pk] = (Decision.KNOWN, int(value))
        return changes

    def for_all(self) -> list[tuple[str, str]]:
        """Return what can be decided alike about all rows of the chosen verdict."""
        match self.verdict:
            case "" | "undecided" | "error":
                return []
            case _verdict if not self.batch.makes_signatures:
                offered = [("new", _("All into the queue"))]
            case "new" | "duplicate":
                offered = [("new", _("All as new organisations"))]
            case _known:
                offered = [
                    ("known", _("All as the known ones")),
                    ("new", _("All as new organisations")),
                ]
        return [*offered, ("leave", _("Leave all out"))]

    def unknown_countries(self) -> list[tuple[str, int]]:
        """Return the cells that name no known country, with the number of rows that have them."""
        rows = self.batch.rows.exclude(unknown_country="").order_by()
        counted: Any = rows.values("unknown_country").annotate(number=Count("pk"))
        return [(one["unknown_country"], one["number"]) for one in counted.order_by("-number")[:50]]


def _meant(row: ImportRow) -> list[int]:
    """Return the keys of the organisations that a row may mean, or does; some may be gone."""
    pks = [one["organization"] for one in row.candidates]
    return list(dict.fromkeys([*pks, *filter(None, [row.organization_id])]))
