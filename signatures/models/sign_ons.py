"""Private claims: what somebody submitted for an organisation, and what became of it.

Nothing public reads these tables. An approval is the one bridge from a claim to the public facts
in `signatures.models.signatures`; it stands with the other decisions of the staff in
`signatures.models.decisions`.
"""

import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from openletters import languages
from signatures import names, vault
from signatures.models.corrections import Correction
from signatures.models.decisions import Outcome
from signatures.models.erasures import Erasure
from signatures.models.fields import DerivedCharField
from signatures.models.history import REPEATS, IllegalTransition, SignOnEvent, Status, target
from signatures.models.letters import Letter
from signatures.models.mail import OutgoingMail
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.retaining import is_erased
from signatures.models.sealed import SealedTextField
from signatures.models.secret_links import SecretLink
from signatures.models.shielded import NAME, ShieldedTextField
from signatures.models.signatures import Signature, SignatureQuerySet
from signatures.models.submissions import SignOnQuerySet
from signatures.models.updates_wanted import UpdatesWanted, is_on_record
from signatures.vault import address_hash

__all__ = ["IllegalTransition", "SignOn", "SignOnQuerySet"]

Kind = OutgoingMail.Kind


class SignOn(UpdatesWanted, models.Model):
    """The claim that an organisation signs letters, made by its contact person."""

    Status = Status

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.UNCONFIRMED, editable=False
    )
    letters = models.ManyToManyField(
        Letter, through="SignOnLetter", related_name="sign_ons", verbose_name=_("letters")
    )
    withhold_name = models.BooleanField(
        _("count it, but do not publish its name"), default=False, editable=False
    )
    name = ShieldedTextField(_("organisation"), max_length=names.LONGEST_NAME)
    local_name = ShieldedTextField(
        _("name in its own language"), max_length=names.LONGEST_NAME, blank=True
    )
    acronym = ShieldedTextField(_("acronym"), max_length=30, blank=True)
    country = CountryField(_("country"))
    website = ShieldedTextField(
        _("website"), max_length=200, blank=True, validators=[URLValidator()]
    )
    contact_name = SealedTextField(_("contact person"), max_length=150, blank=True)
    contact_title = SealedTextField(_("position"), max_length=150, blank=True)
    email = SealedTextField(_("e-mail"), max_length=254, blank=True)
    email_hash = DerivedCharField(
        max_length=64, blank=True, db_index=True, derive=lambda claim: address_hash(claim.email)
    )
    new_email = SealedTextField(_("new e-mail"), max_length=254, blank=True, editable=False)
    former_email = SealedTextField(_("former e-mail"), max_length=254, blank=True, editable=False)
    language = models.CharField(
        _("language"), max_length=10, choices=languages.choices, default=settings.LANGUAGE_CODE
    )
    source = models.CharField(
        _("source"),
        max_length=10,
        choices=Signature.Source,
        default=Signature.Source.FORM,
        editable=False,
    )
    provenance = SealedTextField(
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
    link = models.ForeignKey(
        SecretLink,
        on_delete=models.PROTECT,
        related_name="sign_ons",
        null=True,
        editable=False,
        verbose_name=_("secret link"),
        help_text="Through which it came in, if its letters were collected privately then.",
    )
    flags = models.JSONField(default=list, editable=False)
    client = models.CharField(
        max_length=32,
        blank=True,
        db_index=True,
        editable=False,
        help_text="Equal for what came from one network on one day; see models/limits.py.",
    )
    consent_version = models.CharField(max_length=20, editable=False)
    consent_wording = models.TextField(
        blank=True, editable=False, help_text="As the form said it, in the language of the form."
    )
    consented_at = models.DateTimeField(_("authority declared"), editable=False)
    created_at = models.DateTimeField(_("submitted"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    erased_at = models.DateTimeField(_("contact data erased"), null=True, editable=False)
    key = DerivedCharField(
        max_length=names.LONGEST_KEY,
        db_index=True,
        derive=lambda claim: "" if claim.withhold_name else claim.own_key,
    )
    name_hash = DerivedCharField(
        max_length=64,
        blank=True,
        db_index=True,
        derive=lambda claim: vault.fingerprint(claim.own_key, NAME) if claim.withhold_name else "",
    )

    objects = SignOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-on")
        verbose_name_plural = _("sign-ons")
        ordering: ClassVar = ["confirmed_at", "pk"]
        permissions: ClassVar = [
            ("export_contacts", _("Can export sign-ons with their contacts")),
            ("erase_contacts", _("Can erase the contact data of sign-ons")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "confirmed_at", "id"], name="sign_on_queue"),
            models.Index(fields=["status", "country", "confirmed_at"], name="sign_on_tally"),
            models.Index(
                fields=["status"],
                condition=Q(erased_at__isnull=True),
                name="sign_on_with_contact",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(consent_version=""), name="sign_on_has_consent"),
            models.CheckConstraint(condition=is_erased(), name="sign_on_erased_whole"),
            models.CheckConstraint(condition=is_on_record(), name="sign_on_updates_on_record"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    LISTED: ClassVar = ("name", "local_name", "acronym")
    """What the public list prints of a claim."""

    FROM_THE_NAME: ClassVar = ("key", "name_hash")
    """What follows from the name; the first of a name that is published, the other of one that
    is withheld."""

    SHIELDED: ClassVar = (*LISTED, "website", "withhold_name", *FROM_THE_NAME)
    """What has to be saved when its name is withheld, or no longer."""

    @property
    def listed_name(self) -> str:
        """The name exactly as the public list will print it."""
        return names.listed_name(self.name, self.acronym) or str(_("(name erased)"))

    @property
    def email_domain(self) -> str:
        """The part of the contact's address that may tell whose it is."""
        return self.email.rpartition("@")[2].lower()

    @property
    def may_withhold(self) -> bool:
        """Whether the claim can have the name withheld: it is not listed yet, or listed by it."""
        waits = self.status in {self.Status.UNCONFIRMED, self.Status.PENDING}
        return not self.withhold_name and (waits or self.is_listed)

    @property
    def own_key(self) -> str:
        """The comparison key of its name, which is not stored where that is withheld."""
        return names.comparison_key(self.name)

    @property
    def told_by(self) -> tuple[str, str]:
        """What a distinction is remembered by: the name, in a form that can rest, and country."""
        return self.key or self.name_hash, self.country.code or ""

    @property
    def is_counted(self) -> bool:
        """Whether the organisation counts under a letter, its name withheld."""
        return any(row.withheld_id for row in self.letter_rows.all())

    @property
    def is_listed(self) -> bool:
        """Whether an approval of this very claim put the organisation under a letter."""
        return self.status == self.Status.APPROVED and any(
            row.signature_id for row in self.letter_rows.all()
        )

    @cached_property
    def was_delivered(self) -> bool:
        """Whether an edition names the organisation by what an approval of this claim brought."""
        return (
            self.status == self.Status.APPROVED
            and self.letter_rows.filter(signature__edition_entries__isnull=False).exists()
        )

    def as_organization(self) -> Organization:
        """Return the organisation as the claim states it, not stored."""
        return Organization(
            official_name=self.name,
            local_name=self.local_name,
            acronym=self.acronym,
            country=self.country,
            website=self.website,
        )

    def brought(self) -> SignatureQuerySet:
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

    def letters_to_confirm(self) -> list[Letter]:
        """The letters of the claim that can be signed at this moment."""
        return list(Letter.objects.taking_sign_ons().filter(sign_ons=self).order_by("pk"))

    # Steps of the contact

    @transaction.atomic
    def confirm(self, shown: Mapping[int, int] | None = None) -> "SignOn":
        """Put the claim into the moderators' queue, for those letters that are still open.

        `shown` says which texts the contact has just seen, by the letters' keys. Returns the claim
        that stands now: an earlier one, when the same contact confirmed the same sign-on twice.
        Harmless when repeated. Raises IllegalTransition when the claim was withdrawn, every letter
        has closed, or one was changed in substance meanwhile.
        """
        self.lock()
        if self.status in {self.Status.PENDING, self.Status.APPROVED, self.Status.REJECTED}:
            return self
        letters = self.letters_to_confirm()
        if not letters:
            raise IllegalTransition("every letter of this sign-on has closed")
        self.letter_rows.filter(letter__in=letters).show(shown or {})
        if twin := SignOn.objects.twin_of(self, letters):
            self._step("withdraw", reason=REPEATS)
            if self.withhold_name and twin.may_withhold:
                twin.withhold()
            if self.updates_version:
                twin.want_updates()
            return twin
        self.letter_rows.exclude(letter__in=letters).delete()
        self._step("confirm", confirmed_at=timezone.now())
        self.owe(Kind.RECEIVED)
        return self

    @transaction.atomic
    def withdraw(self, *, actor: User | None = None, reason: str = "") -> None:
        """Take the claim back, and the listings that it brought off the list, at once."""
        self.lock()
        if self.status == self.Status.WITHDRAWN:
            return
        self._step("withdraw", actor=actor, reason=reason)
        self.lock_organization()
        for signature in self.brought():
            signature.withdraw()
        self.letter_rows.uncount()
        # A mail that is late must not say anything else after the last word, but a warning.
        self.mails.unsent().exclude(kind=Kind.ADDRESS_CHANGE).delete()
        self.corrections.open().update(decided_at=timezone.now(), accepted=False)
        self.owe(Kind.WITHDRAWN)
        Erasure.objects.note(Erasure.Kind.WITHDRAWN, [self.public_id])

    @transaction.atomic
    def correct(self, **changes: str) -> Correction | None:
        """Change what the contact stated.

        What the public sees of a listed organisation (its name, name in its own language and
        acronym) does not change here: it is returned as a Correction that waits for staff. Where
        another claim brought the listing, it stays as it is.
        """
        self.lock()
        if self.status in {self.Status.REJECTED, self.Status.WITHDRAWN}:
            raise IllegalTransition(f"cannot correct a sign-on that is {self.status}")
        self._need_contact()
        changed = {field: new for field, new in changes.items() if getattr(self, field) != new}
        named = sorted(changed)
        correction, taken_back = None, 0
        if self.status == self.Status.APPROVED and not self.withhold_name:
            # What was asked for before is replaced, or taken back by stating what is listed.
            taken_back, _rows = self.corrections.open().delete()
            listing = {field: changed.pop(field) for field in self.LISTED if field in changed}
            if listing and self.is_listed:
                listed = {field: getattr(self, field) for field in self.LISTED}
                correction = self.corrections.create(**(listed | listing))
        for field, new in changed.items():
            setattr(self, field, new)
        if changed:
            self.save(update_fields=[*changed, *self.FROM_THE_NAME])
        if named or taken_back:
            self.record(SignOnEvent.Kind.CORRECTED, reason=", ".join(named))
        return correction

    @transaction.atomic
    def request_new_email(self, email: str) -> None:
        """Note a new address; it counts once somebody confirms from its mailbox."""
        self.lock()
        if self.status == self.Status.WITHDRAWN:
            raise IllegalTransition("cannot change the address of a withdrawn sign-on")
        self._need_contact()
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
        self.lock()
        if self.status == self.Status.WITHDRAWN:
            raise IllegalTransition("cannot change the address of a withdrawn sign-on")
        self._need_contact()
        if self.new_email and self.new_email == email:
            self.former_email, self.email, self.new_email = self.email, email, ""
            self.save(update_fields=["email", "email_hash", "new_email", "former_email"])
            self.record(SignOnEvent.Kind.NEW_EMAIL_CONFIRMED)
            if self.status == self.Status.UNCONFIRMED:
                self.owe(Kind.CONFIRM)  # links to the old address are dead

    @transaction.atomic
    def send_again(self) -> None:
        """Owe the contact a fresh link in the place of one that expired."""
        self.lock()
        if self.email and not OutgoingMail.objects.is_enough_for(self.email):
            unconfirmed = self.status == self.Status.UNCONFIRMED
            self.owe(Kind.CONFIRM if unconfirmed else Kind.PRIVATE_LINK)

    def withhold(self, *, actor: User | None = None, reason: str = "") -> None:
        """Publish the organisation's name no more, at once; what is listed by it is only counted.

        Harmless when repeated. Raises IllegalTransition where the claim has no say in it: when it
        was declined or withdrawn, or another one brought the listing.
        """
        from signatures.models import withholding  # it knows every table that may tell the name

        withholding.withhold(self, actor=actor, reason=reason)

    @transaction.atomic
    def ask_to_be_named(self, *, actor: User | None = None, reason: str = "") -> None:
        """Have the name published after all, once staff have looked at it anew.

        Until then the organisation stays counted as it is. Harmless when repeated. Raises
        IllegalTransition when the claim was declined or withdrawn.
        """
        self.lock()
        if not self.withhold_name:
            return
        if self.status in {self.Status.REJECTED, self.Status.WITHDRAWN}:
            raise IllegalTransition(f"cannot name a sign-on that is {self.status}")
        self.save_shielded(withhold_name=False)
        if self.status == self.Status.APPROVED:
            self._step("show_name", actor=actor, reason=reason, decided_at=None)
            self.owe(Kind.RECEIVED)
        else:
            self.record(SignOnEvent.Kind.SHOW_NAME, actor=actor, reason=reason)

    # Steps of the staff, about one claim; about many they are those of the query set

    @transaction.atomic
    def approve(self, *, actor: User, organization: Organization | None = None) -> list[Signature]:
        """List the organisation under the claim's letters; return what that newly listed.

        `organization` is who the moderator says it is; without one it is registered anew, unless
        it is known under exactly this name and country. Harmless when repeated. Raises
        IllegalTransition, also when somebody removed that organisation meanwhile.
        """
        outcome = SignOn.objects.approve({self: organization}, actor=actor)
        self._follow(outcome)
        return outcome.brought.get(self.pk, [])

    @transaction.atomic
    def reject(self, *, actor: User, reason: str, tell: bool = True, why: bool = False) -> None:
        """Decline the claim; `tell` the contact, and `why`. Harmless when repeated.

        Raises IllegalTransition.
        """
        self._follow(SignOn.objects.reject([self], actor=actor, reason=reason, tell=tell, why=why))

    @transaction.atomic
    def reopen(self, *, actor: User, reason: str = "") -> None:
        """Undo an approval or rejection, and what followed from it. Harmless when repeated.

        Raises IllegalTransition.
        """
        self._follow(SignOn.objects.reopen([self], actor=actor, reason=reason))

    def _follow(self, outcome: Outcome) -> None:
        """See the row as a decision about it left it. Raises IllegalTransition if it refused."""
        self.refresh_from_db()
        if self in outcome.refused:
            raise IllegalTransition(outcome.refused[self])

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
        OutgoingMail.objects.owe([(self, kind)], note=note)

    def save_shielded(self, *, withhold_name: bool) -> None:
        """Seal its names where they rest, or unseal them: its own, and those of its corrections."""
        self.withhold_name = withhold_name
        self.save(update_fields=self.SHIELDED)
        for correction in self.corrections.all():
            correction.sign_on = self
            correction.save(update_fields=self.LISTED)

    def lock(self) -> None:
        """Take the row for this transaction and see it as it stands."""
        self.refresh_from_db(from_queryset=SignOn.objects.select_for_update(no_key=True))

    def _need_contact(self) -> None:
        """Raises IllegalTransition once there is no contact any more, who alone may do this."""
        if self.erased_at:
            raise IllegalTransition("the contact data of this sign-on was erased")

    def lock_organization(self) -> None:
        """Let nobody list or strike the same organisation until this transaction ends.

        Raises IllegalTransition when somebody removed it meanwhile.
        """
        organizations = Organization.objects.select_for_update(no_key=True)
        if self.organization_id and not organizations.filter(pk=self.organization_id).first():
            raise IllegalTransition("the organisation was removed meanwhile")

    def _step(
        self,
        step: str,
        *,
        actor: User | None = None,
        reason: str = "",
        **fields: Any,
    ) -> None:
        origin, self.status = self.status, target(step, self.status)
        for field, value in fields.items():
            setattr(self, field, value)
        self.save(update_fields=["status", *fields])
        self.record(SignOnEvent.Kind(step), actor=actor, origin=origin, reason=reason)
