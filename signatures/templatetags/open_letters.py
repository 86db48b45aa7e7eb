"""Words that pages put together from a letter's facts."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from signatures.models.letters import Addressee

register = template.Library()


@register.filter
def closing_phrase(closes_at: datetime) -> str:
    """Return how far away a closing time is, in days of the site's own calendar."""
    days = (timezone.localdate(closes_at) - timezone.localdate()).days
    if days <= 0:
        return _("closes today")
    if days == 1:
        return _("closes tomorrow")
    return ngettext("closes in %(days)s day", "closes in %(days)s days", days) % {"days": days}


@register.filter
def called(addressee: Addressee) -> str:
    """Return an addressee in one line: who, and as what."""
    parts = [addressee.name, addressee.position]
    return ", ".join(part for part in parts if part) or addressee.institution
