"""What is out of the ordinary about a submission. It tells the moderator, and refuses nobody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

HASTE = 3
"""Seconds in which nobody fills the form in."""


class Flag(models.TextChoices):
    """A sign of a script at work, or of an attack on the letter."""

    HIDDEN_FIELD = "hidden_field", _("filled in a hidden field")
    HASTY = "hasty", _("sent within 3 seconds of opening the form")
    UNOPENED = "unopened", _("sent without opening the form")
    REUSED = "reused", _("sent again and again from one opening of the form")
    RUSH = "rush", _("came while the letter was signed faster than organisations sign")
    UNCOUNTED = "uncounted", _("came while the limits were out of order")
    BY_API = "by_api", _("sent by an organiser's own form")
    HELD = "held", _("not written to yet: the domain is not on the list")
