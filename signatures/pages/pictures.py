"""What the pictures of a letter show: how its list grew, and where the names on it come from.

Both are drawn from the names that are listed, by the day on which each signed (`signed_on`, which
the table to download has as well) and by its country. So they say nothing that the list does not:
an organisation whose name is withheld is in no picture, nor does the difference of two pictures
tell when it came, or from where. Who has withdrawn is in none of them either, as if they had never
signed. Nothing depends on the clock: the last day is that of the last signature.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, Count, DateField, Value
from django_countries import countries

from signatures import charts
from signatures.charts import Step
from signatures.models.letters import Letter
from signatures.models.signatures import Signature

PICTURED = 20_000
"""Beyond so many names a letter has no pictures: to add them up would take longer than the page."""

LEAST_COUNTRIES = 3
"""Fewer are no picture."""

TOP, SPARED = 10, 2
"""How many countries have bars, and how many more are shown with them rather than put away."""

Row = tuple[date | None, str | None, int]
"""A day, a country or "", and how many names are listed with them; None for what is not told."""


@dataclass(frozen=True)
class Place:
    """A country, and how many listed organisations are from it."""

    name: str
    number: int


@dataclass(frozen=True)
class Pictures:
    """What is drawn of a letter; what would show nothing is empty."""

    steps: list[Step]
    places: list[Place]
    further: list[Place]
    unplaced: int
    """How many listed organisations state no country."""

    @property
    def first(self) -> Step:
        """The first day, and the names of that day."""
        return self.steps[0]

    @property
    def last(self) -> Step:
        """The last day, and all names."""
        return self.steps[-1]

    @property
    def most(self) -> int:
        """The number of the longest bar."""
        return self.places[0].number

    @property
    def leader(self) -> Place | None:
        """The country of the most organisations, if there is just one."""
        first, second = self.places[:2]
        return first if first.number > second.number else None

    @property
    def countries(self) -> int:
        """How many countries there are."""
        return len(self.places) + len(self.further)

    def __bool__(self) -> bool:
        return bool(self.steps or self.places)


NONE = Pictures([], [], [], 0)


def pictures(rows: Iterable[Row]) -> Pictures:
    """Return what there is to be drawn of these numbers."""
    by_day: Counter[date] = Counter()
    by_country: Counter[str] = Counter()
    for day, country, number in rows:
        if day is not None:
            by_day[day] += number
        if country is not None:
            by_country[country] += number
    unplaced = by_country.pop("", 0)
    steps = charts.grown(by_day) if len(by_day) > 1 else []
    if len(by_country) < LEAST_COUNTRIES:
        return Pictures(steps, [], [], 0)
    named = {code: str(countries.name(code) or code) for code in by_country}
    shown = TOP + SPARED if len(by_country) <= TOP + SPARED else TOP
    top, further = charts.ranked(by_country, shown, named)
    return Pictures(
        steps,
        [Place(named[code], number) for code, number in top],
        [Place(named[code], number) for code, number in further],
        unplaced,
    )


def count_rows(letter: Letter) -> list[Row]:
    """Count a long list by day, and by country, in one query that two indexes answer.

    Of a list that is too long for that, nothing.
    """
    if letter.listed_count > PICTURED:
        return []
    listed = Signature.objects.filter(letter=letter).current().order_by()
    days = listed.values("signed_on").annotate(number=Count("pk"))
    places = listed.values("country").annotate(number=Count("pk"))
    rows = days.values_list("signed_on", Value(None, CharField()), "number").union(
        places.values_list(Value(None, DateField()), "country", "number"), all=True
    )
    return list(rows)
