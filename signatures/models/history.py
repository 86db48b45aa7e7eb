"""The steps of a claim: which may follow which, and those it took.

Lines of the history are added, and never changed or removed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from openletters import guards
from openletters.records import OnlyAdded, OnlyAddedQuerySet
from signatures.models.sealed import SealedTextField
from signatures.phrases import enumerated


class Status(models.TextChoices):
    """Where a claim stands."""

    UNCONFIRMED = "unconfirmed", _("not confirmed")
    PENDING = "pending", _("waiting for review")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


TRANSITIONS: dict[str, dict[str, str]] = {
    "confirm": {Status.UNCONFIRMED: Status.PENDING},
    "approve": {Status.PENDING: Status.APPROVED},
    "reject": {Status.PENDING: Status.REJECTED},
    "discard": {Status.UNCONFIRMED: Status.REJECTED},
    "restore": {Status.REJECTED: Status.UNCONFIRMED},
    "reopen": {Status.APPROVED: Status.PENDING, Status.REJECTED: Status.PENDING},
    "show_name": {Status.APPROVED: Status.PENDING},
    "withdraw": {
        Status.UNCONFIRMED: Status.WITHDRAWN,
        Status.PENDING: Status.WITHDRAWN,
        Status.APPROVED: Status.WITHDRAWN,
        Status.REJECTED: Status.WITHDRAWN,
    },
}
"""Where each step leads from which status: every change of a status asks this table."""


class IllegalTransition(Exception):
    """The sign-on is not in a state from which this step can be taken."""


def target(step: str, origin: str) -> str:
    """Return the status to which `step` leads. Raises IllegalTransition where it leads nowhere."""
    if origin not in TRANSITIONS[step]:
        raise IllegalTransition(f"cannot {step} a sign-on that is {origin}")
    return TRANSITIONS[step][origin]


@contextmanager
def erasing() -> Iterator[None]:
    """Let the histories of claims go that are deleted whole, as retention does; nobody else.

    Inside, and nowhere else, lines can be deleted: the database asks for the same word.
    """
    with guards.lifted(guards.ERASING):
        yield


REPEATS = gettext_noop("Repeats an earlier sign-on of the same contact.")
"""Why a sign-on was withdrawn by itself, as it is stored."""


class SignOnEventQuerySet(OnlyAddedQuerySet, models.QuerySet["SignOnEvent"]):
    """Sets of history lines, which can be read and extended only."""

    def steps(self) -> Self:
        """The lines that changed a status."""
        return self.filter(kind__in=list(TRANSITIONS))

    def delete(self) -> Any:
        """Refuse, but for whole claims that are being erased. Raises TypeError."""
        if guards.is_lifted(guards.ERASING):
            return models.QuerySet.delete(self)
        return super().delete()


class SignOnEvent(OnlyAdded, models.Model):
    """One line of a claim's history: who did what, when and why. Only ever added."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        SUBMITTED_AGAIN = "submitted_again", _("submitted again")
        ENTERED = "entered", _("entered by staff")
        CONFIRM = "confirm", _("confirmed by the contact")
        APPROVE = "approve", _("approved")
        REJECT = "reject", _("rejected")
        REOPEN = "reopen", _("decision undone")
        DISCARD = "discard", _("cleared away")
        RESTORE = "restore", _("brought back")
        WITHDRAW = "withdraw", _("withdrawn")
        WITHHOLD = "withhold", _("name withheld")
        SHOW_NAME = "show_name", _("asked to be listed by its name")
        TOLD_APART = "told_apart", _("decided not the same")
        NOT_TOLD_APART = "not_told_apart", _("no longer decided not the same")
        CORRECTED = "corrected", _("corrected by the contact")
        CORRECTION_APPLIED = "correction_applied", _("correction accepted")
        CORRECTION_DECLINED = "correction_declined", _("correction declined")
        REAFFIRM = "reaffirm", _("stands by the changed text")
        LET_THROUGH = "let_through", _("let through")
        UPDATES_WANTED = "updates_wanted", _("updates wanted")
        UPDATES_ENDED = "updates_ended", _("updates not wanted any more")
        NEW_EMAIL_NAMED = "new_email_named", _("new address named")
        NEW_EMAIL_CONFIRMED = "new_email_confirmed", _("new address confirmed")
        ERASED = "erased", _("contact data erased")
        ERASED_BY_CONTACT = "erased_by_contact", _("contact data erased by the contact")

    sign_on = models.ForeignKey(
        "signatures.SignOn", on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("who"),
        help_text=_("Empty: the contact person."),
    )
    origin = models.CharField(_("from"), max_length=12, choices=Status)
    target = models.CharField(
        pgettext_lazy("the state after a step", "to"), max_length=12, choices=Status
    )
    reason = SealedTextField(_("reason"), blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    batch = models.UUIDField(
        null=True,
        editable=False,
        help_text="Shared by the lines of one decision about many, and of its undoing.",
    )

    objects = SignOnEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("history line")
        verbose_name_plural = _("history")
        ordering: ClassVar = ["created_at", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["batch"], condition=Q(batch__isnull=False), name="sign_on_event_batch"
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(batch__isnull=False),
                name="sign_on_event_of_many",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def told(self) -> str:
        """The reason; in the language of the page where it was not a person who wrote it."""
        if self.kind == self.Kind.CORRECTED:
            fields = {one.name: one for one in type(self.sign_on)._meta.concrete_fields}
            names = [name for name in self.reason.split(", ") if name in fields]
            return enumerated(fields[name].verbose_name for name in names)
        return gettext(REPEATS) if self.reason == REPEATS else self.reason
