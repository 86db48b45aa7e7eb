"""What became of a letter with those it was sent to: a ledger, for staff and in part for all."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from parler.models import TranslatedFields

from signatures.attachments import Attachment
from signatures.models.fields import TypedTextField
from signatures.models.letters import Addressee, Letter
from signatures.models.recorded import (
    LONGEST_TEXT,
    Recorded,
    RecordedQuerySet,
    check_day,
    check_source,
    recorded_once,
)
from signatures.models.translated import translated


class ResponseQuerySet(RecordedQuerySet, models.QuerySet["Response"]):
    """Sets of entries of the ledger."""

    def published(self) -> Self:
        """Entries that the public reads once their letter is published."""
        return self.current().filter(public=True)

    @transaction.atomic
    def record(
        self,
        letter: Letter,
        *,
        kind: str,
        dated: date,
        addressees: Iterable[Addressee],
        actor: User,
        texts: Mapping[str, str] | None = None,
        source: str = "",
        public: bool = False,
        attachment: Attachment | None = None,
        entry: uuid.UUID | None = None,
    ) -> "Response":
        """Add an entry; one of the same `entry` is returned as it was recorded before.

        Raises ValidationError for a day on which it cannot have been, a source that cannot be
        offered, nobody to have come from, and a reply that says nothing.
        """
        list(Letter.objects.filter(pk=letter.pk).select_for_update(no_key=True))
        if entry and (known := self.filter(entry=entry, corrects__isnull=True).first()):
            return known
        made = Response(
            letter=letter,
            kind=kind,
            dated=dated,
            source=source,
            public=public,
            recorded_by=actor,
            file=_keep(attachment),
            **({"entry": entry} if entry else {}),
        )
        self._add(made, addressees, texts or {})
        if public:
            Letter.objects.filter(pk=letter.pk).raise_revision()
        return made

    @transaction.atomic
    def correct(
        self,
        response: "Response",
        *,
        kind: str,
        dated: date,
        addressees: Iterable[Addressee],
        actor: User,
        texts: Mapping[str, str] | None = None,
        source: str = "",
        public: bool = False,
        attachment: Attachment | None = None,
        keep_file: bool = True,
        retracted: bool = False,
    ) -> "Response":
        """Put another wording in the place of an entry.

        Its file stays unless there is another `attachment`, or it is not to be kept; a file that
        no entry has any more is deleted for good. Raises Outdated if somebody has corrected it
        meanwhile, and ValidationError as `record` does.
        """
        list(Letter.objects.filter(pk=response.letter_id).select_for_update(no_key=True))
        kept = response.file if keep_file and not retracted else ""
        made = Response(
            letter=response.letter,
            entry=response.entry,
            corrects=response,
            kind=kind,
            dated=dated,
            source=source,
            public=public and not retracted,
            retracted=retracted,
            recorded_by=actor,
            file=_keep(attachment) or kept,
        )
        self._add(made, addressees, texts or {})
        ResponseFile.objects.delete_unused()
        # What was internal before and after has not happened, as far as the public can tell.
        if made.public or response.public:
            Letter.objects.filter(pk=response.letter_id).raise_revision()
        return made

    def _add(
        self, made: "Response", addressees: Iterable[Addressee], texts: Mapping[str, str]
    ) -> None:
        chosen = list(addressees)
        if not made.retracted:
            _check(made, chosen, texts)
        self.add(made, texts)
        ResponseAddressee.objects.bulk_create(
            [ResponseAddressee(response=made, addressee=one) for one in chosen]
        )


def _check(made: "Response", chosen: list[Addressee], texts: Mapping[str, str]) -> None:
    check_day(made.letter, made.dated)
    if made.source:
        check_source(made.source)
    if not chosen:
        raise ValidationError(gettext("Say which addressee this is about."))
    if any(one.letter_id != made.letter_id for one in chosen):
        raise ValidationError(gettext("This addressee belongs to another letter."))
    says = made.file or any(text.strip() for text in texts.values())
    if made.kind == Response.Kind.REPLIED and not says:
        raise ValidationError(gettext("A reply needs its text, or a file that holds it."))


def _keep(attachment: Attachment | None) -> str:
    if attachment is None:
        return ""
    # Held until the entry is there: whoever deletes what no entry has waits for it.
    ResponseFile.objects.select_for_update().get_or_create(
        file=attachment.file, defaults={"content": attachment.content}
    )
    return attachment.file


class Response(Recorded):
    """One entry of the ledger: a step of the exchange with one or more addressees."""

    class Kind(models.TextChoices):
        SENT = "sent", pgettext_lazy("a letter, by hand or on paper", "Sent")
        ACKNOWLEDGED = "acknowledged", _("Receipt acknowledged")
        REPLIED = "replied", _("Replied")
        MEETING = "meeting", _("Meeting")
        FOLLOW_UP = "follow_up", _("Followed up")

    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, related_name="responses", verbose_name=_("letter")
    )
    kind = models.CharField(_("what happened"), max_length=12, choices=Kind)
    addressees = models.ManyToManyField(
        Addressee,
        through="ResponseAddressee",
        related_name="responses",
        verbose_name=_("addressees"),
    )
    public = models.BooleanField(
        _("public"),
        default=False,
        help_text=_("Everybody reads it on the letter's page. Otherwise only staff know of it."),
    )
    file = models.CharField(_("file"), max_length=40, blank=True, editable=False)
    text = translated()
    translations = TranslatedFields(
        text=TypedTextField(_("text"), max_length=LONGEST_TEXT, blank=True)
    )

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        ordering: ClassVar = ["dated", "pk"]
        default_permissions: ClassVar[Any] = ("view", "add", "change")
        constraints: ClassVar = [recorded_once("response")]

    def __str__(self) -> str:
        return f"{self.dated} · {self.get_kind_display()}"

    def authoritative_language(self) -> str:
        """That of its letter; where it is not written in that, any is read."""
        return str(self.letter.language)

    def get_absolute_url(self) -> str:
        return reverse("response", args=[self.letter.slug, self.entry])

    @property
    def file_address(self) -> str:
        """Where its file is, or nothing."""
        if not self.file:
            return ""
        return reverse("response-file", args=[self.letter.slug, self.entry, *self.file.split(".")])


class ResponseAddressee(models.Model):
    """With whom a step was taken: an addressee that the ledger names cannot be deleted."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="parties")
    addressee = models.ForeignKey(Addressee, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions: ClassVar[Any] = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["response", "addressee"], name="response_addressee_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.response_id} · {self.addressee_id}"


class ResponseFileQuerySet(models.QuerySet["ResponseFile"]):
    """Sets of files."""

    def unused(self) -> Self:
        """Files of no entry as it stands: of former wordings their names remain."""
        return self.exclude(file__in=Response.objects.current().order_by().values("file"))

    def delete_unused(self) -> None:
        """Delete them for good; not one that an entry of another letter is getting just now."""
        held = list(self.unused().select_for_update(skip_locked=True).values_list("pk", flat=True))
        self.unused().filter(pk__in=held).delete()


class ResponseFile(models.Model):
    """A file as `attachments.judge` let it through; its name tells its content."""

    file = models.CharField(max_length=40, primary_key=True)
    content = models.BinaryField()

    objects = ResponseFileQuerySet.as_manager()

    class Meta:
        default_permissions: ClassVar[Any] = ()

    def __str__(self) -> str:
        return self.file
