"""How fast the moderation desk is when much waits: `python -m bench.desk --database postgres`.

Fills a throw-away database with pending sign-ons for two letters, of which a tenth are of known
organisations, and sends the desk real requests through every middleware. Prints one line of JSON:

    queue_queries, queue_ms           the queue's first page; the median of several requests
    page_queries, page_seconds        the page before a bulk approval of 1,000; slowest of three
    approve_queries, approve_seconds  the approval itself
    undo_queries, undo_seconds        its undoing

To reach: 12 queries for the queue, 2 s for the approval of 1,000 on PostgreSQL.
The PostgreSQL is found, or started, as for the tests: see tests/postgres.py.
"""

import argparse
import json
import random
import re
import statistics
import time
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bench.databases import settle, throwaway
from tests.__main__ import DATABASES

WORDS = (
    *("water", "rights", "watch", "justice", "people", "land", "network", "union", "women"),
    *("youth", "peace", "relief", "climate", "legal", "aid", "forum", "health", "rural"),
    *("northern", "coastal", "teachers", "farmers", "media", "archive", "memory", "housing"),
    *("press", "accord", "centre", "council", "league", "alliance", "committee", "observatory"),
)
COUNTRIES = ["KE", "PS", "FR", "DE", "ZA", "BR", "IN", "JO", "TN", "IE"]
PER_INSERT = 5000
ROUNDS = 3
QUEUE = "/admin/signatures/signon/"


def invented_names(number: int) -> list[str]:
    """Return this many names, none of them twice, always the same."""
    dice = random.Random(2022)  # noqa: S311
    names: dict[str, None] = {}
    while len(names) < number:
        words = dice.sample(WORDS, dice.randint(3, 5))
        names[f"{' '.join(words).title()} {dice.randint(1, 9999)}"] = None
    return list(names)


def fill(pending: int) -> None:
    """Have this many sign-ons wait, a second apart."""
    from django.utils import timezone

    from signatures.models import Organization, SignOn, SignOnEvent, SignOnLetter
    from tests.factories import make_letter

    letters = [make_letter(slug=slug, title=f"Open letter {slug}") for slug in ("one", "two")]
    now = timezone.now()
    names = invented_names(pending)
    for start in range(0, pending, PER_INSERT):
        part = names[start : start + PER_INSERT]
        countries = [COUNTRIES[number % len(COUNTRIES)] for number in range(len(part))]
        Organization.objects.register_many(
            [
                Organization(official_name=name, country=country)
                for name, country in list(zip(part, countries, strict=True))[::10]
            ]
        )
        at = [now - timedelta(seconds=pending - start - number) for number in range(len(part))]
        sign_ons = SignOn.objects.bulk_create(
            SignOn(
                status=SignOn.Status.PENDING,
                name=name,
                local_name=f"منظمة {start + number}" if number % 3 == 0 else "",
                acronym="".join(word[0] for word in name.split()[:3]),
                country=country,
                website=f"https://n{start + number}.example",
                contact_name="A Contact",
                email=f"contact@n{start + number}.example",
                consent_version="bench",
                consented_at=when,
                created_at=when,
                confirmed_at=when,
            )
            for number, (name, country, when) in enumerate(zip(part, countries, at, strict=True))
        )
        SignOnLetter.objects.bulk_create(
            SignOnLetter(sign_on=sign_on, letter=letter)
            for sign_on in sign_ons
            for letter in letters
        )
        SignOnEvent.objects.bulk_create(
            SignOnEvent(sign_on=sign_on, kind="confirm", origin="unconfirmed", target="pending")
            for sign_on in sign_ons
        )
    settle()


class Figures(NamedTuple):
    """What a request took."""

    queries: int
    seconds: float


class Desk:
    """A moderator's browser that counts and times what it asks."""

    def __init__(self) -> None:
        from django.contrib.auth.models import User
        from django.test import Client

        self.client = Client()
        self.client.force_login(User.objects.create_superuser("bench"))

    def ask(self, method: str, path: str, **form: Any) -> tuple[str, Figures]:
        """Return the page that comes back, and what it took."""
        from django.db import connection

        queries = 0

        def count(execute: Any, *arguments: Any) -> Any:
            nonlocal queries
            queries += 1
            return execute(*arguments)

        with connection.execute_wrapper(count):
            started = time.perf_counter()
            answer = self.client.generic(
                method, path, urlencode(form), content_type="application/x-www-form-urlencoded"
            )
            seconds = time.perf_counter() - started
        if answer.status_code not in {200, 302}:
            raise SystemExit(f"{method} {path}: {answer.status_code}")
        return answer.content.decode(), Figures(queries, seconds)


def found(pattern: str, page: str) -> str:
    """Return what a page holds."""
    match = re.search(pattern, page)
    if match is None:
        raise SystemExit(f"{pattern} is missing")
    return match[1]


def measure() -> dict[str, Any]:
    """Ask for the queue, then approve the oldest and undo that, some times over."""
    from signatures.models import SignOn

    desk = Desk()
    desk.ask("GET", QUEUE)  # templates are read once
    queue = [desk.ask("GET", QUEUE)[1] for _round in range(9)]
    taken: dict[str, list[Figures]] = {"page": [], "approve": [], "undo": []}
    for _round in range(ROUNDS):
        ticked = SignOn.objects.queue()[0].pk
        action = {"action": "approve_selected", "index": 0, "select_across": 1}
        page, figures = desk.ask("POST", QUEUE, **action, _selected_action=ticked)
        taken["page"].append(figures)
        tickets = found('name="tickets" value="([^"]+)"', page)
        taken["approve"].append(desk.ask("POST", f"{QUEUE}bulk/approve/", tickets=tickets)[1])
        undo = found(rf'({QUEUE}bulk/[0-9a-f-]{{36}}/)">Undo all', desk.ask("GET", QUEUE)[0])
        taken["undo"].append(desk.ask("POST", undo, reason="bench")[1])
    return {
        "queue_queries": max(figures.queries for figures in queue),
        "queue_ms": round(1000 * statistics.median(figures.seconds for figures in queue), 1),
        "bulk": len(tickets.split()),
    } | {
        f"{step}_{unit}": round(max(getattr(one, unit) for one in figures), 2)
        for step, figures in taken.items()
        for unit in Figures._fields
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=sorted(DATABASES), default="postgres")
    parser.add_argument("--pending", type=int, default=100_000)
    options = parser.parse_args()
    with throwaway(options.database):
        fill(options.pending)
        figures = measure()
    print(json.dumps({"database": options.database, "pending": options.pending} | figures))


if __name__ == "__main__":
    main()
