"""Numbers as pictures: geometry, written as SVG. Knows no words and reads nothing.

Pictures are stretched to the width there is, so that they hold no text: what names them stands
beside them, in the page's own letters. They are drawn in `currentColor`, which follows the dark,
forced colours and paper. `mirrored` pictures are for pages that are read from right to left: time
runs, and bars grow, in the direction of reading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 600.0, 160.0
"""The box in which growth is drawn; its line keeps its own width when that is stretched."""

MOST_STEPS = 60
"""Of more days on which something grew, the first and each week's, month's or year's last stay."""

LEAST_TAIL = 0.04
"""How much of the picture is left for the last number at least."""

BAR = 100.0
"""The width of the box in which a bar is drawn, so that it is a percentage."""

COLUMN, GAP, TALLEST = 10.0, 2.0, 100.0
"""The width of a day in columns, what of that is left free, and the height of the highest."""

LEAST_SEEN = 0.6
"""The narrowest bar, so that one of ten thousand is seen to be there."""


@dataclass(frozen=True)
class Step:
    """How many there were at the end of a day."""

    day: date
    total: int


def grown(by_day: Mapping[date, int], most: int = MOST_STEPS) -> list[Step]:
    """Return how a number grew, from what came on each day; the last step is the whole.

    Steps that are left out are those between two that are shown, so that each one is exact.
    """
    steps, total = [], 0
    for day in sorted(by_day):
        total += by_day[day]
        if by_day[day]:
            steps.append(Step(day, total))
    for period in (_week, _month, _year):
        if len(steps) <= most:
            break
        # Of the first period the first day as well: the picture tells when it began.
        steps = [steps[0], *{period(step.day): step for step in steps[1:]}.values()]
    if len(steps) > most:
        every = -(-len(steps) // most)
        steps = [steps[0], *steps[:0:-every][::-1]]
    return steps


def _week(day: date) -> tuple[int, ...]:
    return day.isocalendar()[:2]


def _month(day: date) -> tuple[int, ...]:
    return (day.year, day.month)


def _year(day: date) -> tuple[int, ...]:
    return (day.year,)


def corners(steps: Sequence[Step], *, mirrored: bool = False) -> list[tuple[float, float]]:
    """Return the corners of the line of `steps`, from the first day to the end of the last."""
    first, last = steps[0].day, steps[-1].day
    days = (last - first).days
    tail = max(1 / (days + 1), LEAST_TAIL)
    most = steps[-1].total
    found: list[tuple[float, float]] = []
    for step in steps:
        across = (step.day - first).days / days * (1 - tail) if days else 0.0
        x, y = across * WIDTH, HEIGHT * (1 - step.total / most)
        if found:
            found.append((x, found[-1][1]))
        found.append((x, y))
    found.append((WIDTH, found[-1][1]))
    return [(WIDTH - x, y) for x, y in found] if mirrored else found


def growth(steps: Sequence[Step], title: str, *, mirrored: bool = False) -> SafeString:
    """Draw how a number grew; `title` says it to whoever does not see it."""
    line = corners(steps, mirrored=mirrored)
    path = " ".join(f"{_short(x)},{_short(y)}" for x, y in line)
    start, end = _short(line[0][0]), _short(line[-1][0])
    return format_html(
        '<svg class="growth" role="img" viewBox="0 -2 600 163" preserveAspectRatio="none">'
        "<title>{}</title>"
        '<path class="under" fill="currentColor" fill-opacity=".13" d="M{},160 L{} L{},160 Z"/>'
        '<path fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round"'
        ' vector-effect="non-scaling-stroke" d="M{}"/></svg>',
        *(title, start, path, end, path),
    )


def length(number: int, most: int) -> float:
    """Return the length of a bar, as a percentage of the longest."""
    return max(BAR * number / most, LEAST_SEEN) if number and most else 0.0


def bar(number: int, most: int, *, mirrored: bool = False) -> SafeString:
    """Draw a bar beside a number that says the same, so that nobody has to be told of it."""
    long = length(number, most)
    return format_html(
        '<svg class="bar-of" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect fill="currentColor" x="{}" width="{}" height="8"/></svg>',
        _short(BAR - long if mirrored else 0),
        _short(long),
    )


@dataclass(frozen=True)
class Block:
    """A part of a day's column: the number of one kind, where it stands and how high it is."""

    kind: str
    x: float
    y: float
    height: float


def blocks(
    days: Sequence[Mapping[str, int]], kinds: Sequence[str], *, mirrored: bool = False
) -> list[Block]:
    """Return the columns of `days`, each piled up from its numbers in the order of `kinds`."""
    most = max((sum(day.get(kind, 0) for kind in kinds) for day in days), default=0)
    found = []
    for number, day in enumerate(days):
        x = COLUMN * (len(days) - 1 - number if mirrored else number) + GAP / 2
        floor = TALLEST
        for kind in kinds:
            if count := day.get(kind, 0):
                height = TALLEST * count / most
                floor -= height
                found.append(Block(kind, x, floor, height))
    return found


def columns(
    days: Sequence[Mapping[str, int]],
    kinds: Sequence[str],
    title: str,
    *,
    mirrored: bool = False,
) -> SafeString:
    """Draw a column for each day; a kind is told by its class, and its place in the pile."""
    rects = format_html_join(
        "",
        '<rect class="kind-{}" x="{}" y="{}" width="8" height="{}"/>',
        (
            (block.kind, _short(block.x), _short(block.y), _short(block.height))
            for block in blocks(days, kinds, mirrored=mirrored)
        ),
    )
    return format_html(
        '<svg class="columns" role="img" viewBox="0 0 {} 100" preserveAspectRatio="none">'
        "<title>{}</title>{}</svg>",
        *(_short(COLUMN * len(days)), title, rects),
    )


def ranked(
    numbers: Mapping[str, int], most: int, names: Mapping[str, str]
) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Return what is most numerous, at most `most` of it, and the rest; equals by their names."""
    ordered = sorted(numbers.items(), key=lambda pair: (-pair[1], names.get(pair[0], pair[0])))
    return ordered[:most], ordered[most:]


def _short(number: float) -> str:
    return f"{round(number, 1) or 0:g}"
