"""Pictures are as long, as high and as far along as the numbers say."""

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from signatures import charts
from signatures.charts import HEIGHT, WIDTH, Step, blocks, corners, grown, length

FIRST = date(2026, 5, 4)  # a Monday


def days(*numbers: int) -> dict[date, int]:
    """Return how many came on each of consecutive days."""
    return {FIRST + timedelta(days=place): number for place, number in enumerate(numbers)}


def test_growth_adds_up_from_day_to_day() -> None:
    steps = grown(days(3, 0, 2))
    assert steps == [Step(FIRST, 3), Step(FIRST + timedelta(days=2), 5)]


@given(
    st.dictionaries(
        st.dates(date(1950, 1, 1), date(2080, 1, 1)), st.integers(1, 99), min_size=1, max_size=400
    )
)
def test_growth_over_however_many_days_is_exact_and_short(by_day: dict[date, int]) -> None:
    steps = grown(by_day)
    assert len(steps) <= charts.MOST_STEPS + 1
    assert steps[-1] == Step(max(by_day), sum(by_day.values()))
    assert steps[0] == Step(min(by_day), by_day[min(by_day)])
    for step in steps:
        assert step.total == sum(number for day, number in by_day.items() if day <= step.day)


def test_of_many_days_the_last_of_each_week_is_shown() -> None:
    steps = grown(days(*[1] * 100))
    assert [step.day.isoweekday() for step in steps[1:-1]] == [7] * (len(steps) - 2)
    assert steps[-1].total == 100


def test_the_line_climbs_on_the_day_itself_and_ends_at_the_top() -> None:
    steps = [Step(FIRST, 5), Step(FIRST + timedelta(days=3), 10)]
    line = corners(steps)
    assert line[0] == (0, HEIGHT / 2)
    assert line[1:] == [(WIDTH * 3 / 4, HEIGHT / 2), (WIDTH * 3 / 4, 0), (WIDTH, 0)]


def test_time_runs_from_right_to_left_where_reading_does() -> None:
    steps = grown(days(1, 4, 2))
    straight, mirrored = corners(steps), corners(steps, mirrored=True)
    assert mirrored == [(WIDTH - x, y) for x, y in straight]
    assert mirrored[0][0] == WIDTH
    assert charts.growth(steps, "x") != charts.growth(steps, "x", mirrored=True)


def test_a_picture_of_growth_says_its_finding_and_escapes_it() -> None:
    picture = charts.growth(grown(days(1, 2)), "From <1> to 3 & more")
    assert "<title>From &lt;1&gt; to 3 &amp; more</title>" in picture
    assert 'role="img"' in picture
    assert "style=" not in picture
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', picture)) == {"currentColor", "none"}


def test_a_bar_is_as_long_as_its_number() -> None:
    assert length(5, 10) == 50
    assert length(10, 10) == 100
    assert length(0, 10) == length(0, 0) == 0
    assert length(1, 10_000) == charts.LEAST_SEEN


def test_a_bar_starts_where_the_line_of_text_does() -> None:
    assert 'x="0" width="25"' in charts.bar(1, 4)
    assert 'x="75" width="25"' in charts.bar(1, 4, mirrored=True)


def test_columns_are_piled_up_without_gaps() -> None:
    found = blocks([{"a": 1, "b": 3}, {}, {"b": 2}], ["a", "b"])
    assert [(one.kind, one.x, one.y, one.height) for one in found] == [
        ("a", 1, 75, 25),
        ("b", 1, 0, 75),
        ("b", 21, 50, 50),
    ]
    mirrored = blocks([{"a": 1}, {}, {}], ["a"], mirrored=True)
    assert [one.x for one in mirrored] == [21]


def test_days_without_anything_are_drawn_as_nothing() -> None:
    assert "<rect" not in charts.columns([{}, {}], ["a"], "nothing")
