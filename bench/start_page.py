"""How fast the staff's first page is when much is there: `python -m bench.start_page`.

Fills a throw-away database with sign-ons in every state, submitted within the last sixty days, for
ten letters, and with a mail for each; sends real requests through every middleware, and prints one
line of JSON:

    queries, ms     of the whole page; the median of several requests
    figures_ms      of its figures alone, likewise

To reach: 200 ms with 100,000 sign-ons on PostgreSQL.
"""

import argparse
import json
import random
import statistics
import time
from datetime import timedelta
from typing import Any

from bench.databases import settle, throwaway
from bench.desk import PER_INSERT, Desk, invented_names
from tests.__main__ import DATABASES

ROUNDS = 7


def fill(number: int) -> None:
    """Store this many sign-ons, of which a tenth waits and a half is listed."""
    from django.db import transaction
    from django.utils import timezone

    from signatures.models import (
        Letter,
        Organization,
        OutgoingMail,
        Signature,
        SignOn,
        SignOnLetter,
    )
    from tests.factories import make_letter

    dice = random.Random(7)  # noqa: S311
    letters = [make_letter(slug=f"letter-{place}") for place in range(10)]
    now, status = timezone.now(), SignOn.Status
    states = [status.APPROVED] * 5 + [status.REJECTED, status.WITHDRAWN, status.PENDING]
    states += [status.UNCONFIRMED] * 2
    names = invented_names(number)
    for start in range(0, number, PER_INSERT):
        part = names[start : start + PER_INSERT]
        made: list[Any] = []
        for place, name in enumerate(part):
            at = now - timedelta(days=60 * dice.random())
            state = states[place % len(states)]
            made.append(
                SignOn(
                    status=state,
                    name=name,
                    country="KE",
                    consent_version="bench",
                    email=f"contact@n{start + place}.example",
                    consented_at=at,
                    created_at=at,
                    confirmed_at=None if state == status.UNCONFIRMED else at,
                )
            )
        sign_ons = SignOn.objects.bulk_create(made)
        SignOnLetter.objects.bulk_create(
            SignOnLetter(sign_on=one, letter=letters[place % 10])
            for place, one in enumerate(sign_ons)
        )
        OutgoingMail.objects.bulk_create(
            OutgoingMail(sign_on=one, kind="received", recipient="x", sent_at=now)
            for one in sign_ons
        )
        listed = [one for one in sign_ons if one.status == status.APPROVED]
        organizations = [Organization(official_name=one.name, country="KE") for one in listed]
        Organization.objects.bulk_create(organizations)
        Signature.objects.bulk_create(
            Signature(
                letter=letters[place % 10],
                organization=organization,
                name=organization.official_name,
                source="form",
                signed_on=timezone.localdate(listed[place].created_at),
            )
            for place, organization in enumerate(organizations)
        )
    with transaction.atomic():
        Letter.objects.all().raise_revision()
    settle()


def measure() -> dict[str, Any]:
    """Ask for the first page some times over, and for its figures alone."""
    from django.contrib.auth.models import User
    from django.test import RequestFactory, override_settings

    from signatures.admin.figures import figures

    with override_settings(MFA_REQUIRED=False):
        desk = Desk()
        desk.ask("GET", "/admin/")
        pages = [desk.ask("GET", "/admin/")[1] for _round in range(ROUNDS)]
    alone = []
    for _round in range(ROUNDS):
        request = RequestFactory().get("/admin/")
        request.user = User.objects.get()
        started = time.perf_counter()
        figures(request)
        alone.append(time.perf_counter() - started)
    return {
        "queries": max(page.queries for page in pages),
        "ms": round(1000 * statistics.median(page.seconds for page in pages), 1),
        "figures_ms": round(1000 * statistics.median(alone), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=sorted(DATABASES), default="postgres")
    parser.add_argument("--sign-ons", type=int, default=100_000)
    options = parser.parse_args()
    with throwaway(options.database):
        fill(options.sign_ons)
        figures = measure()
    print(json.dumps({"database": options.database, "sign_ons": options.sign_ons} | figures))


if __name__ == "__main__":
    main()
