"""The state of a public page: what it takes to know whether a page that was made still holds.

A page changes when the revision of a letter on it does, when somebody works the switches, and when
time passes a letter's opening, its closing or a midnight before it. One small query tells all of
that, however long a list is.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import django
from django.conf import settings
from django.http import Http404

from openletters import languages
from signatures.models.letters import Letter
from signatures.models.switches import InForce, of_letters, switched
from signatures.models.switches import of_letter as switches_of_letter

COLUMNS = (
    "slug",
    "campaign",
    "status",
    "opens_at",
    "closes_at",
    "time_zone",
    "revision",
    "revised_at",
    "signatory_count",
    "withheld_count",
    "text_version",
    "substance_version",
    "public_version",
    "earlier_count",
)


@dataclass(frozen=True)
class State:
    """The letters that a page names, as they are now, and a name for exactly this state."""

    letter: Letter | None
    tag: str
    switches: InForce
    paused: frozenset[int]
    """The keys of those that cannot be signed although they are open."""

    @property
    def subject(self) -> Letter:
        """The letter that the page is about."""
        assert self.letter is not None
        return self.letter


def of_letter(slug: str, *about: str) -> State:
    """Return the state of a page about the letter called `slug`.

    `about` is what else the page depends on, such as the part of a list it shows. Raises Http404
    unless the letter is published.
    """
    letters = _read(Letter.objects.issued_with(slug))
    letter = next((one for one in letters if one.slug == slug), None)
    if letter is None:
        raise Http404
    about = (slug, *about)
    return _state(letters, letter.revision, switches_of_letter(letter), letter, *about)


def of_campaign(slug: str, *about: str) -> State:
    """Return the state of a campaign's page. Raises Http404 if none of its letters is published."""
    letters = _read(Letter.objects.filter(campaign__slug=slug))
    if not letters:
        raise Http404
    return _state(letters, _revisions(letters), of_letters(letters), None, slug, *about)


def of_home(*about: str) -> State:
    """Return the state of a page that lists all letters, or some: `about` says which."""
    letters = _read(Letter.objects.all())
    return _state(letters, _revisions(letters), of_letters(letters), None, *about)


def of_the_site() -> State:
    """Return the state of a page about the site itself: its settings, and its switches."""
    return _state([], 0, of_letters([]), None)


def _read(letters: Any) -> list[Letter]:
    # Not in the order of their dates, which the tag must not depend on; nor may it depend on one
    # that is not public. Those are read along, so that it takes no less time where there are some.
    read = switched(letters.only(*COLUMNS)).order_by("pk")
    return [letter for letter in read if letter.is_published()]


def _revisions(letters: Iterable[Letter]) -> int:
    return sum(letter.revision for letter in letters)


def _state(
    letters: Sequence[Letter],
    revision: int,
    switches: InForce,
    letter: Letter | None,
    *about: str,
) -> State:
    paused = frozenset(one.pk for one in letters if switches_of_letter(one).stopped)
    shown = (switches.message_text if letter else "", switches.banner_text, sorted(paused))
    return State(letter, _tag(letters, revision, shown, about), switches, paused)


def _tag(letters: Iterable[Letter], revision: int, *about: Any) -> str:
    """Return what stands in the ETag: revision, language, and a digest of all the rest."""
    phases = [
        (
            letter.pk,
            letter.revision,
            letter.days_left(),
            letter.is_open(),
            letter.closed_at() is not None,
        )
        for letter in letters
    ]
    language = languages.reading()
    rest = repr((release(), language, phases, about))
    return f"{revision}-{language}-{hashlib.sha256(rest.encode()).hexdigest()[:12]}"


@cache
def release() -> str:
    """Return a digest of what makes pages out of the same facts: code, libraries and settings.

    Two processes of one release agree on it, on any machine. Of libraries it knows the list of
    their versions: names of countries, say, and the compressor come with them.
    """
    digest = hashlib.sha256(django.__version__.encode())
    for part in ("docs/guide", "openletters", "requirements.lock", "signatures", "templates"):
        whole = settings.BASE_DIR / part
        for path in (whole, *sorted(whole.rglob("*"))):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.relative_to(settings.BASE_DIR).as_posix().encode())
                digest.update(path.read_bytes())
    shown = (
        "SITE_NAME",
        "SITE_URL",
        "TIME_ZONE",
        "DEMO",
        "LANGUAGE_CODE",
        "CONTACTS_KEPT",
        "PRIVACY_CONTACT",
        "MODERATION_SERVICE_LEVEL",
        "BACKUPS_KEPT",
    )
    stated = [*(getattr(settings, name) for name in shown), languages.codes()]
    digest.update(repr(stated).encode())
    return digest.hexdigest()


Reader = Callable[[], State]
"""Reads the state of one page; asked again after the page was made."""
