"""Words that pages put together from a letter's facts."""

from collections.abc import Collection, Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from openletters.languages import comma
from signatures.models.letters import Addressee, Demand
from signatures.pages.letters import Name
from signatures.pages.timeline import Event, Timeline

register = template.Library()


@register.filter
def closing_phrase(days: int) -> str:
    """Return how far away the closing time is, told in days."""
    if days <= 0:
        return _("closes today")
    if days == 1:
        return _("closes tomorrow")
    return ngettext("closes in %(days)s day", "closes in %(days)s days", days) % {"days": days}


@register.simple_tag
def names_of(
    names: "Iterable[Name]", start: int = 1, later: Collection[int] = (), since: int = 0
) -> SafeString:
    """Return a numbered list of names: each as listed, and in its own language or "".

    `later` are the numbers of those who signed after the letter was delivered. Those that stand
    under an earlier text than that of number `since` say so. A template would take ten times as
    long over it, which is most of a letter's page.
    """
    said = escape(_("after delivery"))
    mark = f' <small class="later">{said}</small>' if later else ""
    items = [
        f"<li><bdi>{escape(name)}</bdi>"
        + (f' <bdi class="local">{escape(local)}</bdi>' if local else "")
        + (_earlier(text) if text < since > 1 else "")
        + (mark if number in later else "")
        + "</li>"
        for number, (name, local, text) in enumerate(names, start=start)
    ]
    first = f' start="{int(start)}"' if start != 1 else ""
    return mark_safe("\n".join([f'<ol class="names"{first}>', *items, "</ol>"]))


def _earlier(text: int) -> str:
    said = escape(_("signed version %(number)s") % {"number": text})
    return f' <small class="version">{said}</small>'


@register.simple_tag
def standing_of(timeline: Timeline, demand: Demand) -> Event | None:
    """Return what tells where a demand stands; None while nobody has said."""
    return timeline.standings.get(demand.pk)


@register.filter
def called(addressee: Addressee) -> str:
    """Return an addressee in one line: who, and as what."""
    parts = [addressee.name, addressee.position]
    return comma(get_language() or "").join(filter(None, parts)) or addressee.institution
