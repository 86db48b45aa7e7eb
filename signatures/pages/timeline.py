"""What became of letters, as one line of events: for their pages, feeds and the API.

It is put together from what is known elsewhere, and holds nothing that is not public.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openletters import languages
from openletters.languages import Text
from signatures import moments
from signatures.models.demand_notes import DemandNote
from signatures.models.editions import Edition
from signatures.models.extensions import Extension
from signatures.models.letters import Addressee, Demand, Letter
from signatures.models.responses import Response, ResponseAddressee
from signatures.models.translated import read_translated
from signatures.models.versions import TextVersion

LEAD = 400
"""Characters of a longer text that stand in a line of events; the rest has a page of its own."""


class Kind(StrEnum):
    """What an event is; the API and feeds name it so. Those of Response follow theirs."""

    PUBLISHED = "published"
    EXTENDED = "extended"
    CLOSED = "closed"
    VERSION = "version"
    EDITION = "edition"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REPLIED = "replied"
    MEETING = "meeting"
    FOLLOW_UP = "follow_up"
    DEMAND = "demand"


OF_THE_LETTER = frozenset({Kind.PUBLISHED, Kind.CLOSED})
"""Events that its page tells elsewhere as well."""


@dataclass(frozen=True)
class Event:
    """Something that happened to a letter.

    `at` is a day, where nobody knows or tells the hour. `told_at` is when readers could know it,
    or its last correction. `id` is stable: the place of the event on the letter's page.
    """

    id: str
    letter: Letter
    kind: Kind
    at: date | datetime
    told_at: datetime
    title: Text
    text: Text = field(default_factory=Text)
    addressees: tuple[Text, ...] = ()
    about: Text = field(default_factory=Text)
    """The demand it is about."""
    status: str = ""
    """Where that demand stands since: a value of DemandNote.Status."""
    badge: Text = field(default_factory=Text)
    """The same in a word of the interface."""
    source: str = ""
    page: str = ""
    """The path of a page of its own, or nothing."""
    file: str = ""
    """The path of a file that belongs to it, or nothing."""

    @property
    def address(self) -> str:
        """The path where it can be read: its own page, or its place on the letter's."""
        return self.page or f"{self.letter.get_absolute_url()}#{self.id}"

    @property
    def host(self) -> str:
        """Where its source is, so that readers see it before they go there."""
        return urlsplit(self.source).hostname or ""

    @property
    def day(self) -> date:
        """On which day it happened, by the calendar of the letter's time zone."""
        at, zone = self.at, ZoneInfo(self.letter.time_zone)
        return timezone.localdate(at, zone) if isinstance(at, datetime) else at

    @property
    def moment(self) -> datetime:
        """When it happened; of a day, when that began in the letter's time zone."""
        if isinstance(self.at, datetime):
            return self.at
        return datetime.combine(self.at, time(), ZoneInfo(self.letter.time_zone))

    def order(self) -> Any:
        """What events are sorted by: their days, and within a day when they were told.

        Of most only the day is known, so that a reply stands behind the delivery it answers.
        """
        return self.day, self.told_at, self.id

    @property
    def is_long(self) -> bool:
        """Whether its text is longer than a line of events has room for."""
        return len(self.text) > LEAD

    @property
    def lead(self) -> Text:
        """The beginning of its text, in whole words; all of it if it is short."""
        return self.text.then(_shortened) if self.is_long else self.text


def _shortened(text: str) -> str:
    words, _space, _rest = text[:LEAD].rpartition(" ")
    return f"{(words or text[:LEAD]).rstrip(' .,;:،؛')}…"


@dataclass
class Timeline:
    """What became of one letter, the earliest first, and where each of its demands stands."""

    events: list[Event] = field(default_factory=list)
    standings: dict[int, Event] = field(default_factory=dict)
    """The newest event of every demand that has any, by the demand's key."""

    @property
    def tells(self) -> bool:
        """Whether it says more than that the letter was published and closed."""
        return any(event.kind not in OF_THE_LETTER for event in self.events)


