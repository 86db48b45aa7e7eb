"""Whether the time an answer takes tells what was known: `python -m bench.alike`.

Sends the public form, through every middleware, in turn for an organisation nobody has heard of
(new), for one whose contact has signed already (again), and to an address that is written to
enough (blocked). Prints one line of JSON: the median milliseconds of each, and the largest gap
between two of them. To reach: 5 ms. On PostgreSQL, unless `--database sqlite`.
"""

import argparse
import json
import statistics
import time
from typing import Any

from bench.databases import settle, throwaway
from tests.__main__ import DATABASES

FORM = "/letters/a-letter/sign/"


class Visitor:
    """Somebody who fills the form in, over and over."""

    def __init__(self) -> None:
        from django.test import Client

        from tests.factories import make_letter

        self.client = Client()
        self.letter = make_letter()
        self.number = 0

    def sign(self, **stated: Any) -> float:
        """Send the form; return how many milliseconds the answer took."""
        from tests.factories import claim

        self.number += 1
        form = claim(**stated) | {"letters": [self.letter.pk], "authorized": "on"}
        started = time.perf_counter()
        # From one network after another, for none may send as many.
        answer = self.client.post(
            FORM, form, REMOTE_ADDR=f"10.{self.number >> 8}.{self.number & 255}.1"
        )
        taken = time.perf_counter() - started
        if answer.status_code != 302:
            raise SystemExit(f"answered with {answer.status_code}")
        return 1000 * taken


def measure(rounds: int) -> dict[str, list[float]]:
    """Send each kind this many times, one after the other, so that all meet the same machine."""
    from signatures import throttling
    from signatures.models import OutgoingMail
    from tests.factories import make_sign_on

    throttling.PER_SITE = throttling.PER_LETTER = 1_000_000
    visitor = Visitor()
    for number in range(rounds + 3):
        make_sign_on([visitor.letter], name=f"Known {number}", email=f"known{number}@a.example")
    for number in range(3):
        visitor.sign(name=f"First {number}", email="enough@b.example")
    settle()
    taken: dict[str, list[float]] = {"new": [], "again": [], "blocked": []}
    for number in range(rounds + 3):
        known = {"name": f"Known {number}", "email": f"known{number}@a.example"}
        taken["new"].append(visitor.sign(name=f"New {number}", email=f"new{number}@c.example"))
        taken["again"].append(visitor.sign(**known))
        taken["blocked"].append(visitor.sign(name=f"More {number}", email="enough@b.example"))
    if OutgoingMail.objects.count() != 3 + 2 * (rounds + 3):
        raise SystemExit("not what was meant to be measured")
    return {kind: one[3:] for kind, one in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=sorted(DATABASES), default="postgres")
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    with throwaway(options.database):
        taken = measure(options.rounds)
    medians = {kind: statistics.median(one) for kind, one in taken.items()}
    figures = {f"{kind}_ms": round(median, 2) for kind, median in medians.items()}
    gap = round(max(medians.values()) - min(medians.values()), 2)
    print(json.dumps({"database": options.database, **figures, "gap_ms": gap}))


if __name__ == "__main__":
    main()
