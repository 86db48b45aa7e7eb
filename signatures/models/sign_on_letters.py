"""Which letters a claim is about, and what its approval brought about. Private, like the claim."""

from typing import ClassVar

from django.db import models
from django.db.models import OuterRef, Subquery

from signatures.models.history import Status
from signatures.models.letters import Letter
from signatures.models.organizations import Signature


class SignOnLetterQuerySet(models.QuerySet["SignOnLetter"]):
    """Sets of letters of claims."""

    def inherit(self, listings: models.QuerySet[Signature]) -> list[int]:
        """Give listings to the first approved claim that states the same; return those given.

        They stand as that claim states them from now on. For listings whose own cause is undone.
        """
        claims = self.filter(
            letter=OuterRef("letter"),
            sign_on__organization=OuterRef("organization"),
            sign_on__status=Status.APPROVED,
        )
        heirs = listings.annotate(heir=Subquery(claims.order_by("sign_on").values("pk")[:1]))
        given = {one.heir: one for one in heirs.filter(heir__isnull=False).order_by("letter")}
        for row in self.filter(pk__in=given).select_related("sign_on").order_by("letter"):
            signature, claim = given[row.pk], row.sign_on
            signature.relist(claim.listed_name, claim.local_name, signature.position)
            row.signature = signature
            row.save(update_fields=["signature"])
        return [signature.pk for signature in given.values()]


class SignOnLetter(models.Model):
    """One letter of a claim, and the signature that its approval brought about, if it did.

    An approval that found the organisation listed already brings no signature, so that whoever
    made that second claim cannot take the listing away by withdrawing it.
    """

    sign_on = models.ForeignKey(
        "signatures.SignOn", on_delete=models.CASCADE, related_name="letter_rows"
    )
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="sign_on_rows")
    signature = models.ForeignKey(
        Signature, on_delete=models.SET_NULL, related_name="+", null=True, editable=False
    )

    objects = SignOnLetterQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sign_on", "letter"], name="sign_on_names_a_letter_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sign_on} · {self.letter}"