def events(letter: Letter) -> list[Event]:
    """Return what became of a letter, the earliest first, in eight queries."""
    return timelines([letter])[letter.pk].events


def timelines(letters: Sequence[Letter]) -> dict[int, Timeline]:
    """Return what became of letters, by their keys, in eight queries however many there are."""
    known = {letter.pk: letter for letter in letters}
    addressees = read_translated(Addressee.objects.filter(letter__in=known))
    demands = read_translated(Demand.objects.filter(letter__in=known))
    for one in (*addressees, *demands):
        one.letter = known[one.letter_id]
    return _put_together(known, addressees, demands)


def timeline_of(
    letter: Letter, addressees: Iterable[Addressee], demands: Iterable[Demand]
) -> Timeline:
    """Return what became of a letter of which these are known, in six queries."""
    return _put_together({letter.pk: letter}, addressees, demands)[letter.pk]


def _put_together(
    known: dict[int, Letter], addressees: Iterable[Addressee], demands: Iterable[Demand]
) -> dict[int, Timeline]:
    people = {one.pk: one for one in addressees}
    numbered = _numbered(demands)
    parties = _parties(known)
    made = [event for letter in known.values() for event in _of_letter(letter)]
    made += _of_versions(known)
    made += _of_extensions(known)
    made += _of_editions(known, people)
    for response in read_translated(Response.objects.published().filter(letter__in=known)):
        response.letter = known[response.letter_id]
        named = [people[pk] for pk in parties[response.pk] if pk in people]
        made.append(of_response(response, named))
    notes = []
    for note in read_translated(DemandNote.objects.current().filter(demand__letter__in=known)):
        if note.demand_id in numbered:
            number, note.demand = numbered[note.demand_id]
            notes.append((note, of_note(note, number)))
    made += [event for _note, event in notes]
    found = {pk: Timeline() for pk in known}
    for event in sorted(made, key=Event.order):
        found[event.letter.pk].events.append(event)
    for note, event in sorted(notes, key=lambda one: (one[0].dated, one[0].pk)):
        found[note.demand.letter_id].standings[note.demand_id] = event
    return found


def called(addressee: Addressee) -> Text:
    """Return an addressee in a word or two: as what they are written to, or who they are."""
    text: Text = addressee.position or addressee.name or addressee.institution
    return text


def _words(text: str) -> Text:
    """Return words of the interface."""
    return Text(text, languages.spoken(languages.reading()))


def _numbered(demands: Iterable[Demand]) -> dict[int, tuple[int, Demand]]:
    """Return demands by their keys, each with its number in its letter."""
    counted: dict[int, int] = defaultdict(int)
    numbered = {}
    for one in sorted(demands, key=lambda row: (row.order, row.pk)):
        counted[one.letter_id] += 1
        numbered[one.pk] = counted[one.letter_id], one
    return numbered


def _parties(letters: Iterable[int]) -> dict[int, list[int]]:
    """Return the keys of the addressees of every public entry, by the entry's key."""
    found = defaultdict(list)
    published = Response.objects.published().filter(letter__in=letters)
    rows = ResponseAddressee.objects.filter(response__in=published)
    ordered = rows.order_by("addressee__order", "addressee")
    for response, addressee in ordered.values_list("response", "addressee"):
        found[response].append(addressee)
    return found


def _of_letter(letter: Letter) -> list[Event]:
    made: list[Event] = []
    if not letter.is_published():
        return made
    event = partial(Event, letter=letter)
    if letter.opens_at:
        title = _words(_("Published"))
        at = letter.opens_at
        made.append(event(id="published", kind=Kind.PUBLISHED, at=at, told_at=at, title=title))
    ended = [at for at in (letter.ended_at, letter.closed_at()) if at]
    if ended and not letter.is_open():
        title, at = _words(_("Closed for signature")), min(ended)
        made.append(event(id="closed", kind=Kind.CLOSED, at=at, told_at=at, title=title))
    return made


