"""Whatever is done in whatever order: no name is told that may not be, and every count is exact.

A few hundred operations by lot; OPERATIONS=10000 for as many as one likes.
"""

import os
from pathlib import Path
from random import Random

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import make_staff
from tests.withheld.places import at_rest, copied, counts
from tests.withheld.world import NAMES, World, at_random

pytestmark = pytest.mark.django_db

OPERATIONS = int(os.environ.get("OPERATIONS", "300"))
LOOK_EVERY = 50
"""Operations after which all that is public is read; the tables are compared after each."""

claims = st.tuples(st.integers(0, 2), st.integers(0, 2), st.booleans())
steps = st.tuples(st.sampled_from(World.VERBS), st.integers(0, 5))


@pytest.fixture
def moderator() -> User:
    return make_staff("mona")


def look(world: World) -> None:
    """Read everything public of both letters."""
    reader = Client()
    for letter in world.letters:
        here = f"/letters/{letter.slug}/"
        assert len(counts(letter.slug)) == 1
        for path in (here, f"{here}signatories/", f"{here}signatories.csv", f"{here}count.json"):
            assert world.untold(letter.slug, reader.get(path).content.decode()), path


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(claims, min_size=2, max_size=6), st.lists(steps, max_size=25))
def test_every_step_leaves_exactly_what_it_should(
    moderator: User, made: list[tuple[int, int, bool]], taken: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        world = World(moderator)
        for organization, letters, withheld in made:
            world.claim(organization, letters, withheld=withheld)
        for number in range(len(made)):
            world.take("confirm", number)
        for verb, number in taken:
            world.take(verb, number)
            assert world.differences() == []
        look(world)
        transaction.set_rollback(True)


def test_no_number_of_operations_makes_the_count_drift(moderator: User, tmp_path: Path) -> None:
    random, world = Random(7), World(moderator)  # noqa: S311  for chance, not for secrets
    for number in range(1, OPERATIONS + 1):
        at_random(world, random)
        assert world.differences() == [], number
        if number % LOOK_EVERY == 0:
            look(world)
    allowed = world.allowed("a-letter") | world.allowed("another")
    for place, text in copied(tmp_path / "copy"):
        assert not any(name in text for name in set(NAMES) - allowed), place


def test_tables_that_the_public_reads_hold_only_names_that_are_listed(moderator: User) -> None:
    random, world = Random(11), World(moderator)  # noqa: S311
    public = r"signatures_(organization|organizationname|signature|withheldsignature|letter\w*)"
    for _number in range(150):
        world.claim(random.randrange(3), random.randrange(3), withheld=True)
        for verb in ("confirm", "approve", "withhold", random.choice(World.VERBS)):
            world.take(verb, len(world.claims) - 1)
        if not world.allowed("a-letter") | world.allowed("another"):
            told = [place for place, text in at_rest(only=public) if text in NAMES]
            assert told == []
