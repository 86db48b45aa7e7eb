"""Who stands under a letter: vetted organisations, their names, and their signatures."""

from collections.abc import Iterable
from datetime import date
from typing import ClassVar, Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from signatures import names
from signatures.models.fields import DerivedBinaryField, DerivedCharField, DerivedTextField
from signatures.models.letters import Letter, is_current


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Sets of organisations, found by any name they are known by."""

    def known_as(self, *spellings: str) -> Self:
        """Organisations one of whose names is exactly one of `spellings`."""
        keys = {names.comparison_key(spelling) for spelling in spellings if spelling}
        return self.filter(names__key__in=keys).distinct()

    def register(
        self,
        official_name: str,
        *,
        local_name: str = "",
        acronym: str = "",
        country: str = "",
        website: str = "",
    ) -> "Organization":
        """Return the organisation of exactly this name and country, made if it is not known.

        Safe against the same organisation being registered twice at the same moment.
        """
        organization, _created = self.get_or_create(
            key=names.comparison_key(official_name),
            country=country,
            defaults={
                "official_name": official_name,
                "local_name": local_name,
                "acronym": acronym,
                "website": website,
            },
        )
        organization.remember_names()
        return organization


class Organization(models.Model):
    """One organisation, as staff have established it, whatever it called itself in a form."""

    official_name = models.CharField(_("official name"), max_length=names.LONGEST_NAME)
    local_name = models.CharField(
        _("name in its own language"), max_length=names.LONGEST_NAME, blank=True
    )
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    country = CountryField(_("country"), blank=True)
    website = models.URLField(_("website"), blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="branches",
        null=True,
        blank=True,
        verbose_name=_("branch or member of"),
    )
    key = DerivedCharField(
        max_length=names.LONGEST_KEY,
        derive=lambda organization: names.comparison_key(organization.official_name),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key", "country"],
                name="organization_known_once",
                violation_error_message=_(
                    "An organisation of this name is already known in this country. "
                    "If there really are two, tell them apart in the official name."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.official_name

    def clean(self) -> None:
        # The form has no field "key", so it would not look at the constraint by itself.
        self.key = names.comparison_key(self.official_name)
        self.validate_constraints()

    def remember_names(self) -> None:
        """Record the organisation's own three names among the names it is known by."""
        kinds = OrganizationName.Kind
        own = self.names.filter(kind=kinds.OFFICIAL)
        own.exclude(key=names.comparison_key(self.official_name)).update(kind=kinds.FORMER)
        self.remember(self.official_name, kinds.OFFICIAL)
        self.remember(self.local_name, kinds.LOCAL)
        self.remember(self.acronym, kinds.ACRONYM)

    def remember(self, name: str, kind: str) -> "OrganizationName | None":
        """Record that the organisation is known by `name`; return the record if it is new."""
        key = names.comparison_key(name)
        if not key:
            return None
        record, created = OrganizationName.objects.get_or_create(
            organization=self, key=key, defaults={"name": name, "kind": kind}
        )
        return record if created else None

    def forget(self, records: "Iterable[OrganizationName]") -> None:
        """Strike names off the record that no signature of the organisation uses."""
        listed = self.signatures.values_list("name", "local_name")
        in_use = {names.comparison_key(name) for pair in listed for name in pair}
        for record in records:
            if record.organization_id == self.pk and record.key not in in_use:
                record.delete()

    def delete_unless_needed(self) -> None:
        """Remove an organisation that nothing stands on."""
        needed = (self.signatures, self.branches, self.sign_ons, self.merges)
        if not any(rows.exists() for rows in needed):
            self.delete()


