"""Whether this process lives, and whether it can do its work: for machines that watch it."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from openletters import serving

LIVE = "/health/live"
READY = "/health/ready"


class HealthMiddleware:
    """Answers before anything else can refuse: a load balancer knows us by a number, not a name.

    Neither answer changes or tells anything.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == LIVE:
            return said("alive", 200)
        if request.path_info == READY:
            return said("ready", 200) if is_ready() else said("not ready", 503)
        return self.get_response(request)


def said(words: str, status: int) -> HttpResponse:
    """Return an answer nobody may keep."""
    headers = {"Cache-Control": "no-store"}
    response: Any = HttpResponse(f"{words}\n", "text/plain; charset=utf-8", status, headers=headers)
    response._has_been_logged = True  # it is what was asked for, and no failure of ours
    return response  # type: ignore[no-any-return]


def is_ready() -> bool:
    """Whether requests are answered: the server goes on, the database is there and up to date."""
    if serving.is_draining():
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return is_migrated()
    except DatabaseError:
        return False
    except NotMigrated:
        return False


class NotMigrated(Exception):
    """The database lacks migrations of this release."""


@cache
def is_migrated() -> bool:
    """Return True once every migration is there, and never look again. Raises NotMigrated."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotMigrated
    return True
