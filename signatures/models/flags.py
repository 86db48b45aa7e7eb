"""What a submission did that people seldom do. It tells the moderator, and refuses nobody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

HASTE = 3
"""Seconds in which nobody fills the form in."""


class Flag(models.TextChoices):
    """A sign of a script at work."""

    HIDDEN_FIELD = "hidden_field", _("filled in a hidden field")
    HASTY = "hasty", _("sent within 3 seconds of opening the form")
    UNOPENED = "unopened", _("sent without opening the form")
