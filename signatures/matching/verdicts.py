"""What is said about two names: same, related or different, with the reason."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Label(TextChoices):
    """What two names are to each other."""

    SAME = "same", _("same")
    RELATED = "related", _("related")
    DIFFERENT = "different", _("different")


@dataclass(frozen=True)
class Verdict:
    """What two names are to each other, how sure that is (0 to 1), and why, for a moderator."""

    label: Label
    score: float
    reason: str
