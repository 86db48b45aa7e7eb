"""The rows of an import: what each states, what it was compared with, and what became of it."""

from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from signatures import consent, names
from signatures.matching.parsing import parse
from signatures.models.fields import DerivedCharField
from signatures.models.letters import Letter
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.sealed import SealedJSONField, SealedTextField
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature


class Verdict(models.TextChoices):
    """What a row is, compared with what is known."""

    NEW = "new", _("new")
    KNOWN = "known", _("known")
    SIGNED = "signed", _("signed already")
    RELATED = "related", _("related")
    POSSIBLE = "possible", _("possibly known")
    DUPLICATE = "duplicate", _("duplicate in the file")
    ERROR = "error", _("with an error")


class Decision(models.TextChoices):
    """What shall become of a row."""

    NEW = "new", _("as a new organisation")
    KNOWN = "known", _("as the known organisation")
    LEAVE = "leave", _("leave out")


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    """Sets of rows."""

    def uncompared(self) -> Self:
        """Rows that the comparison has not reached."""
        return self.filter(verdict="")

    def undecided(self) -> Self:
        """Rows of which somebody has to say what shall become of them."""
        return self.filter(decision="")

    def taken(self) -> Self:
        """Rows that shall be imported."""
        return self.filter(decision__in=[Decision.NEW, Decision.KNOWN])


class ImportRow(models.Model):
    """One row of a file: what it states, what it was compared with, and what became of it."""

    batch = models.ForeignKey(
        "signatures.SignatoryImport", on_delete=models.CASCADE, related_name="rows"
    )
    line = models.PositiveIntegerField(_("line"))
    cells = SealedJSONField(default=dict, blank=True)

    name = models.CharField(_("organisation"), max_length=names.LONGEST_NAME, blank=True)
    local_name = models.CharField(max_length=names.LONGEST_NAME, blank=True)
    acronym = models.CharField(max_length=30, blank=True)
    country = CountryField(_("country"), blank=True)
    website = models.URLField(blank=True)
    contact_name = SealedTextField(max_length=150, blank=True)
    contact_title = SealedTextField(max_length=150, blank=True)
    email = SealedTextField(max_length=254, blank=True)
    signed_on = models.DateField(null=True)
    position = models.PositiveSmallIntegerField(null=True)
    key = DerivedCharField(
        max_length=names.LONGEST_KEY, derive=lambda row: names.comparison_key(row.name)
    )
    squashed = DerivedCharField(
        max_length=names.LONGEST_KEY,
        derive=lambda row: parse(row.name).squashed[: names.LONGEST_KEY],
    )

    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict, blank=True)
    problems = SealedJSONField(default=list, blank=True)
    unknown_country = models.CharField(max_length=100, blank=True)
    candidates = models.JSONField(default=list)
    namesakes = models.JSONField(default=list)
    same_as = models.PositiveIntegerField(null=True)
    suggested = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, related_name="+", null=True
    )
    is_taken = models.BooleanField(
        default=False,
        help_text="An organisation of exactly this name and country is known: no second can be.",
    )

    decision = models.CharField(_("decision"), max_length=6, choices=Decision, blank=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, related_name="+", null=True
    )
    is_registered = models.BooleanField(default=False)
    taught = models.ManyToManyField(OrganizationName, related_name="+")
    signatures = models.ManyToManyField(Signature, related_name="+")
    sign_on = models.ForeignKey(SignOn, on_delete=models.SET_NULL, related_name="+", null=True)

    COMPARED: ClassVar = (
        "name",
        "local_name",
        "acronym",
        "country",
        "website",
        "contact_name",
        "contact_title",
        "email",
        "signed_on",
        "position",
        "key",
        "squashed",
        "verdict",
        "problems",
        "unknown_country",
        "candidates",
        "namesakes",
        "same_as",
        "suggested",
        "is_taken",
        "decision",
        "organization",
    )
    """What the comparison says of a row."""

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering: ClassVar = ["batch", "line"]
        indexes: ClassVar = [
            models.Index(fields=["batch", "verdict", "line"], name="import_row_verdict"),
            models.Index(fields=["batch", "key"], name="import_row_key"),
            models.Index(fields=["batch", "squashed"], name="import_row_squashed"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "line"], name="import_row_once_per_line"),
            models.CheckConstraint(
                condition=~Q(verdict="error") | Q(decision="leave"),
                name="import_row_with_error_left_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.name}"

    @property
    def is_known(self) -> bool:
        """Whether it is taken as an organisation that was chosen."""
        return self.decision == Decision.KNOWN

    @property
    def listed_name(self) -> str:
        """The name as the list will print it."""
        return names.listed_name(self.name, self.acronym)

    def unregistered(self) -> Organization:
        """Return the organisation that the row would register."""
        return Organization(
            official_name=self.name,
            local_name=self.local_name,
            acronym=self.acronym,
            country=self.country.code or "",
            website=self.website,
        )

    def listings(self, letters: Iterable[Letter]) -> list[Signature]:
        """Return how its organisation shall stand under each of the letters, not stored."""
        return [
            Signature(
                letter=letter,
                organization=self.organization,
                name=self.listed_name,
                local_name=self.local_name,
                source=Signature.Source.IMPORT,
                signed_on=self.signed_on or timezone.localdate(),
                position=self.position,
            )
            for letter in letters
        ]

    def name_keys(self) -> set[str]:
        """Return the comparison keys of its name, without the acronym and with it."""
        return {names.comparison_key(self.name), names.comparison_key(self.listed_name)} - {""}

    def spellings(self) -> list[OrganizationName]:
        """Return the names by which its organisation is known from now on, not stored."""
        kinds = OrganizationName.Kind
        stated = (
            (self.name, kinds.ALIAS),
            (self.local_name, kinds.LOCAL),
            (self.acronym, kinds.ACRONYM),
        )
        return [
            OrganizationName(organization=self.organization, name=name, kind=kind)
            for name, kind in stated
            if name
        ]

    def claim(self, provenance: str) -> SignOn:
        """Return the sign-on that it states, not stored."""
        return SignOn(
            name=self.name,
            local_name=self.local_name,
            acronym=self.acronym,
            country=self.country.code or "",
            website=self.website,
            contact_name=self.contact_name,
            contact_title=self.contact_title,
            email=self.email,
            source=Signature.Source.IMPORT,
            provenance=provenance,
            consent_version=consent.IMPORTED,
        )
