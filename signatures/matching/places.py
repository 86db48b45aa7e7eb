"""Countries as people write them: codes, and names in the languages of the interface."""

from functools import cache

import pycountry
from django.conf import settings
from django.utils import translation
from django_countries import countries

from signatures import names

_EVERYDAY = {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "usa": "US",
    "us": "US",
    "united states": "US",
    "the netherlands": "NL",
    "holland": "NL",
    "state of palestine": "PS",
    "occupied palestinian territory": "PS",
    "palestinian territories": "PS",
    "russia": "RU",
    "south korea": "KR",
    "czech republic": "CZ",
    "turkey": "TR",
    "ivory coast": "CI",
}


def country_code(text: str) -> str:
    """Return the two letters (ISO 3166-1) of the country that `text` names, or ""."""
    return _known().get(names.fold(text), "")


@cache
def _known() -> dict[str, str]:
    known: dict[str, str] = {}
    for country in pycountry.countries:
        for attribute in ("alpha_3", "name", "official_name", "common_name"):
            if stated := getattr(country, attribute, ""):
                known[names.fold(stated)] = country.alpha_2
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            known |= {names.fold(str(name)): code for code, name in countries}
    known |= {code.lower(): code for code, _name in countries}
    return known | {names.fold(name): code for name, code in _EVERYDAY.items()}
