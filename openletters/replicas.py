"""Public reads from a copy of the database, where DATABASE_REPLICA_URL names one.

What is written, what staff see and what leads to a change is never read from it: a copy is behind
by what it has not heard of yet.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError

REPLICA = "replica"

AWAY_FOR = 5.0
"""Seconds for which a replica that failed is left alone, so that not every reader finds out."""

T = TypeVar("T")

_reading: ContextVar[bool] = ContextVar("reading_publicly", default=False)
_away_until = 0.0


@contextmanager
def reading_publicly() -> Iterator[None]:
    """Read from the replica inside; write where one always writes."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def read(function: Callable[[], T]) -> T:
    """Return what `function` returns that reads the replica, or the primary if that is away.

    It may be called twice, and must change nothing. Raises what it raises on the primary.
    """
    global _away_until
    if REPLICA not in settings.DATABASES or time.monotonic() < _away_until:
        return function()
    try:
        with reading_publicly():
            return function()
    except (OperationalError, InterfaceError):
        _away_until = time.monotonic() + AWAY_FOR
        return function()


class ReplicaRouter:
    """Sends reads inside `reading_publicly()` to the replica, and all else to the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Return where to read."""
        return REPLICA if _reading.get() else DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Return where to write, wherever the object was read."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Both hold the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """A replica gets its tables from the primary."""
        return db == DEFAULT_DB_ALIAS
