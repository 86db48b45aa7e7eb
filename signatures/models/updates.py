"""What contacts are told of a letter after they signed it: written once, sent to those who agreed.

Private, like the claims: the public pages know nothing of it.
"""

import hashlib
import json
from collections import Counter
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from parler.managers import TranslatableQuerySet
from parler.models import TranslatedFields

from openletters import languages
from openletters.languages import Text
from signatures import markdown
from signatures.models.fields import TypedTextField
from signatures.models.history import Status as ClaimStatus
from signatures.models.letters import Campaign, Letter, LetterQuerySet, made_from
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature
from signatures.models.submissions import SignOnQuerySet
from signatures.models.translated import Translated, translated
from signatures.models.update_mails import UpdateMail
from signatures.vault import address_hash

AT_ONCE = 500
"""Mails that are stored in one statement."""


class NotAsShown(Exception):
    """The text or those who get it are others than were shown to whoever decided."""


class UpdateQuerySet(TranslatableQuerySet, models.QuerySet["Update"]):
    """Sets of updates."""

    def locked(self) -> Self:
        """The same rows, taken for this transaction."""
        return self.order_by("pk").select_for_update(no_key=True)

    def finish(self) -> int:
        """Call those sent of which no mail waits any more; return how many that were."""
        waiting = UpdateMail.objects.to_contacts().waiting().filter(update=OuterRef("pk"))
        number = 0
        for one in self.filter(~Exists(waiting), status=Update.Status.SENDING):
            still = Update.objects.filter(pk=one.pk, status=Update.Status.SENDING)
            number += still.update(
                status=Update.Status.SENT, finished_at=timezone.now(), outcome=one.counts()
            )
        return number


