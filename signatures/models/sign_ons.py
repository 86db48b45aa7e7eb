"""Private claims: what somebody submitted for an organisation, and what became of it.

Nothing public reads these tables. `SignOn.approve` is the one bridge from a claim to the public
facts in `signatures.models.organizations`.
"""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from signatures import names
from signatures.models.fields import DerivedCharField
from signatures.models.history import SignOnEvent, Status
from signatures.models.letters import Letter
from signatures.models.mail import OutgoingMail, recipient_hash
from signatures.models.organizations import Organization, OrganizationName, Signature

if TYPE_CHECKING:
    from signatures.models.corrections import Correction

CONSENT_VERSION = "2026-11"
"""Which wording of "I am authorised to sign ..." the form shows; raise it with the wording."""

Kind = OutgoingMail.Kind


class IllegalTransition(Exception):
    """The sign-on is not in a state from which this step can be taken."""


class SignOnQuerySet(models.QuerySet["SignOn"]):
    """Sets of claims."""

    def queue(self) -> Self:
        """What waits for a moderator: confirmed claims, the oldest first."""
        return self.filter(status=SignOn.Status.PENDING).order_by("confirmed_at", "pk")

    def from_address(self, email: str) -> Self:
        """Claims whose contact is reached under `email`."""
        return self.filter(email__iexact=email)

    def standing(self) -> Self:
        """Claims that are under review or led to a listing."""
        return self.filter(status__in=[SignOn.Status.PENDING, SignOn.Status.APPROVED])

    def submit(self, letters: Iterable[Letter], **claim: Any) -> None:
        """Take a claim from the public form: store it and owe its contact a mail.

        Tells the caller nothing about what was known before, because the page must not: only
        the mailbox learns whether this was new, a repetition, or one mail too many.
        """
        letters = list(letters)
        sign_on = SignOn(consent_version=CONSENT_VERSION, consented_at=timezone.now(), **claim)
        with transaction.atomic():
            if OutgoingMail.objects.is_enough_for(sign_on.email):
                return
            if standing := sign_on.twin_for(letters):
                standing.record(SignOnEvent.Kind.SUBMITTED_AGAIN)
                standing.owe(Kind.ALREADY_SIGNED)
                return
            sign_on.save()
            sign_on.letters.set(letters)
            sign_on.record(SignOnEvent.Kind.SUBMITTED)
            sign_on.owe(Kind.CONFIRM)

    def enter(
        self, letters: Iterable[Letter], *, actor: User, provenance: str, **claim: Any
    ) -> "SignOn":
        """Enter a claim that reached staff on paper or by mail; it waits like any other."""
        sign_on = SignOn(
            source=Signature.Source.STAFF,
            provenance=provenance,
            status=SignOn.Status.PENDING,
            confirmed_at=timezone.now(),
            consent_version="on paper",
            consented_at=timezone.now(),
            **claim,
        )
        with transaction.atomic():
            sign_on.save()
            sign_on.letters.set(letters)
            sign_on.record(SignOnEvent.Kind.ENTERED, actor=actor, reason=provenance)
            sign_on.owe(Kind.RECEIVED)
        return sign_on


