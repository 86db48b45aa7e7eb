"""Switches for a letter, or the whole site, under attack: stop signing, hold mails, say so.

Each row is the switches as somebody set them; the newest of a letter is in force, and so is the
newest without a letter, for all of them. None is ever changed: the rows are their own history.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from openletters.languages import Text, reading
from openletters.records import OnlyAdded, OnlyAddedQuerySet
from signatures.models.letters import Letter

Texts = dict[str, str]
"""One text in several languages, by their codes."""


def in_language(texts: Texts) -> Text:
    """Return a text in the reader's language, or else in the interface's, the site's, or any."""
    for language in (reading(), get_language() or "", settings.LANGUAGE_CODE, *texts):
        if texts.get(language):
            return Text(texts[language], language)
    return Text()


@dataclass(frozen=True)
class InForce:
    """What is switched for one letter, or for the site alone."""

    stopped: bool = False
    message: Texts = field(default_factory=dict)
    banner: Texts = field(default_factory=dict)
    domains: frozenset[str] = frozenset()

    @classmethod
    def read(cls, *found: dict[str, Any] | None) -> "InForce":
        """Put together what holds for a letter and what holds for the site, in this order."""
        rows = [row for row in found if row]
        stopping = [row for row in rows if row["stopped"]]
        return cls(
            stopped=bool(stopping),
            message=next((said for row in stopping if (said := _parsed(row["message"]))), {}),
            banner=next((said for row in rows if (said := _parsed(row["banner"]))), {}),
            domains=frozenset(domain for row in rows for domain in _parsed(row["domains"])),
        )

    @property
    def message_text(self) -> Text:
        """Why signing is stopped, in the present language; nothing if nobody has said."""
        return in_language(self.message)

    @property
    def banner_text(self) -> Text:
        """What all pages say, in the present language."""
        return in_language(self.banner)

    def lets_through(self, domain: str) -> bool:
        """Whether addresses of `domain` are written to without somebody looking first."""
        return not self.domains or any(
            domain == one or domain.endswith(f".{one}") for one in self.domains
        )


def _parsed(value: Any) -> Any:
    # SQLite puts one JSON into another as a text.
    return json.loads(value) if isinstance(value, str) else value


class SwitchesQuerySet(OnlyAddedQuerySet, models.QuerySet["Switches"]):
    """Sets of settings, which can be read and added to only."""

    def as_json(self) -> Any:
        """The newest, as one column of another query."""
        told = JSONObject(
            stopped="signing_stopped", message="message", banner="banner", domains="domains"
        )
        newest = self.order_by("-pk").values(told=told)[:1]
        return Subquery(newest, output_field=models.JSONField())

    def of_site(self) -> InForce:
        """Return what is switched for the whole site, in one query."""
        newest = self.filter(letter=None).order_by("-pk")
        found: Any = newest.values(
            "message", "banner", "domains", stopped=models.F("signing_stopped")
        )
        return InForce.read(found.first())


def switched(letters: Any) -> Any:
    """Have the switches read along with letters, in the same query."""
    everywhere = Switches.objects.filter(letter=None)
    here = Switches.objects.filter(letter=OuterRef("pk"))
    return letters.annotate(_site=everywhere.as_json(), _own=here.as_json())


def of_letter(letter: Any) -> InForce:
    """Return what is switched for a letter that was read with its switches."""
    return InForce.read(letter._own, letter._site)


def of_letters(letters: Iterable[Any]) -> InForce:
    """Return what is switched for the site, as read along with any letters; ask if there are none.

    What holds for one letter alone is not in it.
    """
    for letter in letters:
        return InForce.read(letter._site)
    return Switches.objects.of_site()


class Switches(OnlyAdded, models.Model):
    """The switches as somebody set them, at some time."""

    letter = models.ForeignKey(
        Letter,
        on_delete=models.PROTECT,
        related_name="switches",
        null=True,
        blank=True,
        verbose_name=_("letter"),
        help_text=_("Empty: the whole site."),
    )
    signing_stopped = models.BooleanField(
        _("signing is paused"),
        default=False,
        help_text=_(
            "Nobody can send the form. Mailed links still work, so who has signed already can "
            "confirm; and staff can enter and approve."
        ),
    )
    message = models.JSONField(_("why signing is paused"), default=dict, blank=True)
    domains = models.JSONField(_("e-mail domains"), default=list, blank=True)
    banner = models.JSONField(_("banner"), default=dict, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    objects = SwitchesQuerySet.as_manager()

    class Meta:
        verbose_name = _("setting of the switches")
        verbose_name_plural = _("switches")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(letter__isnull=True) | Q(banner={}),
                name="switches_banner_is_the_sites",
                violation_error_message=_("The banner stands on all pages of the site."),
            )
        ]

    def __str__(self) -> str:
        return str(self.letter or _("the whole site"))
