"""What pages say about languages: of their elements, and of themselves."""

from datetime import date
from typing import Any
from unicodedata import bidirectional

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from openletters import languages
from signatures import moments, phrases
from signatures.models.letters import Addressee
from signatures.pages.offers import Offer, offer_of_interface

register = template.Library()


@register.filter
def lang(text: Any, around: str | None = None) -> SafeString | str:
    """Return the attributes of an element with this text, if what is around is in another language.

    That is the language of the page unless another is named. What has no language gets none.
    """
    return languages.attributes(getattr(text, "language", ""), around)


@register.simple_tag
def lang_of(language: str) -> SafeString | str:
    """Return the attributes of an element in a language that is not the page's."""
    return languages.attributes(language)


@register.simple_tag
def words_lang(around: str) -> SafeString | str:
    """Return the attributes of an element with words of the interface inside another language."""
    return languages.attributes(get_language() or "", around)


@register.simple_tag
def spoken_in(text: str) -> str:
    """Return the language for the interface's words in a text: the text's own, if it is spoken."""
    return text if text in dict(settings.LANGUAGES) else get_language() or text


@register.filter
def comma(language: str) -> str:
    """Return what a language puts between the parts of a line."""
    return languages.comma(language)


@register.simple_tag
def list_colon() -> str:
    """Return what stands before a list in the language of the page."""
    return languages.colon(get_language() or "")


@register.simple_tag
def list_comma() -> str:
    """Return what stands between two parts of a list in the language of the page."""
    return phrases.between()


@register.filter
def dated(day: date, language: str) -> str:
    """Return a date as it is written in a language, whatever the page's own is."""
    with override(language):
        return moments.day(day)


@register.simple_tag
def addressed(one: Addressee) -> SafeString:
    """Return an addressee in one line: who, and as what, each in its own language."""
    parts = [part for part in (one.name, one.position) if part] or [one.institution]
    between = languages.comma(get_language() or "")
    each = ((lang(part), part) for part in parts if part)
    return format_html_join(between, "<bdi{}>{}</bdi>", each)


FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


@register.filter
def isolated(text: Any) -> str:
    """Return a name for a line of plain text, kept apart where it could turn the rest around."""
    stated = str(text)
    rtl = languages.direction(get_language() or "") == languages.RIGHT_TO_LEFT
    if not stated or not (rtl or any(bidirectional(one) in {"R", "AL"} for one in stated)):
        return stated
    return f"{FIRST_STRONG_ISOLATE}{stated}{POP_ISOLATE}"


@register.simple_tag(takes_context=True)
def languages_of_page(context: template.Context) -> Offer | None:
    """Return in which languages the present page can be read; None if it has but one."""
    request = context.get("request")
    if request is None or request.path_info.startswith(languages.OUTSIDE):
        return None
    offer: Offer = context.get("languages") or offer_of_interface()
    return offer


@register.simple_tag(takes_context=True)
def switch(context: template.Context, offer: Offer) -> list[dict[str, Any]]:
    """Return the page in every language of the interface, and in those its text has besides."""
    codes = [
        code
        for code in languages.codes()
        if code in languages.of_interface() or code in offer.texts or code == offer.reading
    ]
    address = context.get("place") or context["request"].path_info
    return [
        {
            "code": code,
            "name": languages.own_name(code),
            "direction": languages.direction(code),
            "address": languages.link_in(code, address) + offer.query,
            "is_present": code == offer.reading,
            "has_text": code in offer.texts,
            "offers": _offers(code, offer) if code in offer.texts else {},
        }
        for code in codes
    ]


def _offers(code: str, offer: Offer) -> dict[str, str]:
    """Return the words that offer a language, in that language; its name if we lack words."""
    with override(languages.spoken(code)):
        dismiss = _("Dismiss")
        if code != languages.spoken(code):
            sentence = languages.own_name(code)
        elif offer.is_letter:
            sentence = pgettext(
                "name your own language instead of English",
                "This letter can also be read in English.",
            )
        else:
            sentence = pgettext(
                "name your own language instead of English",
                "This page can also be read in English.",
            )
    return {"sentence": sentence, "dismiss": dismiss}


@register.simple_tag(takes_context=True)
def address_in(context: template.Context, code: str) -> str:
    """Return the present page's address in another language."""
    path = context["request"].path_info
    if path.startswith(languages.OUTSIDE):
        # No prefix leads to a preview; its language is told behind the address.
        return f"?language={code}"
    return languages.link_in(code, path)


@register.simple_tag(takes_context=True)
def canonical(context: template.Context) -> str:
    """Return the address by which others should know the present page."""
    offer = languages_of_page(context)
    path = context["request"].path_info
    return settings.SITE_URL + (languages.link_in(offer.canonical, path) if offer else path)


@register.filter
def language_name(code: str) -> str:
    """Return what a language is called in the language of the page."""
    return languages.name(code)


@register.filter
def open_graph(code: str) -> str:
    """Return a language as Open Graph writes it."""
    return languages.open_graph(code)


@register.simple_tag
def marked(text: Any, around: str | None = None) -> SafeString:
    """Return a text, within an element that tells its language if that is not the one around."""
    attributes = lang(text, around)
    return format_html("<span{}>{}</span>" if attributes else "{1}", attributes, text)
