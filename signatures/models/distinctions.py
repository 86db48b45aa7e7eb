"""Told apart: which known organisations a name does not stand for, whoever claims it next."""

from collections import defaultdict
from collections.abc import Iterable
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from signatures import names
from signatures.models.history import SignOnEvent
from signatures.models.organizations import Organization
from signatures.models.sign_ons import IllegalTransition, SignOn


class DistinctionQuerySet(models.QuerySet["Distinction"]):
    """Sets of distinctions."""

    def excluded(self, claims: Iterable[tuple[str, str]]) -> dict[tuple[str, str], set[int]]:
        """Return the keys of the organisations that each claim was told apart from.

        A claim is what `SignOn.told_by` says of it. Takes one query for any
        number of them; claims that were told apart from nobody are not in the answer.
        """
        wanted = set(claims)
        found: dict[tuple[str, str], set[int]] = defaultdict(set)
        rows = self.filter(key__in={key for key, _country in wanted})
        for key, country, organization in rows.values_list("key", "country", "organization"):
            if (key, country) in wanted:
                found[key, country].add(organization)
        return dict(found)

    def about(self, sign_on: SignOn) -> "DistinctionQuerySet":
        """Distinctions that hold for this claim, whichever claim they were made for."""
        key, country = sign_on.told_by
        return self.filter(key=key, country=country)

    @transaction.atomic
    def tell_apart(
        self, sign_on: SignOn, organization: Organization, *, actor: User
    ) -> "Distinction":
        """Remember that the claimed name does not stand for `organization`. Harmless repeated.

        Raises IllegalTransition when the organisation was removed meanwhile.
        """
        # One at a time, and none into an organisation that is being merged into another.
        if not Organization.objects.select_for_update(no_key=True).filter(pk=organization.pk):
            raise IllegalTransition("the organisation was removed meanwhile")
        if known := self.about(sign_on).filter(organization=organization).first():
            return known
        kind = SignOnEvent.Kind.TOLD_APART
        sign_on.record(kind, actor=actor, reason=organization.official_name)
        key, country = sign_on.told_by
        return self.create(key=key, country=country, organization=organization, actor=actor)


class Distinction(models.Model):
    """One name, as claimed from one country, that does not stand for one organisation.

    By name and not by sign-on, so that it is not asked again for the next claim of that name.
    The country belongs to it: the same name from elsewhere may well be the organisation.
    """

    key = models.CharField(max_length=names.LONGEST_KEY, editable=False)
    country = CountryField(_("country"), blank=True, editable=False)
    organization = models.ForeignKey(
        Organization,
        on_delete=models.CASCADE,
        related_name="distinctions",
        editable=False,
        verbose_name=_("organisation"),
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("who"),
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    objects = DistinctionQuerySet.as_manager()

    class Meta:
        verbose_name = _("distinction")
        verbose_name_plural = _("distinctions")
        ordering: ClassVar = ["created_at", "pk"]
        # Not unique: merged organisations bring theirs along, and take them away again.
        indexes: ClassVar = [models.Index(fields=["key", "country"], name="distinction_claim")]

    def __str__(self) -> str:
        return f"{self.key} ≠ {self.organization}"

    @transaction.atomic
    def take_back(self, sign_on: SignOn, *, actor: User) -> bool:
        """Let the organisation be offered again, as `sign_on`'s history will tell.

        Returns whether it was still told apart. Harmless when repeated.
        """
        same = Distinction.objects.filter(key=self.key, country=self.country)
        deleted, _rows = same.filter(organization=self.organization).delete()
        if deleted:
            kind = SignOnEvent.Kind.NOT_TOLD_APART
            sign_on.record(kind, actor=actor, reason=self.organization.official_name)
        return bool(deleted)
