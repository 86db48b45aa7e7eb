"""Settings that would be accepted and should not be."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def hosts_are_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Production answers under its own names only, and is reached by https."""
    problems: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        problems.append(
            Error(
                "ALLOWED_HOSTS accepts every host name.",
                hint="Set ALLOWED_HOSTS to the names of this site, separated by commas.",
                id="openletters.E001",
            )
        )
    if not settings.SITE_URL.startswith("https://"):
        problems.append(
            Error(
                "SITE_URL is not an https:// address.",
                hint="Set SITE_URL to the address under which readers reach the site.",
                id="openletters.E002",
            )
        )
    return problems
