"""Atom feeds: of the letters, and of what became of one."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from openletters import languages
from openletters.languages import Text
from signatures import phrases
from signatures.models.letters import Letter
from signatures.models.translated import read_translated
from signatures.pages import states, timeline
from signatures.pages.kept import Page, answer
from signatures.pages.states import State
from signatures.pages.timeline import Event
from signatures.papers.sheet import printable

MOST_LETTERS = 50
"""Letters of which the feed tells: those to which something happened last."""


class Feed(Atom1Feed):
    """A feed whose answer follows from what it tells, and not from when it is asked for."""

    def __init__(self, *, title: str, address: str, about: str) -> None:
        host = settings.SITE_URL
        super().__init__(
            title=printable(title),
            link=host + about,
            description=None,
            language=languages.spoken(languages.reading()),
            author_name=printable(settings.SITE_NAME),
            feed_url=host + address,
            feed_guid=host + address,
        )

    def tell(
        self,
        *,
        title: str,
        path: str,
        language: str,
        published: datetime,
        updated: datetime,
        summary: SafeString | str,
    ) -> None:
        """Add an entry; its address names it for good."""
        address = settings.SITE_URL + path
        self.add_item(
            title=printable(title),
            link=address,
            description=printable(summary),
            unique_id=address,
            pubdate=published,
            updateddate=updated,
            language=language,
        )

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """Each entry is in the language of its text."""
        language = item["language"]
        return {"xml:lang": language} if language and language != self.feed["language"] else {}

    def latest_post_date(self) -> datetime:
        """When the newest entry was made or corrected; long ago if there is none."""
        return max(
            (item["updateddate"] for item in self.items), default=datetime(2000, 1, 1, tzinfo=UTC)
        )

    def page(self) -> Page:
        """Return it as a public page."""
        return Page(self.writeString("utf-8").encode(), self.content_type)


def _line(event: Event) -> str:
    """Return an event in one line: what, and who."""
    named = phrases.enumerated(event.addressees)
    return phrases.about(event.title, named) if named else event.title


def _paragraphs(text: Text) -> SafeString:
    attributes = languages.attributes(text.language, "")
    return format_html("<div{}>{}</div>", attributes, mark_safe(linebreaks(text, autoescape=True)))


def _told(event: Event) -> SafeString:
    """Return what an entry says, as HTML."""
    parts = [_paragraphs(text) for text in (event.about, event.lead) if text]
    links = [
        (event.source, _("Source")),
        (event.file and settings.SITE_URL + event.file, _("File")),
    ]
    parts += [
        format_html('<p><a href="{}">{}</a></p>', address, word)
        for address, word in links
        if address
    ]
    return format_html_join("", "{}", ((part,) for part in parts))


def _since(letter: Letter) -> datetime:
    """Return since when a letter can be read, as far as it tells."""
    return letter.opens_at or datetime.combine(letter.dated, time(), ZoneInfo(letter.time_zone))


def _by_age(letters: Iterable[Letter]) -> list[tuple[datetime, Letter]]:
    found = list(letters)
    lines = timeline.timelines(found)
    last = {
        one.pk: max([_since(one), *(event.told_at for event in lines[one.pk].events)])
        for one in found
    }
    return sorted(((last[one.pk], one) for one in found), key=lambda row: row[0], reverse=True)


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """Tell of every letter, those first to which something happened last."""

    def make(state: State) -> Page:
        feed = Feed(
            title=settings.SITE_NAME, address=reverse("letters-feed"), about=reverse("home")
        )
        published = read_translated(Letter.objects.published())
        for last, letter in _by_age(published)[:MOST_LETTERS]:
            text: Text = letter.summary or letter.title
            feed.tell(
                title=letter.title,
                path=letter.get_absolute_url(),
                language=letter.title.language,
                published=_since(letter),
                updated=last,
                summary=_paragraphs(text),
            )
        return feed.page()

    return answer(request, states.of_home, make)


@require_safe
def letter(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell what became of a letter, the newest first."""

    def make(state: State) -> Page:
        [letter] = read_translated(Letter.objects.filter(pk=state.subject.pk)) or [state.subject]
        feed = Feed(
            title=letter.title,
            address=reverse("letter-feed", args=[letter.slug]),
            about=letter.get_absolute_url(),
        )
        for event in reversed(timeline.events(letter)):
            feed.tell(
                title=_line(event),
                path=event.address,
                language="",
                published=event.moment,
                updated=event.told_at,
                summary=_told(event),
            )
        return feed.page()

    return answer(request, partial(states.of_letter, slug), make)
