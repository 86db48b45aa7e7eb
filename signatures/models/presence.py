"""Which sign-on a moderator has open, so that two of them need not do the same work."""

from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils import timezone

from signatures.models.sign_ons import SignOn

ABSENT_AFTER = timedelta(minutes=15)
"""How long a page that was opened counts as being looked at."""

REFRESH_AFTER = timedelta(seconds=30)
"""How long a look need not be written down again."""


class PresenceQuerySet(models.QuerySet["Presence"]):
    """Sets of looks."""

    def fresh(self) -> Self:
        """Looks that have not expired."""
        return self.filter(seen_at__gt=timezone.now() - ABSENT_AFTER)

    def arrive(self, sign_on: SignOn, user: User) -> list["Presence"]:
        """Note that `user` looks at this sign-on now; return who else does."""
        now = timezone.now()
        rows = self.fresh().filter(Q(sign_on=sign_on) | Q(moderator=user))
        looks = list(rows.select_related("moderator").order_by("since"))
        others = [look for look in looks if look.moderator_id != user.pk]
        mine = next((look for look in looks if look.moderator_id == user.pk), None)
        stays = mine is not None and mine.sign_on_id == sign_on.pk
        if not (stays and mine and now - mine.seen_at < REFRESH_AFTER):
            since = mine.since if stays and mine else now
            Presence.objects.bulk_create(
                [Presence(moderator=user, sign_on=sign_on, since=since, seen_at=now)],
                update_conflicts=True,
                unique_fields=["moderator"],
                update_fields=["sign_on", "since", "seen_at"],
            )
        return others


class Presence(models.Model):
    """The sign-on that one moderator looked at last."""

    moderator = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    sign_on = models.ForeignKey(SignOn, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["since"]

    def __str__(self) -> str:
        return f"{self.moderator} · {self.sign_on}"