class OrganizationName(models.Model):
    """A name an organisation is known by."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", _("official name")
        LOCAL = "local", _("name in its own language")
        ACRONYM = "acronym", _("acronym")
        ALIAS = "alias", _("other spelling")
        TRANSLATION = "translation", _("translation")
        FORMER = "former", _("former name")

    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        related_name="names",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=names.LONGEST_LISTED_NAME)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ALIAS)
    key = DerivedCharField(
        max_length=names.LONGEST_KEY,
        db_index=True,
        derive=lambda row: names.comparison_key(row.name),
    )

    class Meta:
        verbose_name = _("known name")
        verbose_name_plural = _("known names")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "key"],
                name="organization_name_recorded_once",
                violation_error_message=_("This name is already on record."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.key = names.comparison_key(self.name)
        if self.organization_id:
            self.validate_constraints()


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Sets of signatures."""

    def current(self) -> Self:
        """The signatures that count and are listed: those that are not withdrawn."""
        return self.filter(is_current())

    def in_list_order(self) -> Self:
        """Initiators in their given order, then everyone alphabetically."""
        return self.order_by("list_key", "pk")

    def search(self, text: str) -> Self:
        """Signatures whose listed name, local name or acronym holds every word of `text`."""
        found = self
        for word in names.fold(text).split():
            found = found.filter(search_text__contains=word)
        return found

    @transaction.atomic
    def sign(
        self,
        organization: Organization,
        letters: Iterable[Letter],
        *,
        name: str,
        local_name: str = "",
        source: str,
        signed_on: date,
        position: int | None = None,
    ) -> list["Signature"]:
        """Put `organization` under `letters`; return the signatures this call brought about.

        A letter it stands under already is left as it is, whoever else signs it at the same
        moment; a withdrawn signature stands again, under the new name. The only way in which
        a signature comes into being: forms, imports and staff end here.
        """
        brought = []
        # One organisation is listed or struck by one transaction at a time.
        Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
        for letter in sorted(letters, key=lambda letter: letter.pk):
            entry = {
                "name": name,
                "local_name": local_name,
                "source": source,
                "signed_on": signed_on,
                "position": position,
            }
            signature, created = self.get_or_create(
                letter=letter, organization=organization, defaults=entry
            )
            if not created:
                if signature.withdrawn_at is None:
                    continue
                for field, value in entry.items():
                    setattr(signature, field, value)
                signature.withdrawn_at = None
                signature.save()
            brought.append(signature)
        Letter.objects.filter(
            pk__in=[signature.letter_id for signature in brought]
        ).raise_revision()
        return brought


class Signature(models.Model):
    """The public fact that an organisation signed a letter. Exists only because staff said so."""

    class Source(models.TextChoices):
        FORM = "form", _("online form")
        IMPORT = "import", _("import")
        STAFF = "staff", _("entered by staff")

    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, related_name="signatures", verbose_name=_("letter")
    )
    organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="signatures",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name as listed"), max_length=names.LONGEST_LISTED_NAME)
    local_name = models.CharField(
        _("name in its own language"), max_length=names.LONGEST_NAME, blank=True
    )
    position = models.PositiveSmallIntegerField(
        _("place among the initiators"),
        null=True,
        blank=True,
        help_text=_("Initiators are listed first, in this order. Empty for everybody else."),
    )
    signed_on = models.DateField(_("signed on"), default=timezone.localdate)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    list_key = DerivedBinaryField(derive=lambda row: names.list_key(row.name, row.position))
    search_text = DerivedTextField(
        derive=lambda row: names.fold(
            f"{row.name} {row.local_name} {row.organization.acronym} {row.organization.local_name}"
        )
    )

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering: ClassVar = ["letter", "list_key", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["letter", "organization"],
                name="signature_once_per_letter",
                violation_error_message=_("This organisation already stands under this letter."),
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["letter", "list_key", "id"],
                condition=is_current(),
                name="signature_current_list",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_initiator(self) -> bool:
        """Whether the organisation is listed first, among those who issued the letter."""
        return self.position is not None

    def relist(self, name: str, local_name: str, position: int | None) -> None:
        """List the organisation under another name, or at another place."""
        self.name, self.local_name, self.position = name, local_name, position
        with transaction.atomic():
            self.save(update_fields=["name", "local_name", "position", "list_key", "search_text"])
            Letter.objects.filter(pk=self.letter_id).raise_revision()

    def withdraw(self) -> None:
        """Take the organisation off the list, and out of the count, at once."""
        with transaction.atomic():
            if self._current().update(withdrawn_at=timezone.now()):
                Letter.objects.filter(pk=self.letter_id).raise_revision()

    def strike(self) -> None:
        """Remove a signature that should never have been listed."""
        with transaction.atomic():
            self._current().delete()
            Letter.objects.filter(pk=self.letter_id).raise_revision()

    def _current(self) -> SignatureQuerySet:
        return Signature.objects.filter(pk=self.pk).current()
