"""Other wordings of listed names, asked for by contacts; private, like what they are about."""

from typing import ClassVar, Self

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures import names
from signatures.models.history import SignOnEvent, Status
from signatures.models.mail import OutgoingMail
from signatures.models.shielded import ShieldedTextField


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Sets of corrections."""

    def open(self) -> Self:
        """Corrections that wait for staff."""
        return self.filter(decided_at__isnull=True)


class Correction(models.Model):
    """Another wording of a listed name, asked for by the contact, waiting for staff."""

    sign_on = models.ForeignKey(
        "signatures.SignOn", on_delete=models.CASCADE, related_name="corrections"
    )
    name = ShieldedTextField(_("organisation"), max_length=names.LONGEST_NAME)
    local_name = ShieldedTextField(
        _("name in its own language"), max_length=names.LONGEST_NAME, blank=True
    )
    acronym = ShieldedTextField(_("acronym"), max_length=30, blank=True)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True)
    accepted = models.BooleanField(_("accepted"), null=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sign_on"],
                condition=Q(decided_at__isnull=True),
                name="correction_one_open_per_sign_on",
            )
        ]

    def __str__(self) -> str:
        return names.listed_name(self.name, self.acronym)

    @property
    def withhold_name(self) -> bool:
        """Whether the name is withheld, as the sign-on says."""
        return self.sign_on.withhold_name

    @transaction.atomic
    def decide(self, *, actor: User, accept: bool, reason: str = "") -> bool:
        """Accept or decline; return whether it was still open.

        Accepting changes the listings that the sign-on brought, and the organisation is known
        by both spellings from then on.
        """
        sign_on = self.sign_on
        sign_on.lock()
        if sign_on.status != Status.APPROVED or not (
            Correction.objects.open()
            .filter(pk=self.pk)
            .update(decided_at=timezone.now(), accepted=accept)
        ):
            return False
        sign_on.lock_organization()
        kinds = SignOnEvent.Kind
        kind = kinds.CORRECTION_APPLIED if accept else kinds.CORRECTION_DECLINED
        if accept:
            for field in sign_on.LISTED:
                setattr(sign_on, field, getattr(self, field))
            sign_on.save(update_fields=[*sign_on.LISTED, *sign_on.FROM_THE_NAME])
            for signature in sign_on.brought():
                signature.relist(sign_on.listed_name, sign_on.local_name, signature.position)
            type(sign_on).objects.teach([sign_on])
        sign_on.record(kind, actor=actor, reason=reason)
        mails = OutgoingMail.Kind
        sign_on.owe(mails.CORRECTED if accept else mails.CORRECTION_DECLINED)
        return True
