"""What is counted while the app runs. docs/running.md says what each figure means.

The processes of a server count together: each writes to files of its own in the folder that
PROMETHEUS_MULTIPROC_DIR names, and whichever is asked adds them up (openletters/scraping.py).
"""

import os
from functools import cache
from itertools import count
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Histogram

registry = CollectorRegistry()

REQUESTS = Histogram(
    "openletters_request_seconds",
    "Time from a request's arrival at Django to its answer.",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
    registry=registry,
)
CACHE = Counter(
    "openletters_cache",
    "Requests at the cache in front of Django, by outcome.",
    ("outcome",),
    registry=registry,
)

_hits = count(1)
_told = 0
_lock = Lock()

count_hit = _hits.__next__
"""Count an answer that was given again. It must cost nothing: others tell of it, a second later."""


def count_miss() -> None:
    """Count a page that had to be made, and the hits before it."""
    _tell_hits()
    _miss()


def count_bypass() -> None:
    """Count a request that was not for everybody, and the hits before it."""
    _tell_hits()
    _bypass()


_hit, _miss, _bypass = (CACHE.labels(outcome).inc for outcome in ("hit", "miss", "bypass"))


def _tell_hits() -> None:
    global _told
    with _lock:
        now = next(_hits)  # which is one itself
        _hit(now - _told - 1)
        _told = now


# A new worker is there before it has anything to count.
os.register_at_fork(after_in_child=lambda: _hit(0))


@cache
def _series(method: str, route: str, status: str) -> Histogram:
    # All three come from small closed sets, so this stays small.
    return REQUESTS.labels(method, route, status)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request that took `seconds`, by the class of its status ("2xx")."""
    _series(method, route, f"{status // 100}xx").observe(seconds)
