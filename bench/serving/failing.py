"""Rows about what happens when something goes away, and about growing."""

import signal
import time

from bench.serving.load import children, resident, wrk
from bench.serving.reading import CLIENTS
from bench.serving.rows import Row
from bench.serving.site import LETTER, app, database, fetch

KILLS = 3


def app_down() -> Row:
    """The app and its database have gone; readers come to the edge."""
    from tests.edge.servers import edge

    paths = [
        language + path
        for language in ("", "/ar", "/es", "/fr")
        for path in ("/", LETTER, f"{LETTER}signatories/", f"{LETTER}count.json")
    ] + [f"{LETTER}signatories.csv"]
    with database() as postgres, app(postgres.url) as server, edge(server.port) as front:
        for path in paths:
            for encoding in ("br", "gzip", "identity"):
                fetch(front.port, path, encoding)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait()
        postgres.kill()
        time.sleep(3)
        bursts = [
            wrk(
                f"http://127.0.0.1:{front.port}{path}",
                seconds=2 if path == LETTER else 1,
                clients=CLIENTS,
                encoding=encoding,
            )
            for path in paths
            for encoding in (("br", "identity") if path == LETTER else ("br",))
        ]
        postgres.start()
        requests = sum(burst.requests for burst in bursts)
        failed = sum(burst.failed for burst in bursts)
        share = 1 - failed / requests
        return Row(
            "100 % of visited pages",
            f"{share:.2%} of {requests}",
            failed == 0,
            {"pages": len(paths), "letters_per_s": bursts[2].rate},
        )


def postgres_killed() -> Row:
    """PostgreSQL is killed and started again while people read and sign."""
    with database(durable=True) as postgres, app(postgres.url) as server:
        from signatures.models import Letter
        from tests.faults.load import Load, stored

        letter = Letter.objects.get(slug="asp-president").pk
        recoveries = []
        with Load(server, letter) as load:
            for _kill in range(KILLS):
                time.sleep(2)
                postgres.kill()
                time.sleep(1)
                postgres.start()
                back = time.monotonic()
                time.sleep(7)
                recoveries.append(load.failing_since(back))
        names, halves = stored(postgres.url)
        lost = set(load.acknowledged) - names
        same_process = server.process.poll() is None
        unkind = {status for _kind, status in load.statuses} - {200, 302, 503}
        return Row(
            "0 lost, 0 half, recovery <= 5 s without restart",
            f"{len(lost)} lost of {len(load.acknowledged)}, {halves} half, {max(recoveries):.1f} s",
            not lost and not halves and max(recoveries) <= 5 and same_process and not unkind,
            {
                "kills": KILLS,
                "answers": {f"{kind} {status}": n for (kind, status), n in load.statuses.items()},
                "slowest_s": round(load.slowest, 1),
            },
        )


def memory() -> Row:
    """What a worker holds after 100,000 requests, and after the first 20,000 of them."""
    from django.db import connection

    with database() as postgres, app(postgres.url) as server:
        workers = children(server.process.pid)
        held, sent, failed = [], 0, 0
        for goal in (20_000, 60_000, 100_000, 120_000):
            while sent < goal:
                burst = wrk(
                    f"http://127.0.0.1:{server.port}{LETTER}",
                    seconds=4,
                    clients=16,
                    script="mixed.lua",
                    arguments=(LETTER,),
                )
                sent, failed = sent + burst.requests, failed + burst.failed
            held.append([round(resident(pid), 1) for pid in workers])
        connection.close()
        growth = max(last / first - 1 for first, last in zip(held[0], held[-1], strict=True))
        return Row(
            "flat (+-5 %), < 150 MB",
            f"{max(held[-1]):.0f} MB, {growth:+.1%}",
            abs(growth) <= 0.05 and max(held[-1]) < 150 and workers == children(server.process.pid),
            {"requests": sent, "failed": failed, "mb_per_worker": held},
        )
