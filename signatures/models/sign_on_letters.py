"""Which letters a claim is about, and what its approval brought about. Private, like the claim."""

from typing import ClassVar

from django.db import models

from signatures.models.letters import Letter
from signatures.models.organizations import Signature


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

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sign_on", "letter"], name="sign_on_names_a_letter_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sign_on} · {self.letter}"
