"""Letters, organisations, sign-ons."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SignaturesConfig(AppConfig):
    """The app that does the job."""

    name = "signatures"
    verbose_name = _("Open letters")

    def ready(self) -> None:
        from signatures import nations
        from signatures.models import phases, reaffirming

        nations.sort_lists()
        phases.opened.connect(reaffirming.ask)
