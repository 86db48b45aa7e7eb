"""Rows about those who sign, and those who read meanwhile."""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Any

from bench.serving.load import Burst, children, cpu_of, wrk
from bench.serving.reading import CLIENTS
from bench.serving.rows import Row, middle
from bench.serving.site import LETTER, app, database, fetch

CONTACTS = 16
READERS = 2_000
"""Readers a second."""


def signing(port: int, seconds: float, clients: int = CONTACTS) -> Burst:
    """Have organisations sign both letters, as if the hour had just begun."""
    from signatures.models import Allowance, Letter

    Allowance.objects.all().delete()
    letters = "".join(
        f"&letters={pk}" for pk in Letter.objects.order_by("pk").values_list("pk", flat=True)
    )
    return wrk(
        f"http://127.0.0.1:{port}{LETTER}sign/",
        seconds=seconds,
        clients=clients,
        script="sign.lua",
        arguments=(f"{LETTER}sign/", letters, secrets.token_hex(3)),
    )


def sign_post() -> Row:
    """The whole of a sign-on, from the form's arrival to the last row on disk."""
    with database(durable=True) as postgres, app(postgres.url) as server:
        from signatures.models import OutgoingMail, SignOn, SignOnEvent

        signing(server.port, 2)
        before = settled(SignOn.objects.count)
        workers = children(server.process.pid)
        used, started = cpu_of(workers), time.monotonic()
        bursts = [signing(server.port, 5) for _ in range(3)]
        share = (cpu_of(workers) - used) / (time.monotonic() - started) / 2
        sent = sum(burst.requests for burst in bursts)
        settled(SignOn.objects.count)
        stored = SignOn.objects.count() - before
        whole = SignOn.objects.filter(name__startswith="Organisation ")
        # Some were still under way when a burst ended: those are stored, and not counted.
        exact = (
            sent <= stored <= sent + CONTACTS * len(bursts)
            and OutgoingMail.objects.count() == whole.count()
            and SignOnEvent.objects.filter(sign_on__in=whole).count() == whole.count()
        )
        rate = middle([burst.rate for burst in bursts])
        p95 = middle([burst.p95 for burst in bursts])
        failed = sum(burst.failed for burst in bursts)
        return Row(
            ">= 400/s, p95 <= 100 ms, at 16 clients",
            f"{rate:.0f}/s, p95 {p95:.0f} ms",
            rate >= 400 and p95 <= 100 and exact and not failed,
            {
                "p50_ms": middle([burst.p50 for burst in bursts]),
                "failed": failed,
                "all_rows_there": exact,
                "app_share_of_machine": round(share, 2),
                "client_share": middle([burst.client_share for burst in bursts]),
            },
        )


def settled(count: Callable[[], int]) -> int:
    """Return a number once it has stopped growing: what was under way has come to its end."""
    before = -1
    while (now := count()) != before:
        before = now
        time.sleep(1)
    return now


def approvals_under_readers() -> Row:
    """Staff approve while 2,000 readers a second come to the edge."""
    from tests.edge.servers import edge

    approvals, pause = 12, 0.7
    with database() as postgres, app(postgres.url) as server, edge(server.port) as front:
        from signatures.models import Letter, SignOn
        from tests.factories import make_sign_on, make_staff

        letter = Letter.objects.get(slug="asp-president")
        staff = make_staff()
        waiting: list[SignOn] = [
            make_sign_on([letter], name=f"Fishers of Bay {one}", email=f"bay{one}@example.org")
            for one in range(approvals)
        ]
        fetch(front.port, LETTER)
        bursts: list[Burst] = []
        seconds = approvals * pause + 6
        reading = threading.Thread(target=lambda: bursts.append(read(front.port, seconds)))
        reading.start()
        time.sleep(2)
        delays = []
        for sign_on in waiting:
            sign_on.approve(actor=staff)
            committed = time.monotonic()
            letter.refresh_from_db()
            while counted(front.port) != letter.signatory_count:
                time.sleep(0.01)
                if time.monotonic() - committed > 10:
                    break
            delays.append(time.monotonic() - committed)
            time.sleep(max(0.0, pause - delays[-1]))
        reading.join()
        [burst] = bursts
    return Row(
        "no error, count right within 2 s, at 2,000 readers/s",
        f"{burst.failed} errors of {burst.requests}, {max(delays):.2f} s, {burst.rate:.0f}/s",
        not burst.failed and max(delays) <= 2 and burst.rate >= 0.97 * READERS,
        {
            "approvals": approvals,
            "seconds_until_seen": middle([1000 * delay for delay in delays]) / 1000,
            "p95_ms": burst.p95,
            "longest_ms": burst.longest,
        },
    )


def read(port: int, seconds: float) -> Burst:
    """Have readers come at their rate."""
    readers = 2 * CLIENTS
    return wrk(
        f"http://127.0.0.1:{port}{LETTER}",
        seconds=round(seconds),
        clients=readers,
        script="readers.lua",
        arguments=(str(round(1000 * readers / READERS)),),
    )


def counted(port: int) -> int:
    """Return how many have signed, as the page tells, if its list agrees."""
    page: Any = fetch(port, LETTER, "identity").decode()
    listed = int(page.count("<li><bdi>"))
    return listed if f"<b>{listed}</b>" in page else -1
