"""Who may stand under a letter: vetted organisations, and the names they are known by."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from signatures import names
from signatures.models import name_index
from signatures.models.fields import DerivedCharField


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Sets of organisations, found by any name they are known by."""

    def known_as(self, *spellings: str) -> Self:
        """Organisations one of whose names is exactly one of `spellings`."""
        keys = {names.comparison_key(spelling) for spelling in spellings if spelling}
        return self.filter(names__key__in=keys).distinct()

    def locked(self) -> Self:
        """Let nobody list, strike or remove these until the transaction ends.

        Rows are taken in the order of their keys, so that two transactions wait for each other
        instead of deadlocking.
        """
        return self.order_by("pk").select_for_update(no_key=True)

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
        stated = Organization(
            official_name=official_name,
            local_name=local_name,
            acronym=acronym,
            country=country,
            website=website,
        )
        [registered] = self.register_many([stated])
        if registered is None:
            raise Organization.DoesNotExist
        return registered

    @transaction.atomic
    def register_many(self, organizations: "Sequence[Organization]") -> "list[Organization | None]":
        """Return the stored row of each of `organizations`, locked until the transaction ends.

        One that was never saved is looked up by exactly its name and country, and stored if it is
        not known; one that was is read again. In the place of an organisation that somebody
        removed meanwhile stands None. Takes a fixed number of queries, whatever their number.
        """
        unsaved: dict[tuple[str, str], Organization] = {}
        for organization in organizations:
            if organization._state.adding:
                organization.key = names.comparison_key(organization.official_name)
                unsaved.setdefault(organization.identity, organization)
        # Stored in one order, and before any row is locked: whoever registers the same at this
        # moment waits for us, or we for them, and never both.
        self.bulk_create([unsaved[one] for one in sorted(unsaved)], ignore_conflicts=True)
        rows = self.filter(key__in={key for key, _country in unsaved})
        numbers = {
            (key, country): pk
            for pk, key, country in rows.values_list("pk", "key", "country")
            if (key, country) in unsaved
        }
        wanted = [
            numbers.get(organization.identity) if organization._state.adding else organization.pk
            for organization in organizations
        ]
        stored = {row.pk: row for row in self.filter(pk__in={pk for pk in wanted if pk}).locked()}
        OrganizationName.objects.record(
            name for pk in numbers.values() if pk in stored for name in stored[pk].own_names()
        )
        return [stored.get(pk) if pk else None for pk in wanted]

    def delete_unless_needed(self) -> None:
        """Remove those on which nothing stands."""
        unneeded = self
        for rows in ("signatures", "branches", "sign_ons", "merges"):
            relation: Any = Organization._meta.get_field(rows)
            standing = relation.related_model._default_manager.filter(
                **{relation.remote_field.name: OuterRef("pk")}
            )
            unneeded = unneeded.filter(~Exists(standing.order_by()))
        unneeded.delete()


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

    @property
    def identity(self) -> tuple[str, str]:
        """What belongs to it alone: the key of its official name, and its country."""
        return self.key, self.country.code or ""

    def own_names(self) -> "list[OrganizationName]":
        """Return its own three names, as records to be stored."""
        kinds = OrganizationName.Kind
        own = (
            (self.official_name, kinds.OFFICIAL),
            (self.local_name, kinds.LOCAL),
            (self.acronym, kinds.ACRONYM),
        )
        return [
            OrganizationName(organization=self, name=name, kind=kind) for name, kind in own if name
        ]

    def remember_names(self) -> None:
        """Record the organisation's own three names among the names it is known by."""
        kinds = OrganizationName.Kind
        own = self.names.filter(kind=kinds.OFFICIAL)
        own.exclude(key=names.comparison_key(self.official_name)).update(kind=kinds.FORMER)
        OrganizationName.objects.record(self.own_names())

    def remember(self, name: str, kind: str) -> "OrganizationName | None":
        """Record that the organisation is known by `name`; return the record if it is new."""
        stated = OrganizationName(organization=self, name=name, kind=kind)
        return next(iter(OrganizationName.objects.record([stated])), None)


class OrganizationNameQuerySet(models.QuerySet["OrganizationName"]):
    """Sets of names that organisations are known by."""

    def record(self, stated: "Iterable[OrganizationName]") -> "list[OrganizationName]":
        """Store those of `stated` by which their organisation is not known; return just these.

        Names without a letter or digit are passed over; of two that are the same, the first
        counts. Apart from the staff's form, every name comes on record here.
        """
        named: dict[tuple[int, str], OrganizationName] = {}
        for one in stated:
            one.key = names.comparison_key(one.name)
            if one.key:
                named.setdefault((one.organization_id, one.key), one)
        try:
            return self._record(named)
        except IntegrityError:  # somebody recorded one of them at this very moment
            return self._record(named)

    def _record(self, named: "dict[tuple[int, str], OrganizationName]") -> "list[OrganizationName]":
        rows = self.filter(organization__in={organization for organization, _key in named})
        known = set(rows.values_list("organization", "key"))
        with transaction.atomic():
            return self.bulk_create(one for place, one in named.items() if place not in known)

    def bulk_create(
        self, objs: "Iterable[OrganizationName]", *args: Any, **kwargs: Any
    ) -> "list[OrganizationName]":
        """Store names, and file them where candidates are looked up."""
        with transaction.atomic():
            created = super().bulk_create(objs, *args, **kwargs)
            name_index.file_names(row.index_entry() for row in created)
        return created

    @transaction.atomic
    def file_anew(self) -> int:
        """File every known name as if it were new; return how many there are."""
        name_index.clear()
        rows = self.order_by("pk")
        name_index.file_names(row.index_entry() for row in rows.iterator())
        return rows.count()

    def forget(self) -> None:
        """Strike these names off the record, but for those that stand in a list."""
        rows = list(self)
        listed = Organization.objects.filter(
            pk__in={row.organization_id for row in rows}, signatures__isnull=False
        )
        in_use = {
            (organization, names.comparison_key(name))
            for organization, *pair in listed.values_list(
                "pk", "signatures__name", "signatures__local_name"
            )
            for name in pair
        }
        unused = [row.pk for row in rows if (row.organization_id, row.key) not in in_use]
        OrganizationName.objects.filter(pk__in=unused).delete()


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

    objects = OrganizationNameQuerySet.as_manager()

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

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            known = None if self._state.adding else self.pk
            super().save(*args, **kwargs)
            name_index.NameKey.objects.filter(name=known).delete()
            name_index.file_names([self.index_entry()])

    def index_entry(self) -> tuple[int, str, bool]:
        """What the index of names is told of this row."""
        return self.pk, self.name, self.kind == self.Kind.ACRONYM

    def clean(self) -> None:
        self.key = names.comparison_key(self.name)
        if self.organization_id:
            self.validate_constraints()
