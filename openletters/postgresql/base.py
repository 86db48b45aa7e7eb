"""A connection that gives up waiting, where people wait for the answer.

PostgreSQL itself ends a statement that takes too long, one that waits for a lock included. That
helps as long as it does anything at all; for the rest, this end of the connection looks at the
clock as well. Commands wait for as long as it takes: who creates an index, or imports, wants that.
"""

from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base
from psycopg.abc import PQGen

STATEMENT = 10.0
"""Seconds after which PostgreSQL ends a statement of a request."""

SILENCE = 12.0
"""Seconds after which a server that does not even say so is given up."""

SIGN_OF_LIFE = 1.0
"""Seconds within which a kept connection has to answer before it is used again."""

T = TypeVar("T")

_people_wait = False


def keep_nobody_waiting() -> None:
    """Have this process serve people: connections it makes from now on do not wait for ever."""
    global _people_wait
    _people_wait = True


class Connection(psycopg.Connection[Any]):
    """A connection that is closed if the server says nothing for `patience` seconds."""

    patience: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait for an answer. Raises OperationalError if there is none in time."""
        try:
            return super().wait(gen, interval, timeout or self.patience)
        except psycopg.OperationalError:
            # Nothing more can be said on it, not even that all is to be as before.
            if self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


class _Psycopg:
    """The module that Django calls, but for the connections it makes."""

    connect = Connection.connect

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, with our connections."""

    Database: Any = _Psycopg()

    def get_connection_params(self) -> dict[str, Any]:
        """Return what to connect with; what DATABASE_URL says goes first."""
        params: dict[str, Any] = super().get_connection_params()
        if _people_wait:
            params.setdefault("options", f"-c statement_timeout={STATEMENT:.0f}s")
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect."""
        connection = super().get_new_connection(conn_params)
        connection.patience = SILENCE if _people_wait else None
        return connection

    def is_usable(self) -> bool:
        """Whether a kept connection still answers; a server that lives does so at once."""
        if self.connection is None:
            return False
        patience, self.connection.patience = self.connection.patience, SIGN_OF_LIFE
        try:
            return bool(super().is_usable())
        finally:
            self.connection.patience = patience
