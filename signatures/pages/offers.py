"""In which languages a page can be read: for its switch, for search engines, for its readers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from openletters import languages
from openletters.languages import Text


@dataclass(frozen=True)
class Offer:
    """The languages of one page.

    `texts` are those in which what the page is about is written, the authoritative one first. In
    others only the words around it change. `query` belongs to the page in every language.
    """

    texts: list[str]
    shown: str
    is_letter: bool = False
    partly: bool = False
    """Whether some of its texts are not in the language of most."""
    query: str = ""
    reading: str = field(default_factory=languages.reading)

    @property
    def authoritative(self) -> str:
        """The language of the binding text."""
        return self.texts[0] if self.texts else self.shown

    @property
    def falls_back(self) -> bool:
        """Whether another language is shown than the reader's."""
        return self.shown != self.reading

    @property
    def is_translation(self) -> bool:
        """Whether another text than the one shown is binding."""
        return self.shown != self.authoritative

    @property
    def canonical(self) -> str:
        """The language in whose address search engines should know the page."""
        return self.shown if self.shown in languages.codes() else settings.LANGUAGE_CODE

    @property
    def elsewhere(self) -> list[str]:
        """Every language in which it can be read, if there are several."""
        known = [code for code in self.texts if code in languages.codes()]
        return known if len(known) > 1 else []


def offer_of(letter: Any, texts: Iterable[Text]) -> Offer:
    """Return the languages of a letter, and how `texts`, which its page shows, stand to them."""
    shown = letter.body.language
    return Offer(
        texts=letter.text_languages(),
        shown=shown,
        is_letter=True,
        partly=any(text and text.language != shown for text in texts),
    )


def offer_of_campaign(campaign: Any) -> Offer:
    """Return the languages of a campaign."""
    binding = campaign.authoritative_language()
    written = set(campaign.get_available_languages())
    others = [code for code in languages.codes() if code in written and code != binding]
    texts = [binding, *others] if binding in written else others
    return Offer(texts=texts, shown=campaign.title.language)


def offer_of_interface(query: str = "") -> Offer:
    """Return the languages of a page whose words are the interface's."""
    own = settings.LANGUAGE_CODE
    others = [code for code in languages.of_interface() if code != own]
    shown = languages.spoken(languages.reading())
    return Offer(texts=[own, *others], shown=shown, query=query)
