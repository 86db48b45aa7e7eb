"""Who stands under a letter: the signatures, which are public facts."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Self

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures import names
from signatures.models.fields import DerivedBinaryField, DerivedCharField, DerivedTextField
from signatures.models.letters import Letter, is_current
from signatures.models.organizations import Organization


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
        """Put `organization` under `letters`; return the signatures this call brought about."""
        return self.sign_many(
            Signature(
                letter=letter,
                organization=organization,
                name=name,
                local_name=local_name,
                source=source,
                signed_on=signed_on,
                position=position,
            )
            for letter in letters
        )

    @transaction.atomic
    def sign_many(self, signatures: "Iterable[Signature]") -> list["Signature"]:
        """Store `signatures`, none of which was saved before; return those that are new in a list.

        Where an organisation stands under the letter already, it is left as it is, whoever else
        signs at the same moment; a withdrawn signature stands again, as it is stated now; of two
        that state the same, the first counts. What states no text stands under the present one.
        The only way in which a signature comes into being: forms, imports and staff end here.
        Takes a fixed number of queries, and one for each letter.

        Raises Organization.DoesNotExist when one of the organisations was removed meanwhile.
        """
        stated: dict[tuple[int, int], Signature] = {}
        for signature in signatures:
            stated.setdefault((signature.letter_id, signature.organization_id), signature)
        letters = {letter for letter, _organization in stated}
        organizations = {organization for _letter, organization in stated}
        self._stand_under_present_text(stated.values())
        # One organisation is listed or struck by one transaction at a time.
        locked = Organization.objects.filter(pk__in=organizations).locked()
        if len(locked.values_list("pk", flat=True)) < len(organizations):
            raise Organization.DoesNotExist
        standing = set(
            self.filter(letter__in=letters, organization__in=organizations)
            .current()
            .values_list("letter", "organization")
        )
        brought = self.bulk_create(
            (signature for place, signature in stated.items() if place not in standing),
            # What conflicts now was withdrawn.
            update_conflicts=True,
            unique_fields=["letter", "organization"],
            update_fields=Signature.STATED,
        )
        _entries().mark_standing(brought)
        Letter.objects.filter(pk__in={one.letter_id for one in brought}).raise_revision()
        return brought

    def _stand_under_present_text(self, signatures: "Iterable[Signature]") -> None:
        """Put those of which nobody has said which text they signed under the present one."""
        untold = [one for one in signatures if not one.text_version]
        letters = Letter.objects.filter(pk__in={one.letter_id for one in untold})
        present = dict(letters.values_list("pk", "text_version")) if untold else {}
        for one in untold:
            one.text_version = present.get(one.letter_id, 0)

    @transaction.atomic
    def strike(self) -> None:
        """Remove signatures that should never have been listed; withdrawn ones are kept."""
        letters = set(self.values_list("letter", flat=True))
        _entries().mark_removed(list(self.current().values_list("pk", flat=True)))
        self.current().delete()
        Letter.objects.filter(pk__in=letters).raise_revision()


def _entries() -> Any:
    """Return the signatories of editions, which know signatures."""
    model: Any = Signature._meta.get_field("edition_entries").related_model
    return model.objects


class Signature(models.Model):
    """The public fact that an organisation signed a letter. Exists only because staff said so."""

    class Source(models.TextChoices):
        FORM = "form", _("online form")
        IMPORT = "import", _("import")
        STAFF = "staff", _("entered by staff")
        API = "api", _("an organiser's own form")

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
    text_version = models.PositiveSmallIntegerField(
        _("text version"), default=0, editable=False, help_text=_("Which text it stands under.")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    list_key = DerivedBinaryField(derive=lambda row: names.list_key(row.name, row.position))
    search_text = DerivedTextField(
        derive=lambda row: names.fold(
            f"{row.name} {row.local_name} {row.organization.acronym} {row.organization.local_name}"
        )
    )

    country = DerivedCharField(
        max_length=2, blank=True, derive=lambda row: row.organization.country.code or ""
    )

    objects = SignatureQuerySet.as_manager()

    OF_ORGANIZATION: ClassVar = ("search_text", "country")
    """What follows from the organisation, and is written again when that changes."""

    STATED: ClassVar = (
        "name",
        "local_name",
        "position",
        "signed_on",
        "source",
        "text_version",
        "withdrawn_at",
        "list_key",
        *OF_ORGANIZATION,
    )
    """What is written anew when a withdrawn signature stands again."""

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
            ),
            models.Index(
                fields=["letter", "country", "list_key", "id"],
                condition=is_current(),
                name="signature_country_list",
            ),
            models.Index(
                fields=["letter", "signed_on"],
                condition=is_current(),
                name="signature_current_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_initiator(self) -> bool:
        """Whether the organisation is listed first, among those who issued the letter."""
        return self.position is not None

    def move_to(self, organization: Organization) -> None:
        """Have the signature be that of another record of the organisation."""
        self.organization = organization
        self.save(update_fields=["organization", *self.OF_ORGANIZATION])

    def stand_under(self, text_version: int) -> None:
        """Put the signature under a text. Its letter's revision is raised by whoever asks."""
        self.text_version = text_version
        self.save(update_fields=["text_version"])

    def relist(self, name: str, local_name: str, position: int | None) -> None:
        """List the organisation under another name, or at another place."""
        self.name, self.local_name, self.position = name, local_name, position
        with transaction.atomic():
            self.save(
                update_fields=[
                    "name",
                    "local_name",
                    "position",
                    "text_version",
                    "list_key",
                    "search_text",
                ]
            )
            Letter.objects.filter(pk=self.letter_id).raise_revision()

    def withdraw(self) -> None:
        """Take the organisation off the list, and out of the count, at once."""
        with transaction.atomic():
            current = Signature.objects.filter(pk=self.pk).current()
            if current.update(withdrawn_at=timezone.now()):
                Letter.objects.filter(pk=self.letter_id).raise_revision()

    def strike(self) -> None:
        """Remove a signature that should never have been listed."""
        Signature.objects.filter(pk=self.pk).strike()
