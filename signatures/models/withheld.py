"""Organisations that are counted under a letter, and whose names are withheld for their safety.

A row here is all that is public of such a signature. Which organisation it stands for, only the
private claims know.
"""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from signatures.models.letters import Letter


class WithheldSignature(models.Model):
    """The public fact that one more organisation signed a letter. Says neither which, nor when.

    A table of its own, so that whatever lists, searches, sorts or exports signatures cannot meet
    a nameless one. Its key is drawn by lot, so that it tells no order.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter = models.ForeignKey(
        Letter,
        on_delete=models.PROTECT,
        related_name="withheld_signatures",
        verbose_name=_("letter"),
    )

    class Meta:
        verbose_name = _("signature without a name")
        verbose_name_plural = _("signatures without a name")
        ordering: ClassVar = ["letter", "id"]
        default_permissions: ClassVar[Any] = ()  # they come and go with their sign-ons

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