def _of_versions(letters: dict[int, Letter]) -> list[Event]:
    changes = TextVersion.objects.filter(letter__in=letters, kind=TextVersion.Kind.SUBSTANCE)
    columns = ("letter", "number", "made_at", "note")
    return [
        Event(
            id=f"version-{number}",
            letter=letter,
            kind=Kind.VERSION,
            at=at,
            told_at=at,
            title=_words(_("The text was changed")),
            text=Text(note, letter.language),
            page=f"{reverse('versions', args=[letter.slug])}#version-{number}",
        )
        for pk, number, at, note in changes.values_list(*columns)
        # What was changed before that, the public has never seen otherwise.
        if (letter := letters[pk]).is_published() and 0 < letter.public_version < number
    ]


def _of_extensions(letters: dict[int, Letter]) -> list[Event]:
    made = []
    for one in Extension.objects.filter(letter__in=letters).order_by("pk"):
        letter = letters[one.letter_id]
        until = moments.moment_in(one.closes_at, letter.time_zone)
        event = Event(
            id=f"extension-{one.pk}",
            letter=letter,
            kind=Kind.EXTENDED,
            at=one.created_at,
            told_at=one.created_at,
            title=_words(_("Extended until %(time)s") % {"time": until}),
            text=one.note_text,
        )
        if letter.is_published():
            made.append(event)
    return made


def _of_editions(letters: dict[int, Letter], addressees: dict[int, Addressee]) -> list[Event]:
    named = defaultdict(list)
    facts = {}
    rows = Edition.objects.filter(letter__in=letters).order_by(
        "pk", "delivered_to__order", "delivered_to"
    )
    for pk, letter, number, at, count, addressee in rows.values_list(
        "pk", "letter", "number", "delivered_at", "count", "delivered_to"
    ):
        facts[pk] = letter, number, at, count
        if addressee in addressees:
            named[pk].append(called(addressees[addressee]))
    made = []
    for pk, (letter, number, at, count) in facts.items():
        told = ngettext(
            "Delivered with %(count)s signatory",
            "Delivered with %(count)s signatories",
            count,
        )
        made.append(
            Event(
                id=f"edition-{number}",
                letter=letters[letter],
                kind=Kind.EDITION,
                at=at,
                told_at=at,
                title=_words(told % {"count": moments.number(count)}),
                addressees=tuple(named[pk]),
                page=reverse("edition", args=[letters[letter].slug, number]),
            )
        )
    return made


def of_response(response: Response, addressees: Iterable[Addressee]) -> Event:
    """Return an entry of the ledger as the public reads it, whether or not it may."""
    text: Text = response.text
    event = Event(
        id=f"response-{response.entry}",
        letter=response.letter,
        kind=Kind(response.kind),
        at=response.dated,
        told_at=response.recorded_at,
        title=_words(response.get_kind_display()),
        text=text,
        addressees=tuple(called(one) for one in addressees),
        source=response.source,
        file=response.file_address,
    )
    return replace(event, page=response.get_absolute_url()) if event.is_long else event


def of_note(note: DemandNote, number: int) -> Event:
    """Return a note on the demand with this number as the public reads it."""
    stands = {
        DemandNote.Status.OPEN: _("Demand %(number)s: open"),
        DemandNote.Status.PARTLY_MET: _("Demand %(number)s: partly met"),
        DemandNote.Status.MET: _("Demand %(number)s: met"),
        DemandNote.Status.REFUSED: _("Demand %(number)s: refused"),
    }
    title = stands[DemandNote.Status(note.status)] % {"number": moments.number(number)}
    text: Text = note.text
    about: Text = note.demand.text
    return Event(
        id=f"demand-{note.entry}",
        letter=note.demand.letter,
        kind=Kind.DEMAND,
        at=note.dated,
        told_at=note.recorded_at,
        title=_words(title),
        text=text,
        about=about,
        status=note.status,
        badge=_words(note.get_status_display()),
        source=note.source,
    )
