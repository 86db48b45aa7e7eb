"""What the share panel hands out, and what a letter tells machines about itself."""

import json
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from signatures import canonical
from signatures.models.letters import Letter
from signatures.pages import embeds
from signatures.pages.letters import LetterPage

register = template.Library()

# As they would end the element they stand in, or begin another.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag
def letter_address(letter: Letter) -> str:
    """Return the whole address of a letter's page, in the language that is being read."""
    return embeds.address_of("letter", letter)


@register.simple_tag
def frame_snippet(letter: Letter) -> SafeString:
    """Return the HTML for the letter's frame, to be read as text."""
    return escape(str(embeds.frame_snippet(letter)))


@register.simple_tag
def badge_snippet(letter: Letter) -> SafeString:
    """Return the HTML for the letter's badge, to be read as text."""
    return escape(str(embeds.badge_snippet(letter)))


@register.simple_tag
def schema_of(page: LetterPage) -> SafeString:
    """Return what a letter is, as schema.org says it (JSON-LD), safe inside of a script element.

    Browsers execute nothing of such an element, so that the content security policy allows it.
    """
    told = json.dumps(_schema(page), ensure_ascii=False, separators=(",", ":"))
    return mark_safe(told.translate(_ESCAPES))


def _schema(page: LetterPage) -> dict[str, Any]:
    letter, languages = page.letter, page.languages
    address = embeds.address_of("letter", letter)
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Message",
        "@id": f"{address}#letter",
        "url": address,
        "name": str(letter.title),
        "headline": str(letter.title),
        "dateCreated": letter.dated.isoformat(),
        "dateModified": canonical.moment(letter.as_of),
        "inLanguage": languages.shown,
        "image": embeds.address_of("share-picture", letter),
        "publisher": {
            "@type": "Organization",
            "name": settings.SITE_NAME,
            "url": settings.SITE_URL,
        },
        "recipient": [_recipient(one) for one in page.addressees],
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/EndorseAction",
            "userInteractionCount": page.count,
        },
    }
    if letter.summary:
        told["abstract"] = str(letter.summary)
    if page.initiators:
        names = (one[0] for one in page.initiators)
        told["author"] = [{"@type": "Organization", "name": name} for name in names]
    if languages.is_translation:
        told["translationOfWork"] = {"@type": "Message", "inLanguage": languages.authoritative}
    return told


def _recipient(one: Any) -> dict[str, str]:
    if one.name:
        said = {"@type": "Person", "name": str(one.name)}
        return said | ({"jobTitle": str(one.position)} if one.position else {})
    return {"@type": "Organization", "name": str(one.position or one.institution)}
