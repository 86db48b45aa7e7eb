"""An alias that turns out to be an organisation of its own."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from signatures import names
from signatures.models.letters import Letter
from signatures.models.merges import ChangedMeanwhile, fingerprint, keys_in_use, lock, to_record
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.sign_on_letters import SignOnLetter
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature


@dataclass(frozen=True)
class Portion:
    """What goes along with a name or stays behind, as a whole.

    A sign-on and the listings it brought belong together, or else its contact could withdraw
    the listing of another organisation. A listing without a sign-on stands for itself.
    """

    sign_on: SignOn | None
    signatures: list[Signature]
    bears_the_name: bool
    """Whether it states the name, or is listed under it."""

    @property
    def ticket(self) -> str:
        """What a form calls it."""
        if self.sign_on is not None:
            return f"sign-on-{self.sign_on.pk}"
        return f"signature-{self.signatures[0].pk}"


@dataclass(frozen=True)
class SplitPlan:
    """What can go along when `record` becomes an organisation of its own."""

    origin: Organization
    record: OrganizationName
    portions: list[Portion]

    @cached_property
    def fingerprint(self) -> str:
        """A digest of all of it."""
        return fingerprint(
            to_record(self.origin),
            to_record(self.record),
            [
                [
                    portion.ticket,
                    portion.sign_on and portion.sign_on.status,
                    [to_record(one) for one in portion.signatures],
                ]
                for portion in self.portions
            ],
        )

    @property
    def country(self) -> str:
        """Where the new organisation is likely to be: where those say that state the name."""
        for portion in self.portions:
            if portion.bears_the_name and portion.sign_on and portion.sign_on.country:
                return str(portion.sign_on.country.code)
        return str(self.origin.country.code or "")


def can_be_split_off(record: OrganizationName) -> bool:
    """Whether a name can be an official one, and is none that its organisation gives itself."""
    fits = len(record.name) <= names.LONGEST_NAME
    return fits and record.key not in own_keys(record.organization)


def own_keys(organization: Organization) -> set[str]:
    """Return the keys of the three names an organisation gives itself."""
    own = (organization.official_name, organization.local_name, organization.acronym)
    return {names.comparison_key(name) for name in own}


def plan(record: OrganizationName) -> SplitPlan:
    """Work out what could go along with `record`; what bears the name comes first."""
    origin = record.organization
    listed = Signature.objects.filter(organization=origin).select_related("letter")
    signatures = {one.pk: one for one in listed.prefetch_related("letter__translations")}
    # A listing that was withdrawn and signed anew belongs to the claim that stands.
    rows = SignOnLetter.objects.filter(signature__in=signatures, sign_on__organization=origin)
    claimed = dict(rows.values_list("signature_id", "sign_on_id"))
    standing = rows.filter(sign_on__status=SignOn.Status.APPROVED)
    claimed |= dict(standing.values_list("signature_id", "sign_on_id"))
    portions = []
    for sign_on in origin.sign_ons.order_by("pk"):
        brought = [one for one in signatures.values() if claimed.get(one.pk) == sign_on.pk]
        portions.append(Portion(sign_on, brought, _bears(record, [sign_on, *brought])))
    portions += [
        Portion(None, [one], _bears(record, [one]))
        for one in signatures.values()
        if one.pk not in claimed
    ]
    portions.sort(key=lambda portion: not portion.bears_the_name)
    return SplitPlan(origin, record, portions)


def _bears(record: OrganizationName, rows: "list[SignOn | Signature]") -> bool:
    spellings = {spelling for row in rows for spelling in (row.name, row.local_name)}
    spellings |= {row.listed_name for row in rows if isinstance(row, SignOn)}
    return record.key in map(names.comparison_key, spellings)


class OrganizationSplitQuerySet(models.QuerySet["OrganizationSplit"]):
    """Sets of splits."""

    @transaction.atomic
    def split_off(
        self,
        record: OrganizationName,
        *,
        country: str,
        tickets: Collection[str],
        actor: User,
        seen: str,
    ) -> "OrganizationSplit":
        """Make `record` an organisation of its own, with the portions that `tickets` name.

        `seen` is the fingerprint of the plan that the moderator has looked at. Raises
        ChangedMeanwhile, and changes nothing, when it would be another plan by now, and
        IntegrityError when an organisation of this name and country is known.
        """
        lock(record.organization_id)
        found = OrganizationName.objects.select_related("organization").filter(pk=record.pk).first()
        if found is None or not can_be_split_off(found):
            raise ChangedMeanwhile
        planned = plan(found)
        if planned.fingerprint != seen:
            raise ChangedMeanwhile
        going = [portion for portion in planned.portions if portion.ticket in tickets]
        created = Organization.objects.create(official_name=found.name, country=country)
        sign_ons = [portion.sign_on for portion in going if portion.sign_on]
        SignOn.objects.filter(pk__in=[one.pk for one in sign_ons]).update(organization=created)
        signatures = [one for portion in going for one in portion.signatures]
        for signature in signatures:
            signature.move_to(created)
        _share_names(planned, created, sign_ons)
        changed = {one.letter_id for one in signatures if one.withdrawn_at is None}
        Letter.objects.filter(pk__in=changed).raise_revision()
        return self.create(origin=planned.origin, created=created, name=found.name, actor=actor)


class OrganizationSplit(models.Model):
    """That a name of one organisation became an organisation of its own."""

    # No constraints: either may be merged away, and come back by its key.
    origin = models.ForeignKey(
        Organization,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="splits",
        verbose_name=_("organisation"),
    )
    created = models.ForeignKey(
        Organization,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("new organisation"),
    )
    name = models.CharField(_("name"), max_length=names.LONGEST_LISTED_NAME)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who"),
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = OrganizationSplitQuerySet.as_manager()

    class Meta:
        verbose_name = _("split")
        verbose_name_plural = _("splits")
        ordering: ClassVar = ["-created_at", "-pk"]
        default_permissions = ()  # who may change an organisation may split it

    def __str__(self) -> str:
        return self.name


def _share_names(planned: SplitPlan, created: Organization, sign_ons: list[SignOn]) -> None:
    """Let each be known by its own names; what both use, both keep."""
    kinds, origin = OrganizationName.Kind, planned.origin
    staying = keys_in_use(origin) | own_keys(origin)
    taught = OrganizationName.objects.filter(
        pk__in=SignOn.taught.through.objects.filter(signon__in=sign_ons).values("organizationname")
    )
    for record in {planned.record, *taught.filter(organization=origin)}:
        if record.key not in staying:
            record.organization = created
            if record.pk == planned.record.pk:
                record.kind = kinds.OFFICIAL
            record.save(update_fields=["organization", "kind"])
    created.remember_names()
    for row in (*created.signatures.all(), *sign_ons):
        created.remember(row.name, kinds.ALIAS)
        created.remember(row.local_name, kinds.LOCAL)