class SignOn(models.Model):
    """The claim that an organisation signs letters, made by its contact person."""

    Status = Status

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.UNCONFIRMED, editable=False
    )
    letters = models.ManyToManyField(
        Letter, through="SignOnLetter", related_name="sign_ons", verbose_name=_("letters")
    )
    name = models.CharField(_("organisation"), max_length=names.LONGEST_NAME)
    local_name = models.CharField(
        _("name in its own language"), max_length=names.LONGEST_NAME, blank=True
    )
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    country = CountryField(_("country"))
    website = models.URLField(_("website"), blank=True)
    contact_name = models.CharField(_("contact person"), max_length=150, blank=True)
    contact_title = models.CharField(_("position"), max_length=150, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    new_email = models.EmailField(_("new e-mail"), blank=True, editable=False)
    former_email = models.EmailField(_("former e-mail"), blank=True, editable=False)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    source = models.CharField(
        _("source"),
        max_length=10,
        choices=Signature.Source,
        default=Signature.Source.FORM,
        editable=False,
    )
    provenance = models.CharField(
        _("where it came from"),
        max_length=250,
        blank=True,
        help_text=_("For instance: letter of 3 May, signed by the director, in the blue folder."),
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="sign_ons",
        null=True,
        editable=False,
        verbose_name=_("known organisation"),
    )
    taught = models.ManyToManyField(
        OrganizationName,
        related_name="+",
        editable=False,
        help_text="Names that the approval added to those the organisation is known by.",
    )
    consent_version = models.CharField(max_length=20, editable=False)
    consented_at = models.DateTimeField(_("authority declared"), editable=False)
    created_at = models.DateTimeField(_("submitted"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    key = DerivedCharField(
        max_length=names.LONGEST_KEY,
        db_index=True,
        derive=lambda claim: names.comparison_key(claim.name),
    )

    objects = SignOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-on")
        verbose_name_plural = _("sign-ons")
        ordering: ClassVar = ["confirmed_at", "pk"]
        permissions: ClassVar = [("export_contacts", _("Can export sign-ons with their contacts"))]
        indexes: ClassVar = [
            models.Index(fields=["status", "confirmed_at", "id"], name="sign_on_queue")
        ]

    def __str__(self) -> str:
        return self.name

    LISTED: ClassVar = ("name", "local_name", "acronym")
    """What the public list prints of a claim."""

    # What may follow what. Every step in this file goes through `_step`, which asks this table.
    TRANSITIONS: ClassVar[dict[str, dict[str, str]]] = {
        "confirm": {Status.UNCONFIRMED: Status.PENDING},
        "approve": {Status.PENDING: Status.APPROVED},
        "reject": {Status.PENDING: Status.REJECTED},
        "reopen": {Status.APPROVED: Status.PENDING, Status.REJECTED: Status.PENDING},
        "withdraw": {
            Status.UNCONFIRMED: Status.WITHDRAWN,
            Status.PENDING: Status.WITHDRAWN,
            Status.APPROVED: Status.WITHDRAWN,
            Status.REJECTED: Status.WITHDRAWN,
        },
    }

    @property
    def listed_name(self) -> str:
        """The name exactly as the public list will print it."""
        return names.listed_name(self.name, self.acronym)

    @property
    def email_domain(self) -> str:
        """The part of the contact's address that may tell whose it is."""
        return self.email.rpartition("@")[2].lower()

    @property
    def is_listed(self) -> bool:
        """Whether an approval of this very claim put the organisation under a letter."""
        return self.status == self.Status.APPROVED and any(
            row.signature_id for row in self.letter_rows.all()
        )

    def brought(self) -> models.QuerySet[Signature]:
        """The signatures that an approval of this very claim brought about."""
        rows = self.letter_rows.filter(signature__isnull=False)
        # By the letters' keys, in which order every transaction locks them.
        return Signature.objects.filter(pk__in=rows.values("signature")).order_by("letter_id")

    def listings(self) -> models.QuerySet[Signature]:
        """The current signatures of the claim's organisation under its letters, by whomever."""
        return (
            Signature.objects.current()
            .filter(organization=self.organization_id, letter__in=self.letters.all())
            .order_by("letter_id")
        )

    def stands_for(self) -> set[int]:
        """Return the keys of the letters about which nothing more needs to be claimed."""
        if self.status == self.Status.APPROVED:
            return set(self.listings().values_list("letter_id", flat=True))
        return set(self.letters.values_list("pk", flat=True))

    def letters_to_confirm(self) -> list[Letter]:
        """The letters of the claim that can be signed at this moment."""
        return list(Letter.objects.open_for_signature().filter(sign_ons=self).order_by("pk"))

    def twin_for(self, letters: Iterable[Letter]) -> "SignOn | None":
        """Return a claim of the same contact that already does all that this one would do."""
        wanted = {letter.pk for letter in letters}
        twins = (
            SignOn.objects.standing()
            .from_address(self.email)
            .filter(key=names.comparison_key(self.name), country=self.country)
            .exclude(pk=self.pk)
        )
        return next((twin for twin in twins if wanted <= twin.stands_for()), None)

    # Steps of the contact

    @transaction.atomic
    def confirm(self) -> "SignOn":
        """Put the claim into the moderators' queue, for those letters that are still open.

        Returns the claim that stands now: an earlier one, when the same contact confirmed the
        same sign-on twice. Harmless when repeated. Raises IllegalTransition when the claim was
        withdrawn or every letter has closed.
        """
        self._lock()
        if self.status in {self.Status.PENDING, self.Status.APPROVED, self.Status.REJECTED}:
            return self
        letters = self.letters_to_confirm()
        if not letters:
            raise IllegalTransition("every letter of this sign-on has closed")
        if twin := self.twin_for(letters):
            self._step("withdraw", reason="Repeats an earlier sign-on of the same contact.")
            return twin
        self.letter_rows.exclude(letter__in=letters).delete()
        self._step("confirm", confirmed_at=timezone.now())
        self.owe(Kind.RECEIVED)
        return self

    @transaction.atomic
    def withdraw(self, *, actor: User | None = None, reason: str = "") -> None:
        """Take the claim back, and the listings that it brought off the list, at once."""
        self._lock()
        if self.status == self.Status.WITHDRAWN:
            return
        self._step("withdraw", actor=actor, reason=reason)
        self.lock_organization()
        for signature in self.brought():
            signature.withdraw()
        # A mail that is late must not say anything else after the last word, but a warning.
        self.mails.unsent().exclude(kind=Kind.ADDRESS_CHANGE).delete()
        self.corrections.open().update(decided_at=timezone.now(), accepted=False)
        self.owe(Kind.WITHDRAWN)

    @transaction.atomic
    def correct(self, **changes: str) -> "Correction | None":
        """Change what the contact stated.

        What the public sees of a listed organisation (its name, name in its own language and
        acronym) does not change here: it is returned as a Correction that waits for staff. Where
        another claim brought the listing, it stays as it is.
        """
        self._lock()
        if self.status in {self.Status.REJECTED, self.Status.WITHDRAWN}:
            raise IllegalTransition(f"cannot correct a sign-on that is {self.status}")
        changed = {field: new for field, new in changes.items() if getattr(self, field) != new}
        named = sorted(changed)
        correction, taken_back = None, 0
        if self.status == self.Status.APPROVED:
            # What was asked for before is replaced, or taken back by stating what is listed.
            taken_back, _rows = self.corrections.open().delete()
            listing = {field: changed.pop(field) for field in self.LISTED if field in changed}
            if listing and self.is_listed:
                listed = {field: getattr(self, field) for field in self.LISTED}
                correction = self.corrections.create(**(listed | listing))
        for field, new in changed.items():
            setattr(self, field, new)
        if changed:
            # The key follows the name.
            self.save(update_fields=[*changed, "key"])
        if named or taken_back:
            self.record(SignOnEvent.Kind.CORRECTED, reason=", ".join(named))
        return correction

    @transaction.atomic
    def request_new_email(self, email: str) -> None:
        """Note a new address; it counts once somebody confirms from its mailbox."""
        self._lock()
        if self.status == self.Status.WITHDRAWN:
            raise IllegalTransition("cannot change the address of a withdrawn sign-on")
        if email.lower() == self.email.lower():
            # The present address again: whatever else was named is taken back.
            self.new_email = ""
            self.save(update_fields=["new_email"])
            return
        if OutgoingMail.objects.is_enough_for(email):
            return
        self.new_email = email
        self.save(update_fields=["new_email"])
        self.record(SignOnEvent.Kind.NEW_EMAIL_NAMED)
        self.owe(Kind.NEW_ADDRESS)
        self.owe(Kind.ADDRESS_CHANGE)

    @transaction.atomic
    def confirm_new_email(self, email: str) -> None:
        """Use the address from whose mailbox the change was confirmed. Harmless when repeated."""
        self._lock()
        if self.status == self.Status.WITHDRAWN:
            raise IllegalTransition("cannot change the address of a withdrawn sign-on")
        if self.new_email and self.new_email == email:
            self.former_email, self.email, self.new_email = self.email, email, ""
            self.save(update_fields=["email", "new_email", "former_email"])
            self.record(SignOnEvent.Kind.NEW_EMAIL_CONFIRMED)
            if self.status == self.Status.UNCONFIRMED:
                self.owe(Kind.CONFIRM)  # links to the old address are dead

    @transaction.atomic
    def send_again(self) -> None:
        """Owe the contact a fresh link in the place of one that expired."""
        self._lock()
        if self.email and not OutgoingMail.objects.is_enough_for(self.email):
            unconfirmed = self.status == self.Status.UNCONFIRMED
            self.owe(Kind.CONFIRM if unconfirmed else Kind.PRIVATE_LINK)

    # Steps of the staff

    @transaction.atomic
    def approve(self, *, actor: User, organization: Organization | None = None) -> list[Signature]:
        """List the organisation under the claim's letters; return what that newly listed.

        `organization` is who the moderator says it is; without one it is registered anew, unless
        it is known under exactly this name and country. Harmless when repeated.
        """
        self._lock()
        if self.status == self.Status.APPROVED:
            return []
        self._target("approve")
        decided_at = timezone.now()
        organization = organization or Organization.objects.register(
            self.name,
            local_name=self.local_name,
            acronym=self.acronym,
            country=self.country.code,
            website=self.website,
        )
        self._step(
            "approve",
            actor=actor,
            reason=organization.official_name,
            decided_at=decided_at,
            organization=organization,
        )
        self.lock_organization()
        self.taught.clear()
        self.teach()
        confirmed = self.confirmed_at or timezone.now()
        brought = Signature.objects.sign(
            organization,
            self.letters.all(),
            name=self.listed_name,
            local_name=self.local_name,
            source=self.source,
            signed_on=timezone.localdate(confirmed),
        )
        for signature in brought:
            self.letter_rows.filter(letter=signature.letter_id).update(signature=signature)
        self.owe(Kind.LISTED if brought else Kind.ALREADY_LISTED)
        return brought

    @transaction.atomic
    def reject(self, *, actor: User, reason: str, tell: bool = True, why: bool = False) -> None:
        """Decline the claim; `tell` the contact, and `why`. Harmless when repeated."""
        self._lock()
        if self.status == self.Status.REJECTED:
            return
        self._step("reject", actor=actor, reason=reason, decided_at=timezone.now())
        if tell:
            self.owe(Kind.REJECTED, note=reason if why else "")

    @transaction.atomic
    def reopen(self, *, actor: User, reason: str = "") -> None:
        """Undo an approval or rejection, and what followed from it. Harmless when repeated."""
        self._lock()
        if self.status == self.Status.PENDING:
            return
        decided_at, organization = self.decided_at, self.organization
        self._step("reopen", actor=actor, reason=reason, decided_at=None)
        self.lock_organization()
        self.corrections.open().update(decided_at=timezone.now(), accepted=False)
        brought = list(self.brought())
        self.letter_rows.update(signature=None)
        for signature in brought:
            signature.strike()
        self.organization = None
        self.save(update_fields=["organization"])
        if organization and decided_at:
            # Names that other approved claims use as well stay.
            others = organization.sign_ons.values_list("name", "local_name")
            in_use = {names.comparison_key(name) for pair in others for name in pair}
            organization.forget(self.taught.exclude(key__in=in_use))
            if organization.created_at >= decided_at:
                organization.delete_unless_needed()
        told = self.mails.filter(
            kind__in=[Kind.LISTED, Kind.REJECTED, Kind.ALREADY_LISTED], created_at__gte=decided_at
        )
        told.unsent().delete()
        if told.exists():  # else nobody knows, and there is nothing to take back
            self.owe(Kind.REOPENED)

    # What the steps are made of

    def record(
        self,
        kind: "SignOnEvent.Kind",
        *,
        actor: User | None = None,
        origin: str | None = None,
        reason: str = "",
    ) -> None:
        """Write a line of the claim's history."""
        SignOnEvent.objects.create(
            sign_on=self,
            kind=kind,
            actor=actor,
            origin=self.status if origin is None else origin,
            target=self.status,
            reason=reason,
        )

    def owe(self, kind: "OutgoingMail.Kind", note: str = "") -> None:
        """Owe the contact a mail, in the transaction of whatever it is about."""
        if self.email:
            to = self.new_email if kind == Kind.NEW_ADDRESS else self.email
            OutgoingMail.objects.create(
                sign_on=self, kind=kind, note=note, recipient=recipient_hash(to)
            )

    def _lock(self) -> None:
        """Take the row for this transaction and see it as it stands."""
        self.refresh_from_db(from_queryset=SignOn.objects.select_for_update(no_key=True))

    def lock_organization(self) -> None:
        """Let nobody list or strike the same organisation until this transaction ends.

        Raises IllegalTransition when somebody removed it meanwhile.
        """
        organizations = Organization.objects.select_for_update(no_key=True)
        if self.organization_id and not organizations.filter(pk=self.organization_id).first():
            raise IllegalTransition("the organisation was removed meanwhile")

    def teach(self) -> None:
        """Let the organisation be known by this claim's names, and note which of them were new."""
        if self.organization is None:
            return
        kinds = OrganizationName.Kind
        learnt = [
            self.organization.remember(self.name, kinds.ALIAS),
            self.organization.remember(self.local_name, kinds.LOCAL),
        ]
        self.taught.add(*filter(None, learnt))

    def _step(
        self,
        step: str,
        *,
        actor: User | None = None,
        reason: str = "",
        **fields: Any,
    ) -> None:
        origin, self.status = self.status, self._target(step)
        for field, value in fields.items():
            setattr(self, field, value)
        self.save(update_fields=["status", *fields])
        self.record(SignOnEvent.Kind(step), actor=actor, origin=origin, reason=reason)

    def _target(self, step: str) -> str:
        target = self.TRANSITIONS[step].get(self.status)
        if target is None:
            raise IllegalTransition(f"cannot {step} a sign-on that is {self.status}")
        return target