class Update(Translated):
    """A message to the contacts of one letter, or of all letters of a campaign."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENDING = "sending", _("being sent")
        STOPPED = "stopped", _("stopped")
        SENT = "sent", _("sent")

    letter = models.ForeignKey(
        Letter,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("letter"),
        help_text=_("Its signatories are told. Choose either a letter or a campaign."),
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("campaign"),
        help_text=_("The signatories of all its letters are told, each once."),
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False
    )
    language = models.CharField(
        _("authoritative language"),
        max_length=10,
        choices=languages.choices,
        default=settings.LANGUAGE_CODE,
        help_text=_("Who reads in a language without a translation gets the text in this one."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("author"),
    )
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        editable=False,
        verbose_name=_("sent by"),
    )
    started_at = models.DateTimeField(_("sending began"), null=True, editable=False)
    finished_at = models.DateTimeField(_("sending ended"), null=True, editable=False)
    recipients = models.PositiveIntegerField(_("recipients"), default=0, editable=False)
    outcome = models.JSONField(
        default=dict,
        editable=False,
        help_text="How many mails were in each state at the end; the mails are forgotten.",
    )

    title = translated()
    body = translated()
    translations = TranslatedFields(
        title=models.CharField(
            _("subject"), max_length=150, help_text=_("Stands behind the name of this site.")
        ),
        body=TypedTextField(
            _("text"),
            validators=[MaxLengthValidator(markdown.LONGEST_TEXT // 10)],
            help_text=_(
                "Markdown: an empty line between paragraphs, ## before a heading, *emphasis*, "
                "[words](https://address). A link to the letter is added below it."
            ),
        ),
        made_from=made_from(),
    )

    objects = UpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("update")
        verbose_name_plural = _("updates to signatories")
        ordering: ClassVar = ["-created_at", "-pk"]
        permissions: ClassVar = [("send_update", _("Can send updates to signatories"))]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(letter__isnull=True) ^ Q(campaign__isnull=True),
                name="update_about_one_thing",
                violation_error_message=_("Choose either a letter or a campaign."),
            )
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def about(self) -> Letter | Campaign:
        """The letter or the campaign."""
        about: Letter | Campaign | None = self.letter or self.campaign
        assert about is not None
        return about

    def letters(self) -> LetterQuerySet:
        """The letters whose signatories are told."""
        if self.letter_id:
            return Letter.objects.filter(pk=self.letter_id)
        return Letter.objects.filter(campaign=self.campaign_id)

    # The text

    def text_languages(self) -> list[str]:
        """In which languages it can be read whole: the authoritative one first."""
        whole = {
            text.language_code
            for text in self.translations.all()
            if text.title.strip() and text.body.strip()
        }
        ordered = [self.language, *(code for code in languages.codes() if code != self.language)]
        return [code for code in ordered if code in whole]

    def told_in(self, language: str) -> tuple[Text, Text]:
        """Return title and body for a reader, both in one language: theirs, or the authoritative.

        Half a translation is none: a subject promises the language of what stands below it.
        """
        code = language if language in self.text_languages() else self.language
        text = {one.language_code: one for one in self.translations.all()}.get(code)
        return (
            Text(text.title if text else "", code),
            Text(text.body if text else "", code),
        )

    # Those who get it

    def audience(self) -> SignOnQuerySet:
        """The claims whose contacts get it at this moment.

        They were approved, and their organisation stands under one of the letters, listed or
        counted; and their contacts agreed to be told, and are known.
        """
        listed = Signature.objects.current().filter(
            letter=OuterRef("letter"), organization=OuterRef("sign_on__organization")
        )
        standing = SignOnLetter.objects.filter(
            Q(sign_on__withhold_name=True) | Exists(listed), letter__in=self.letters()
        )
        claims: SignOnQuerySet = SignOn.objects.with_contact().wanting_updates()
        return claims.filter(status=ClaimStatus.APPROVED, pk__in=standing.values("sign_on"))

    def contacts(self) -> dict[str, SignOn]:
        """Return those who get it, by the keyed hashes of their addresses: each address once.

        Who signed several times is written to as they signed last.
        """
        claims = self.audience().only("pk", "email", "language").order_by("pk")
        return {address_hash(one.email): one for one in claims.iterator() if one.email}

    def fingerprint(self) -> str:
        """Return what changes when its texts do, or whom it is about."""
        texts = sorted((one.language_code, one.title, one.body) for one in self.translations.all())
        shown = json.dumps([self.language, self.letter_id, self.campaign_id, texts])
        return hashlib.sha256(shown.encode()).hexdigest()

    # Steps of the staff

    @transaction.atomic
    def send(self, *, actor: User, seen: str, number: int) -> bool:
        """Owe everybody their mail; return whether that changed anything. Once for ever.

        Raises NotAsShown if `seen` is not its fingerprint any more, if they are not this `number`
        of contacts now, or if they are none.
        """
        self._lock()
        if self.status != self.Status.DRAFT:
            return False
        contacts = self.contacts()
        if not contacts or number != len(contacts) or seen != self.fingerprint():
            raise NotAsShown
        UpdateMail.objects.bulk_create(
            (
                UpdateMail(update=self, sign_on=one, language=one.language, recipient=hashed)
                for hashed, one in contacts.items()
            ),
            batch_size=AT_ONCE,
        )
        self.status, self.recipients = self.Status.SENDING, len(contacts)
        self.sent_by, self.started_at = actor, timezone.now()
        self.save(update_fields=["status", "recipients", "sent_by", "started_at"])
        return True

    @transaction.atomic
    def stop(self) -> bool:
        """Send no further mail of it; what a sender holds at this moment still goes out."""
        stopped = self._step({self.Status.SENDING}, self.Status.STOPPED)
        if stopped:
            self.outcome = self.counts()
            self.save(update_fields=["outcome"])
        return stopped

    @transaction.atomic
    def resume(self) -> bool:
        """Go on with those who have not got it yet."""
        resumed = self._step({self.Status.STOPPED}, self.Status.SENDING)
        if resumed:
            now = timezone.now()  # from which on their five days count anew
            waiting = UpdateMail.objects.to_contacts().waiting().filter(update=self)
            waiting.update(created_at=now, next_attempt_at=now)
            Update.objects.filter(pk=self.pk).finish()
            self.refresh_from_db(fields=["status", "finished_at"])
        return resumed

    def send_test(self, to: User, language: str) -> bool:
        """Owe somebody of the staff one mail as it would be; return whether that is a new one."""
        return UpdateMail.objects.owe_test(self, to, language)

    def counts(self) -> Counter[str]:
        """Return how many mails are in each UpdateMail.State, also once they are forgotten."""
        rows = dict(UpdateMail.objects.to_contacts().filter(update=self.pk).by_state())
        return Counter(rows or self.outcome)

    def _step(self, origins: set[Any], target: "Update.Status") -> bool:
        self._lock()
        if self.status not in origins:
            return False
        self.status = target
        self.save(update_fields=["status"])
        return True

    def _lock(self) -> None:
        """Take the row for this transaction and see it as it stands."""
        self.refresh_from_db(from_queryset=Update.objects.locked())
