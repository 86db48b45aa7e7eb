"""The project's own app: settings, checks, and what every template knows."""

from django.apps import AppConfig


class OpenLettersConfig(AppConfig):
    """Registers the system checks."""

    name = "openletters"

    def ready(self) -> None:
        from openletters import checks  # noqa: F401
