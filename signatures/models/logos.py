"""The campaigns' logos, in the database, so that a backup holds them."""

from typing import Self

from django.db import models, transaction

from signatures.logos import Drawn
from signatures.models.letters import Campaign


class LogoQuerySet(models.QuerySet["Logo"]):
    """Sets of logos."""

    def give(self, campaign: Campaign, drawn: Drawn | None) -> None:
        """Give a campaign its logo, or take it away; what nobody uses any more is deleted."""
        with transaction.atomic():
            if drawn:
                known = self.select_for_update()
                known.get_or_create(file=drawn.file, defaults={"content": drawn.content})
            campaign.logo = drawn.file if drawn else ""
            campaign.logo_width = drawn.width if drawn else 0
            campaign.logo_height = drawn.height if drawn else 0
            campaign.save(update_fields=["logo", "logo_width", "logo_height"])
            # What another transaction is giving to a campaign meanwhile is locked, and not unused.
            free = self.unused().select_for_update(skip_locked=True)
            self.unused().filter(pk__in=list(free.values_list("pk", flat=True))).delete()

    def unused(self) -> Self:
        """Logos of no campaign."""
        return self.exclude(file__in=Campaign.objects.order_by().values("logo"))


class Logo(models.Model):
    """A picture as `logos.draw` made it; its name tells its content."""

    file = models.CharField(max_length=40, primary_key=True)
    content = models.BinaryField()

    objects = LogoQuerySet.as_manager()

    def __str__(self) -> str:
        return self.file
