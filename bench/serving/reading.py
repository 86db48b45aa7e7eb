"""Rows about readers: what a letter costs, kept and made anew, short and long."""

from collections.abc import Callable
from statistics import median

from bench.serving.load import Burst, wrk
from bench.serving.rows import Row, at_least, middle
from bench.serving.site import (
    LETTER,
    app,
    copy_database,
    database,
    fetch,
    file_server,
    fill,
)

ROUNDS = 7
"""How often the two sides of a ratio are measured, by turns, since other work disturbs both."""

CLIENTS = 64


def by_turns(one: Callable[[], Burst], other: Callable[[], Burst]) -> list[tuple[Burst, Burst]]:
    """Measure two things, by turns."""
    return [(one(), other()) for _round in range(ROUNDS)]


def ratio(pairs: list[tuple[Burst, Burst]]) -> float:
    """Return how many answers the first gives for one of the second: the median of all rounds."""
    return median(first.rate / second.rate for first, second in pairs)


def compare(url: str, file: str, least: float) -> Row:
    """Compare how fast a letter and a file are served."""
    wrk(url, seconds=2, clients=CLIENTS)
    pairs = by_turns(
        lambda: wrk(url, seconds=2, clients=CLIENTS),
        lambda: wrk(file, seconds=2, clients=CLIENTS),
    )
    return at_least(
        least,
        ratio(pairs),
        letters_per_s=middle([letter.rate for letter, _file in pairs]),
        files_per_s=middle([file.rate for _letter, file in pairs]),
        failed=sum(letter.failed for letter, _file in pairs),
        client_share=middle([letter.client_share for letter, _file in pairs]),
    )


def edge_vs_file() -> Row:
    """The letter's page through the edge, and the same bytes as a file."""
    from tests.edge.servers import edge

    with database() as postgres, app(postgres.url) as server, edge(server.port) as front:
        content = fetch(front.port, LETTER)
        with file_server(content) as file:
            return compare(f"http://127.0.0.1:{front.port}{LETTER}", file, 0.95)


def app_vs_file() -> Row:
    """The letter's page from the app alone, and the same bytes as a file from nginx."""
    with database() as postgres, app(postgres.url) as server:
        content = fetch(server.port, LETTER)
        with file_server(content) as file:
            return compare(f"http://127.0.0.1:{server.port}{LETTER}", file, 0.40)


def fresh_render() -> Row:
    """The letter's page, made for each reader: nothing is kept."""
    with database() as postgres, app(postgres.url, PAGE_CACHE_BYTES="0") as server:
        url = f"http://127.0.0.1:{server.port}{LETTER}"
        wrk(url, seconds=2, clients=8)
        bursts = [wrk(url, seconds=5, clients=8, encoding="identity") for _ in range(3)]
        brotli = wrk(url, seconds=5, clients=8)
        return at_least(
            700,
            middle([burst.rate for burst in bursts]),
            "/s",
            p95_ms=middle([burst.p95 for burst in bursts]),
            with_brotli_per_s=brotli.rate,
            failed=sum(burst.failed for burst in bursts),
        )


def long_list() -> Row:
    """The letter's page and the first page of its list, with 100,000 signatories and with 198."""
    with database() as postgres:
        short = copy_database(postgres, "short")
        fill(100_000)
        from bench.databases import settle

        settle()
        anew = {"workers": 1, "threads": 1, "PAGE_CACHE_BYTES": "0"}
        figures, facts = {}, {}
        with app(postgres.url, **anew) as many, app(short, **anew) as few:  # type: ignore[arg-type]
            for what, path in (("page", LETTER), ("list", f"{LETTER}signatories/")):
                urls = [f"http://127.0.0.1:{one.port}{path}" for one in (many, few)]
                for url in urls:
                    wrk(url, seconds=1, clients=1, encoding="identity")
                pairs = by_turns(*(timed(url, clients=1) for url in urls))
                figures[what] = median(long.p50 / short.p50 for long, short in pairs)
                facts[f"{what}_ms_of_100000"] = median(long.p50 for long, _short in pairs)
                facts[f"{what}_ms_of_198"] = median(short.p50 for _long, short in pairs)
        with app(postgres.url) as many, app(short) as few:
            urls = [f"http://127.0.0.1:{one.port}{LETTER}" for one in (many, few)]
            for url in urls:
                wrk(url, seconds=1)
            pairs = by_turns(*(timed(url, clients=CLIENTS, encoding="br") for url in urls))
            cached = 1 / ratio(pairs)
        return Row(
            "uncached <= 1.2x, cached 1.0x (+-0.1)",
            f"page {figures['page']:.2f}x, list {figures['list']:.2f}x, cached {cached:.2f}x",
            max(figures.values()) <= 1.2 and cached <= 1.1,
            facts,
        )


def timed(url: str, *, clients: int, encoding: str = "identity") -> Callable[[], Burst]:
    """Return how to measure an address for a few seconds."""
    return lambda: wrk(url, seconds=2, clients=clients, encoding=encoding)
