"""Languages: of the interface, of letters, and the one in which somebody reads.

The interface speaks `settings.LANGUAGES`. Letters can be written in more: LETTER_LANGUAGES of the
settings holds those of the interface, and others. The prefix of an address is the language in
which its reader reads. Where the interface does not speak it, its words come in the site's own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Self

from django.conf import settings
from django.urls import get_urlconf, include, path, set_urlconf
from django.utils.encoding import escape_uri_path
from django.utils.html import format_html
from django.utils.http import escape_leading_slashes
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, override

RIGHT_TO_LEFT = "rtl"
LEFT_TO_RIGHT = "ltr"

_reading: ContextVar[tuple[str, str] | None] = ContextVar("reading", default=None)
"""The language of the reader, and the one in which the interface answers."""

OUTSIDE = ("/admin/", "/api/", "/demo/", "/oembed.json", "/.well-known/")
"""Where addresses have no language."""

TERRITORIES = {"ar": "AR", "en": "GB", "es": "ES", "fa": "IR", "fr": "FR", "he": "IL"}
"""What Open Graph wants to know of a language, which says nothing about a country."""

ARABIC_SCRIPT = {"ar", "ckb", "fa", "ps", "ug", "ur"}
"""Languages with marks of punctuation of their own."""


def choices() -> list[tuple[str, Any]]:
    """Return every language that can be read in: codes and names, the interface's first."""
    return list(settings.LETTER_LANGUAGES)


def codes() -> list[str]:
    """Return the codes of every language that can be read in."""
    return [code for code, _name in settings.LETTER_LANGUAGES]


def of_interface() -> list[str]:
    """Return the codes of the languages that the interface speaks."""
    return [code for code, _name in settings.LANGUAGES]


def spoken(language: str) -> str:
    """Return the language in which the interface answers somebody who reads in `language`."""
    return language if language in of_interface() else settings.LANGUAGE_CODE


def reading() -> str:
    """Return the language in which is being read."""
    interface = get_language() or settings.LANGUAGE_CODE
    stated = _reading.get()
    # Whoever has switched the interface since, by other means, means that language.
    return stated[0] if stated and stated[1] == interface else interface


@contextmanager
def read_in(language: str) -> Iterator[str]:
    """Read in a language: texts and addresses are in it, and so is the interface if it can be.

    A language that the site no longer knows is its own one.
    """
    language = language if language in codes() else settings.LANGUAGE_CODE
    addresses = get_urlconf()
    stated = _reading.set((language, spoken(language)))
    set_urlconf(addresses_in(language))
    try:
        with override(spoken(language)):
            yield language
    finally:
        set_urlconf(addresses)
        _reading.reset(stated)


def addresses_in(language: str) -> Any:
    """Return the site's addresses for a language that the interface does not speak; else None.

    Django makes the addresses of those it speaks.
    """
    return None if language == spoken(language) else _addresses_in(language)


@cache
def _addresses_in(language: str) -> Any:
    urls: Any = import_module(settings.ROOT_URLCONF)
    public = path(f"{language}/", include("signatures.urls"))
    return Addresses(
        urlpatterns=[*urls.without_language, public],
        handler404=urls.handler404,
        handler500=urls.handler500,
    )


@dataclass(frozen=True, eq=False)
class Addresses:
    """What Django takes for a module of addresses; it remembers what it has made of each."""

    urlpatterns: list[Any]
    handler404: str
    handler500: str


def link_in(language: str, address: str) -> str:
    """Return a link to the same page in another language, whatever somebody typed there."""
    return escape_leading_slashes(escape_uri_path(address_in(language, address)))


def of_address(address: str) -> str:
    """Return the language of the address that a path names."""
    first = address.split("/", 2)[1] if address.startswith("/") else ""
    known = first in codes() and first != settings.LANGUAGE_CODE
    return first if known else settings.LANGUAGE_CODE


def address_in(language: str, address: str) -> str:
    """Return the address of the same page in another language."""
    rest = address
    if (present := of_address(address)) != settings.LANGUAGE_CODE:
        rest = address.removeprefix(f"/{present}") or "/"
    return rest if language == settings.LANGUAGE_CODE else f"/{language}{rest}"


def direction(language: str) -> str:
    """Return how a language is written, as HTML has it."""
    known = _info(language)
    return RIGHT_TO_LEFT if known and known["bidi"] else LEFT_TO_RIGHT


def own_name(language: str) -> str:
    """Return what a language is called by those who speak it."""
    known = _info(language)
    name = str(known["name_local"]) if known else language
    return name[:1].upper() + name[1:]


def name(language: str) -> str:
    """Return what a language is called in the language of the interface."""
    known: Any = dict(choices()).get(language)
    info = _info(language)
    return str(known or (info["name_translated"] if info else language))


def comma(language: str) -> str:
    """Return what stands between the parts of a line."""
    return "، " if language.partition("-")[0] in ARABIC_SCRIPT else ", "


def colon(language: str) -> str:
    """Return what stands between a word and what it is about."""
    return "\u00a0: " if language.partition("-")[0] == "fr" else ": "


def attributes(language: str, around: str | None = None) -> SafeString | str:
    """Return the attributes of an HTML element in a language, if what is around is in another.

    That is the interface's language unless it is named. What has no language needs none.
    """
    around = (get_language() or "") if around is None else around
    if not language or language == around:
        return ""
    return format_html(' lang="{}" dir="{}"', language, direction(language))


def open_graph(language: str) -> str:
    """Return a language as Open Graph writes it."""
    base, _hyphen, region = language.partition("-")
    region = region.upper() if len(region) == 2 else TERRITORIES.get(base, "")
    return f"{base}_{region}" if region else base


def _info(language: str) -> dict[str, Any] | None:
    try:
        return dict(get_language_info(language))
    except KeyError:
        return None


class Text(str):
    """A text, and the language it is in."""

    __slots__ = ("language",)

    language: str

    def __new__(cls, text: str = "", language: str = "") -> Self:
        made = super().__new__(cls, text)
        made.language = language
        return made

    def __getnewargs__(self) -> Any:
        return str(self), self.language

    def then(self, change: Callable[[str], str]) -> "Text":
        """Return what `change` makes of it, in the same language."""
        return Text(change(str(self)), self.language)


def teach_parler() -> None:
    """Have parler take the languages of letters for those of texts, instead of the interface's."""
    from parler import appsettings, forms
    from parler.utils import i18n

    i18n.LANGUAGES_DICT.update(settings.LETTER_LANGUAGES)
    known = appsettings.PARLER_LANGUAGES
    known[None] = tuple({**known["default"], "code": code} for code in codes())
    variant = forms.get_supported_language_variant
    forms.get_supported_language_variant = lambda code: code if code in codes() else variant(code)
