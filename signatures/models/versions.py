"""The texts of a letter that people were asked to sign, each frozen when it was first shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openletters.records import OnlyAdded, OnlyAddedQuerySet
from signatures import canonical
from signatures.canonical import TextContent, Texts
from signatures.changes import Change
from signatures.differences import plain
from signatures.models.fields import TypedTextField
from signatures.models.letters import Addressee, Demand, Letter
from signatures.models.translated import read_translated

if TYPE_CHECKING:
    from signatures.models.translated import Translated

LETTER_TEXTS = ("title", "place", "salutation", "body", "demands_intro", "closing")
ADDRESSEE_TEXTS = ("name", "position", "institution", "postal_address")
DEMAND_TEXTS = ("text",)
"""What a version says of each; a summary is about the letter, and not part of it."""


def text_content(letter: Letter) -> TextContent:
    """Return what a letter says now, read in three queries.

    A language is there if the letter's own text is written in it.
    """
    [read] = read_translated(Letter.objects.filter(pk=letter.pk)) or [letter]
    languages = sorted(read.text_languages())
    addressees = read_translated(Addressee.objects.filter(letter=letter))
    demands = read_translated(Demand.objects.filter(letter=letter))
    return TextContent(
        format=canonical.TEXT,
        letter=read.slug,
        language=read.language,
        dated=read.dated.isoformat(),
        texts=_texts(read, LETTER_TEXTS, languages),
        addressees=[
            {
                "kind": one.kind,
                "country": one.country.code or "",
                "texts": _texts(one, ADDRESSEE_TEXTS, languages),
            }
            for one in sorted(addressees, key=lambda one: (one.order, one.pk))
        ],
        demands=[
            {"texts": _texts(one, DEMAND_TEXTS, languages)}
            for one in sorted(demands, key=lambda one: (one.order, one.pk))
        ],
    )


def _texts(row: "Translated", fields: Iterable[str], languages: list[str]) -> Texts:
    written = {text.language_code: text for text in row.translations.all()}
    return {
        code: {field: plain(getattr(written[code], field)) for field in fields}
        for code in languages
        if code in written
    }


class NotACorrection(Exception):
    """The change is one of substance: consent covers whom a letter goes to, and what it asks."""


class TextVersionQuerySet(OnlyAddedQuerySet, models.QuerySet["TextVersion"]):
    """Sets of versions."""

    @transaction.atomic
    def freeze(
        self,
        letter: Letter,
        *,
        kind: "TextVersion.Kind",
        note: str = "",
        reaffirm_by: datetime | None = None,
    ) -> "TextVersion":
        """Return the version of a letter's text as it is now, made if the last one is another.

        To be called in the transaction of whatever changed or showed the text, before that raises
        the revision. `note` tells the public what has changed; `reaffirm_by` until when
        signatories are asked to stand by it. A change of translations alone is one, whatever
        `kind` says. Raises NotACorrection.
        """
        kinds = TextVersion.Kind
        present = Letter.objects.select_for_update(no_key=True).get(pk=letter.pk)
        content = text_content(letter)
        sha256 = canonical.fingerprint(content)
        last = self.filter(letter=letter).order_by("number").last()
        if last and last.sha256 == sha256:
            return last
        if last is None:
            kind, note, reaffirm_by = kinds.FIRST, "", None
        else:
            change = Change(last.content, content)
            if change.is_translation:
                kind, reaffirm_by = kinds.TRANSLATION, None
            elif kind != kinds.SUBSTANCE and change.reasons:
                raise NotACorrection(", ".join(change.reasons))
        version = self.create(
            letter=letter,
            number=last.number + 1 if last else 1,
            kind=kind,
            content=content,
            sha256=sha256,
            note=note,
            reaffirm_by=reaffirm_by,
        )
        present.text_version = version.number
        if kind in {kinds.FIRST, kinds.SUBSTANCE}:
            present.substance_version = version.number
        if last and not present.public_version and present.is_published():
            present.public_version = last.number
        stored = {name: getattr(present, name) for name in Letter.VERSIONS}
        Letter.objects.filter(pk=letter.pk).update(**stored)
        for name, number in stored.items():
            setattr(letter, name, number)
        return version

    def change_of(self, letter: Letter) -> Change | None:
        """Return what lies between a letter's newest version and its text now; None without one."""
        last = self.filter(letter=letter).order_by("number").last()
        return Change(last.content, text_content(letter)) if last else None

    def substance_of(self, version: "TextVersion") -> int:
        """Return the number of the newest text, up to this one, that was no mere correction."""
        if version.number == 1:
            return 1
        kinds = TextVersion.Kind
        of_substance = self.filter(
            letter=version.letter_id, kind__in=[kinds.FIRST, kinds.SUBSTANCE]
        )
        numbers = of_substance.filter(number__lte=version.number).order_by("-number")
        return numbers.values_list("number", flat=True).first() or 1

    def public(self, letter: Letter) -> Self:
        """Those versions of a published letter that the public has seen, or could have."""
        return self.filter(
            letter=letter, number__gte=letter.public_version or letter.text_version
        ).order_by("number")


class TextVersion(OnlyAdded, models.Model):
    """A text that people were asked to sign. It is never changed; a change is another version."""

    class Kind(models.TextChoices):
        FIRST = "first", _("first version")
        CORRECTION = "correction", _("correction")
        SUBSTANCE = "substance", _("change of substance")
        TRANSLATION = "translation", _("translation")

    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, related_name="versions", verbose_name=_("letter")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    kind = models.CharField(_("kind of change"), max_length=12, choices=Kind)
    content = models.JSONField(help_text="A canonical.TextContent.")
    sha256 = models.CharField(max_length=64)
    note = TypedTextField(
        _("what has changed"), max_length=1000, blank=True, help_text=_("Published.")
    )
    reaffirm_by = models.DateTimeField(_("to be re-affirmed by"), null=True, blank=True)
    made_at = models.DateTimeField(_("since"), default=timezone.now)

    objects = TextVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("text version")
        verbose_name_plural = _("text versions")
        ordering: ClassVar = ["letter", "number"]
        default_permissions: ClassVar[Any] = ()  # they come with their letter
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["letter", "number"], name="text_version_numbered")
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} · {self.number}"
