"""Lists as they were delivered, with what became of each name."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from signatures.models.letters import Letter
from signatures.moments import day_in
from signatures.pages.editions import Delivery, Listed, deliveries

register = template.Library()


@register.simple_tag
def delivered_names(listed: "Iterable[Listed]", zone: str, start: int = 1) -> SafeString:
    """Return a numbered list of an edition's names, each with what happened to it since.

    Days are those of the calendar in a time zone.
    """
    first = f' start="{int(start)}"' if start != 1 else ""
    items = [f"<li>{_item(one, zone)}</li>" for one in listed]
    return mark_safe("\n".join([f'<ol class="names"{first}>', *items, "</ol>"]))


@register.simple_tag
def deliveries_of(letter: Letter) -> list[Delivery]:
    """Return the editions of a letter, the newest first."""
    return deliveries(letter)[::-1]


def _item(one: Listed, zone: str) -> str:
    if one.is_withheld:
        withheld = escape(_("name withheld"))
        return f'<span class="since">{withheld}</span>'
    local = f' <bdi class="local">{escape(one.local_name)}</bdi>' if one.local_name else ""
    name = f"<bdi>{escape(one.name)}</bdi>{local}"
    if one.earlier_text:
        told = escape(_("signed version %(number)s") % {"number": one.earlier_text})
        name += f' <small class="version">{told}</small>'
    said = ""
    if one.removed_at:
        said = _("removed by the organisers on %(day)s") % {"day": day_in(one.removed_at, zone)}
    elif one.withdrawn_at:
        said = _("withdrew on %(day)s") % {"day": day_in(one.withdrawn_at, zone)}
    return f'{name} <small class="since">{escape(said)}</small>' if said else name
