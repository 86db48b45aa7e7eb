"""Settings that would each be accepted, and should not be together, on a site that is public."""

from collections.abc import Iterator, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import DatabaseError
from django.http.request import validate_host

from signatures import resealing


@register(Tags.security, deploy=True)
def can_be_public(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A public site answers under its own names, by https, sends mail, and has PostgreSQL."""
    return list(_problems())


@register(Tags.database)
def can_read_contacts(
    app_configs: Sequence[AppConfig] | None, *, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """The database was sealed with keys that this site has; asked before each migration."""
    if "default" not in (databases or ()):
        return []
    try:
        missing = resealing.missing_keys()
    except DatabaseError:  # before the first migration
        return []
    return [
        Error(
            f"CONTACT_KEYS lacks the key {name}, which sealed contact data in this database.",
            hint="Put the key that was in use back into CONTACT_KEYS, behind the present one.",
            id="openletters.E006",
        )
        for name in missing
    ]


def _problems() -> Iterator[CheckMessage]:
    hosts = settings.ALLOWED_HOSTS
    if "*" in hosts:
        yield Error(
            "ALLOWED_HOSTS accepts every host name.",
            hint="Set ALLOWED_HOSTS to the names of this site, separated by commas.",
            id="openletters.E001",
        )
    if not settings.SITE_URL.startswith("https://"):
        yield Error(
            "SITE_URL is not an https:// address.",
            hint="Set SITE_URL to the address under which readers reach the site.",
            id="openletters.E002",
        )
    if not validate_host(urlsplit(settings.SITE_URL).hostname or "", hosts):
        yield Error(
            "ALLOWED_HOSTS lacks the host of SITE_URL.",
            hint="Add it, or leave ALLOWED_HOSTS away: it is then that host.",
            id="openletters.E003",
        )
    if "smtp" not in settings.EMAIL_BACKEND:
        yield Error(
            "EMAIL_URL names no mail server, so nobody could confirm a sign-on.",
            hint="Set EMAIL_URL, for instance to smtp+tls://user@mail.example.org:587.",
            id="openletters.E004",
        )
    if not _is_address(settings.DEFAULT_FROM_EMAIL):
        yield Error(
            "DEFAULT_FROM_EMAIL is an address that nobody can answer.",
            hint="Set DEFAULT_FROM_EMAIL to an address of the site that people read.",
            id="openletters.E005",
        )
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        yield Warning(
            "DATABASE_URL names SQLite, which has one writer at a time and no server.",
            hint="Set DATABASE_URL to a PostgreSQL.",
            id="openletters.W001",
        )
    if missing := list(_not_compiled()):
        yield Error(
            f"The translations of the interface are not compiled: {', '.join(missing)}.",
            hint="Run pybabel compile --domain django --directory signatures/locale.",
            id="openletters.E007",
        )


def _not_compiled() -> Iterator[str]:
    """Yield the languages whose catalog is newer than what is read at run time."""
    for folder in map(Path, settings.LOCALE_PATHS):
        for text in sorted(folder.glob("*/LC_MESSAGES/django.po")):
            compiled = text.with_suffix(".mo")
            if not compiled.exists() or compiled.stat().st_mtime < text.stat().st_mtime:
                yield text.parts[-3]


def _is_address(sender: str) -> bool:
    """Whether mail can be sent to somebody, who may be named: Letters <letters@example.org>."""
    try:
        EmailValidator(allowlist=[])(parseaddr(sender)[1])
    except ValidationError:
        return False
    return True
