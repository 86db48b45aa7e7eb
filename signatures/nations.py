"""The names of countries, in the order in which readers of a language look them up."""

from typing import Any

import django_countries
from django.utils.translation import get_language

from signatures import names


def in_order(item: tuple[str, str]) -> Any:
    """Return the key by which a country, as its two letters and its name, is sorted on a page."""
    return names.collation_key(str(item[1]), get_language() or "")


def sort_lists() -> None:
    """Have the lists of django-countries sorted so, which knows the order of English alone.

    It offers no setting for it: without a package for collation it sorts by ASCII letters, of
    which Arabic names have none.
    """
    django_countries.sort_key = in_order
