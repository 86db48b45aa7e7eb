"""Whether the contact of a claim wants to be told what becomes of the letters.

Agreed to apart from the declaration, in words of its own, and taken back at any time.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures import consent
from signatures.models.erasures import Erasure
from signatures.models.history import IllegalTransition, SignOnEvent, Status
from signatures.models.retaining import RetentionQuerySet
from signatures.vault import address_hashes

STATED = ("updates_version", "updates_wording")
COLUMNS = (*STATED, "updates_at")


def is_on_record() -> Q:
    """Return the constraint that who wants updates has said so at some time, in some version."""
    nothing = Q(updates_version="", updates_at__isnull=True)
    return nothing | (~Q(updates_version="") & Q(updates_at__isnull=False))


class UpdatesWantedQuerySet(RetentionQuerySet):
    """Sets of claims, by whether their contacts want updates."""

    def wanting_updates(self) -> Self:
        """Claims whose contacts want updates."""
        return self.exclude(updates_version="")

    @transaction.atomic
    def end_updates(self) -> int:
        """Tell these contacts nothing more; return how many sign-ons that changed."""
        wanting = self.wanting_updates().order_by("pk").select_for_update(no_key=True)
        taken = list(wanting.only("pk", "public_id", "status"))
        chosen: Any = self.model._default_manager.filter(pk__in=[row.pk for row in taken])
        chosen.update(**dict.fromkeys(STATED, ""), updates_at=None)
        SignOnEvent.objects.bulk_create(
            SignOnEvent(
                sign_on=row,
                kind=SignOnEvent.Kind.UPDATES_ENDED,
                origin=row.status,
                target=row.status,
            )
            for row in taken
        )
        Erasure.objects.note(Erasure.Kind.NO_UPDATES, [row.public_id for row in taken])
        return len(taken)


class UpdatesWanted(models.Model):
    """What a claim keeps of it, and the two steps of its contact. Nothing: not agreed."""

    updates_version = models.CharField(max_length=20, blank=True, editable=False)
    updates_wording = models.TextField(
        blank=True, editable=False, help_text="As the page said it, in the language of the page."
    )
    updates_at = models.DateTimeField(_("updates wanted since"), null=True, editable=False)

    NO_NEWS_FOR: ClassVar = (Status.REJECTED, Status.WITHDRAWN)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        email: Any
        erased_at: Any
        status: Any
        lock: Any
        record: Any

    def agree_to_updates(self) -> None:
        """State that the contact wants them, as the page says it at this moment; not stored."""
        self.updates_version = consent.UPDATES
        self.updates_wording = consent.wording(consent.UPDATES)
        self.updates_at = timezone.now()

    @transaction.atomic
    def want_updates(self) -> None:
        """Have the contact told what becomes of the letters. Harmless when repeated.

        Raises IllegalTransition where there is nobody to tell, or nothing to be told.
        """
        self.lock()
        if self.erased_at or self.status in self.NO_NEWS_FOR:
            raise IllegalTransition(f"there is no news for a sign-on that is {self.status}")
        if not self.updates_version:
            self.agree_to_updates()
            self.save(update_fields=COLUMNS)
            self.record(SignOnEvent.Kind.UPDATES_WANTED)

    @transaction.atomic
    def end_updates(self) -> None:
        """Tell the contact nothing more, whichever sign-on of theirs asked for it.

        Harmless when repeated, and in every state.
        """
        if self.email:
            claims: Any = type(self)._default_manager
            claims.filter(email_hash__in=address_hashes(self.email)).end_updates()
        self.refresh_from_db(fields=COLUMNS)
