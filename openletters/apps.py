"""The project's own app: settings, checks, and what every template knows."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class OpenLettersConfig(AppConfig):
    """Registers the system checks, and what SQLite has to know of guarded tables."""

    name = "openletters"

    def ready(self) -> None:
        from openletters import checks, guards, languages  # noqa: F401

        languages.teach_parler()

        connection_created.connect(guards.teach)
