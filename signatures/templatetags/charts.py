"""Pictures of numbers, drawn in the direction in which the page is read."""

from collections.abc import Mapping, Sequence

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi

from signatures import charts
from signatures.charts import Step

register = template.Library()


@register.simple_tag
def growth_of(steps: Sequence[Step], title: str) -> SafeString:
    """Draw how a number grew; `title` says it in words."""
    return charts.growth(steps, title.strip(), mirrored=get_language_bidi())


@register.simple_tag
def bar_of(number: int, most: int) -> SafeString:
    """Draw a bar as long as `number` is of `most`."""
    return charts.bar(number, most, mirrored=get_language_bidi())


@register.simple_tag
def columns_of(days: Sequence[Mapping[str, int]], kinds: Sequence[str], title: str) -> SafeString:
    """Draw a column for each day; `title` says it in words."""
    return charts.columns(days, kinds, title.strip(), mirrored=get_language_bidi())
