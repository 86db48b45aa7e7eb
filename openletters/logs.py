"""What is logged, and what must not stand in a log.

Signatories are watched and targeted, and logs are copied far and kept long. So a line never holds
an address, a token, a query, a form's value, or anything else that somebody sent: of a request its
method, route and status; of an error its kind and place, but not its words, which may quote
what somebody typed (PostgreSQL's do: "Key (email)=(...) already exists").
"""

import logging
import re
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Names the request that is being answered, here and in the log of the edge."""

FIELDS = ("request_id", "method", "route", "status", "milliseconds")
"""What a line about a request says beside its words."""

_SECRET = re.compile(r"/(confirm|confirm-address|private|sign-on|unsubscribe)/[^/\s'\"]+")
_ROW = re.compile(r"^(DETAIL|CONTEXT|HINT|LINE \d+): .*$", re.MULTILINE)


def route_of(request: HttpRequest) -> str:
    """Return what stands in `urls.py` for the address, without a language: never what was sent."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "static/" if request.path_info.startswith(settings.STATIC_URL) else "unknown"
    language = f"{getattr(request, 'LANGUAGE_CODE', '')}/"
    return str(match.route).removeprefix(language) or "home"


class Discreet(logging.Filter):
    """Takes out of a record what somebody sent, and puts in which request it is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record, and let it pass."""
        record.request_id = getattr(record, "request_id", "") or request_id.get()
        request = record.__dict__.pop("request", None)
        if isinstance(request, HttpRequest):
            method, route = method_of(request), route_of(request)
            status = record.__dict__.pop("status_code", 0)
            record.__dict__ |= {"method": method, "route": route, "status": status}
            record.msg, record.args = "%s %s %s", (method, route, status)
        elif record.name.startswith("django.security"):
            # Its words quote a forged host or cookie; its name says what was wrong.
            record.msg, record.args = "Refused", ()
        if isinstance(record.args, tuple):
            record.args = tuple(
                kind_of(one) if isinstance(one, BaseException) else one for one in record.args
            )
        if record.exc_info:
            record.exc_text = place_of(record.exc_info[1])
            record.exc_info = None
        return True


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def method_of(request: HttpRequest) -> str:
    """Return the method, unless somebody made one up."""
    return request.method if request.method in METHODS else "OTHER"


def place_of(error: BaseException | None) -> str:
    """Return the traceback of an error and its causes, with kinds for words."""
    told = []
    for each in reversed(list(_chain(error))):
        lines = traceback.format_tb(each.__traceback__)
        told.append("Traceback (most recent call last):\n" + "".join(lines) + kind_of(each))
    return "\n\n".join(told)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def kind_of(error: BaseException) -> str:
    """Return the class of an error, and which rule of the database it broke."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    diagnosis = getattr(error, "diag", None)
    known = (getattr(diagnosis, name, None) for name in ("sqlstate", "constraint_name"))
    return " ".join([kind, *filter(None, known)])


def struck(line: str) -> str:
    """Strike tokens and rows, should they have come into a line all the same."""
    return _ROW.sub(r"\1: ...", _SECRET.sub(r"/\1/...", line))


class PlainLine(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line and its traceback."""
        return struck(super().format(record))


class JsonLine(JsonFormatter):
    """A line for machines: an object with the fields named here, and no others."""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Keep the fields that are known to be harmless, as far as they say something."""
        kept = ("timestamp", "levelname", "name", "message", *FIELDS, "exc_info")
        said = {name: log_data[name] for name in kept if log_data.get(name)}
        return {
            name: struck(value) if isinstance(value, str) else value for name, value in said.items()
        }


FORMATS: tuple[str, ...] = ("plain", "json")


def configuration(form: str) -> dict[str, Any]:
    """Return LOGGING for one of FORMATS."""
    formatters = {
        "plain": {
            "()": "openletters.logs.PlainLine",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "json": {
            "()": "openletters.logs.JsonLine",
            "format": "%(levelname)s %(name)s %(message)s",
            "timestamp": True,
        },
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"discreet": {"()": "openletters.logs.Discreet"}},
        "formatters": {"line": formatters[form]},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "filters": ["discreet"],
                "formatter": "line",
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            # Django gives it a handler of its own, which knows no discretion.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.request": {"level": "ERROR"},
            "_granian": {"handlers": [], "level": "WARNING", "propagate": True},
            "openletters": {"level": "INFO"},
            "signatures": {"level": "INFO"},
        },
    }
