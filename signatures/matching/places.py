"""Countries and regions of the world, as people write them."""

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path

import django_countries
import pycountry
from django.utils import translation
from django_countries.base import CountriesBase

from signatures.matching.words import plain

_EVERYDAY = {
    "BA": "bosnia",
    "BO": "bolivia",
    "BR": "brasil",
    "CD": "dr congo, drc, democratic republic of congo, congo kinshasa, rd congo, rdc",
    "CG": "congo brazzaville",
    "CH": "suisse, schweiz, svizzera",
    "CI": "ivory coast",
    "CV": "cape verde",
    "CZ": "czech republic, czechia",
    "DE": "deutschland",
    "GB": "uk, great britain, britain, england, scotland, wales, northern ireland, reino unido, "
    "royaume uni, inglaterra, angleterre, بريطانيا, انجلترا",
    "IE": "republic of ireland",
    "IR": "iran",
    "KP": "north korea",
    "KR": "south korea, korea, republic of korea",
    "LA": "laos, lao pdr",
    "MD": "moldova",
    "MK": "macedonia",
    "MM": "burma",
    "NL": "holland, nederland, pays bas, holanda, هولندا",
    "PS": "palestine, occupied palestinian territory, opt, state of palestine, palestina, "
    "فلسطين, פלסטין",
    "IL": "ישראל",
    "RU": "russia",
    "SY": "syria",
    "SZ": "swaziland",
    "TL": "east timor",
    "TR": "turkey, turkiye, تركيا",
    "TT": "trinidad",
    "TW": "taiwan",
    "TZ": "tanzania",
    "US": "us, usa, united states, united states of america, estados unidos, ee uu, eeuu, "
    "etats unis, امريكا, الولايات المتحدة الامريكية",
    "VA": "vatican, holy see",
    "VE": "venezuela",
    "VN": "vietnam, viet nam",
    "XK": "kosovo",
    "AE": "uae, emirates, الامارات",
}
_LANGUAGES = ("en", "ar", "es", "fr", "de", "it", "nl", "pt")
_DJANGO_COUNTRIES = Path(django_countries.__file__).parent / "locale"

_REGIONS = frozenset(
    {
        "africa", "asia", "europe", "america", "americas", "latin america", "latinamerica",
        "north america", "south america", "central america", "caribbean", "pacific",
        "asia pacific", "middle east", "mena", "east africa", "west africa", "southern africa",
        "eastern africa", "south asia", "southeast asia", "global south", "eu",
    }
)  # fmt: skip
_EVERYWHERE = frozenset({"global", "international", "worldwide", "regional"})


@cache
def _countries() -> dict[str, str]:
    """Return the two letters of each country by each of its names, as plain text."""
    named: dict[str, str] = {}
    with translation.override(None):
        everyday = {code: str(name) for code, name in CountriesBase.COMMON_NAMES.items()}
    for language in _LANGUAGES:
        official = _translator("iso3166-1", pycountry.LOCALES_DIR, language)
        common = _translator("django", str(_DJANGO_COUNTRIES), language)
        for code, name in everyday.items():
            named[plain(common(name))] = code
        for country in pycountry.countries:
            for form in ("name", "common_name", "official_name"):
                if name := getattr(country, form, ""):
                    named.setdefault(plain(official(name)), country.alpha_2)
    for code, more in _EVERYDAY.items():
        named.update((plain(name), code) for name in more.split(","))
    return named


def _translator(domain: str, folder: str, language: str) -> Callable[[str], str]:
    return gettext.translation(domain, folder, [language], fallback=True).gettext


def country_named(name: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of the country called `name` in words, or ""."""
    text = plain(name)
    return _countries().get(text) or _countries().get(text.removeprefix("the ")) or ""


def country_code(text: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country given by code or by name, or "".

    Codes of two and of three letters, and names in English, Arabic, Spanish, French and a few
    other languages, in everyday forms too: "UK", "Holland", "Palestine".
    """
    letters = text.strip().replace(".", "").upper()
    if len(letters) == 2 and letters.isascii() and pycountry.countries.get(alpha_2=letters):
        return letters
    if letters in {"UK", "XK"}:
        return {"UK": "GB"}.get(letters, letters)
    if (
        len(letters) == 3
        and letters.isascii()
        and (found := pycountry.countries.get(alpha_3=letters))
    ):
        return str(found.alpha_2)
    return country_named(text)


def place(text: str) -> str:
    """Return what place a plain text is: a country's code, "*region" for a region, or ""."""
    if code := country_named(text):
        return code
    text = plain(text)
    return f"*{text}" if text in _REGIONS or text in _EVERYWHERE else ""


@cache
def names_of_places() -> dict[str, str]:
    """Return the plain names of countries and regions that can stand inside a name."""
    inside = {name: code for name, code in _countries().items() if len(name) > 3}
    return inside | {region: f"*{region}" for region in _REGIONS}
