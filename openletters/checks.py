"""Settings that would be accepted and should not be."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "::1"}


@register(Tags.security)
def demo_stays_at_home(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """The demo shows everybody's mail; it may be served on this machine alone."""
    if settings.DEMO and urlsplit(settings.SITE_URL).hostname not in LOOPBACK:
        return [
            Error(
                "DEMO is on for a site that is not on this machine.",
                hint="Unset DEMO, or set SITE_URL to an address on 127.0.0.1.",
                id="openletters.E001",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def hosts_are_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Production answers under its own names only, and signs with a key that stays."""
    problems: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        problems.append(
            Error(
                "ALLOWED_HOSTS accepts every host name.",
                hint="Set ALLOWED_HOSTS to the names of this site, separated by commas.",
                id="openletters.E002",
            )
        )
    if settings.SECRET_KEY.startswith("unset-"):
        problems.append(
            Error(
                "SECRET_KEY is not set: links in mails would stop working at every restart.",
                hint="Set SECRET_KEY to 50 or more random characters and keep it.",
                id="openletters.E003",
            )
        )
    if not settings.SITE_URL.startswith("https://"):
        problems.append(
            Error(
                "SITE_URL is not an https:// address.",
                hint="Set SITE_URL to the address under which readers reach the site.",
                id="openletters.E004",
            )
        )
    return problems
