"""How long it takes to clear fakes away after an attack: `python -m bench.clean_up`.

Fills a throw-away database with fakes for two letters, unconfirmed, pending and approved, and has
a moderator's browser find them by their mail domain, clear them away, and undo that. Prints one
line of JSON: queries and seconds of each. To reach: 10,000 in a few seconds on PostgreSQL.
"""

import argparse
import json
import re
import uuid
from typing import Any
from urllib.parse import urlencode

from bench.databases import throwaway
from bench.desk import Desk, Figures, fill
from tests.__main__ import DATABASES

PAGE = "/admin/signatures/signon/clean-up/"


def measure(number: int) -> dict[str, Figures]:
    """Find, clear, undo."""
    from django.contrib.auth.models import User

    from signatures.models import Letter, Signature, SignOn, SignOnEvent

    desk = Desk()
    part = number // 5
    keys = list(SignOn.objects.order_by("pk").values_list("pk", flat=True))
    SignOn.objects.filter(pk__in=keys[:part]).update(status="unconfirmed", confirmed_at=None)
    actor = User.objects.get()
    for start in range(part, 2 * part, 1000):
        claims = SignOn.objects.filter(pk__in=keys[start : min(start + 1000, 2 * part)])
        SignOn.objects.approve(dict.fromkeys(claims), actor=actor, batch=uuid.uuid4())
    taken = {}
    asked: Any = {"status": ["unconfirmed", "pending", "approved"], "domain": "example"}
    page, taken["find"] = desk.ask("GET", f"{PAGE}?{urlencode(asked, doseq=True)}")
    tickets = re.search(r'name="tickets" value="([^"]+)"', page)
    if tickets is None or len(tickets[1].split()) != number:
        raise SystemExit("not all are found")
    revision = Letter.objects.values_list("revision", flat=True)[0]
    _page, taken["clear"] = desk.ask("POST", PAGE, tickets=tickets[1], reason="bench")
    if Signature.objects.current().exists() or SignOn.objects.exclude(status="rejected").exists():
        raise SystemExit("not all are gone")
    if Letter.objects.values_list("revision", flat=True)[0] > revision + 1:
        raise SystemExit("the public list changed more than once")
    batch = SignOnEvent.objects.filter(batch__isnull=False).latest("pk").batch
    undo = f"/admin/signatures/signon/bulk/{batch}/"
    taken["undo_page"] = desk.ask("GET", undo)[1]
    taken["undo"] = desk.ask("POST", undo, reason="bench")[1]
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=sorted(DATABASES), default="postgres")
    parser.add_argument("--fakes", type=int, default=10_000)
    options = parser.parse_args()
    with throwaway(options.database):
        fill(options.fakes)
        taken = measure(options.fakes)
    figures = {
        f"{step}_{unit}": round(getattr(one, unit), 2)
        for step, one in taken.items()
        for unit in Figures._fields
    }
    print(json.dumps({"database": options.database, "fakes": options.fakes} | figures))


if __name__ == "__main__":
    main()
