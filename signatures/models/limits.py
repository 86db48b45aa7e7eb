"""How often something may be done: counted in the database, where no process can forget it.

Of a client nothing is kept but a hash of its network's address, under a key of the day that is
thrown away with the day. From then on nobody can tell whose it was, not even with SECRET_KEY;
equal hashes still say that sign-ons of one day came from one network.
"""

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Self

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

WINDOW = 3600.0
"""Seconds over which limits are told."""

PATIENCE = "500ms"
"""How long PostgreSQL may wait for somebody else's count before the limits are given up."""


class AllowanceQuerySet(models.QuerySet["Allowance"]):
    """Sets of allowances."""

    def spend(self, limits: Mapping[str, int]) -> set[str]:
        """Use one of each of these allowances; return the names of those that were used up.

        `limits` says how many there are an hour of each. One statement, in which the database
        decides and counts at once, so that of any number of requests at the same moment exactly
        as many pass as may. Allowances grow back evenly (the generic cell rate algorithm): of 60
        an hour, one a minute, up to all 60. To be called outside of other transactions, which
        would keep everybody else waiting for their end. Raises DatabaseError.
        """
        now = timezone.now().timestamp()
        table = self.model._meta.db_table
        # In one order, so that two requests wait for each other instead of deadlocking.
        rows = [(name, now + WINDOW / limits[name]) for name in sorted(limits)]
        filled = f"CASE WHEN {table}.full_at > %s THEN {table}.full_at ELSE %s END"
        spent = f"{filled} + excluded.full_at - %s"
        statement = (
            f"INSERT INTO {table} (name, full_at) VALUES {', '.join(['(%s, %s)'] * len(rows))} "  # noqa: S608
            f"ON CONFLICT (name) DO UPDATE SET full_at = {spent} "
            # A thousandth of a second for the rounding of sums.
            f"WHERE {spent} <= %s RETURNING name"
        )
        parameters = [part for row in rows for part in row]
        parameters += [now, now, now] * 2 + [now + WINDOW + 0.001]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # One round trip for both.
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'; {statement}", parameters)
                cursor.nextset()
            else:
                cursor.execute(statement, parameters)
            passed = {name for (name,) in cursor.fetchall()}
        return set(limits) - passed

    def wait_for(self, name: str, limit: int) -> int:
        """Return in how many whole seconds one of this allowance will have grown back."""
        full_at = self.filter(name=name).values_list("full_at", flat=True).first() or 0.0
        wait = full_at + WINDOW / limit - WINDOW - timezone.now().timestamp()
        return max(1, int(wait + 0.999))

    def forget_full(self, most: int) -> int:
        """Delete some that have been all there for an hour: they are as good as none."""
        idle = self.filter(full_at__lte=timezone.now().timestamp() - WINDOW)
        names = list(idle.values_list("name", flat=True)[:most])
        return idle.filter(name__in=names).delete()[0]

    def used_up(self, limit: int) -> Self:
        """Allowances of `limit` an hour of which hardly anything is left."""
        now = timezone.now().timestamp()
        return self.filter(full_at__gt=now + WINDOW * (limit - 5) / limit)


class Allowance(models.Model):
    """How much is left of what may be done in an hour, told by when it will be all of it again.

    PostgreSQL keeps the table without a journal: a commit need not wait for the disk, no backup
    of the journal holds it, and after a crash everybody starts anew.
    """

    name = models.CharField(max_length=64, primary_key=True)
    full_at = models.FloatField(help_text="Unix time, in seconds.")

    objects = AllowanceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class ClientKeyQuerySet(models.QuerySet["ClientKey"]):
    """Sets of keys."""

    def of_today(self) -> str:
        """Return today's key, a new one if this is the day's first request."""
        today = timezone.now().date()
        if today not in _keys:
            made = ClientKey(day=today, key=secrets.token_hex(32))
            with transaction.atomic():
                self.bulk_create([made], ignore_conflicts=True)
                key = self.get(day=today).key
            _keys.clear()
            _keys[today] = key
        return _keys[today]

    def past(self) -> Self:
        """Keys of days that are over everywhere, whatever the clocks of our hosts say."""
        return self.filter(day__lt=(timezone.now() - timedelta(hours=1)).date())


_keys: dict[date, str] = {}


class ClientKey(models.Model):
    """What addresses of one day (in UTC) are hashed with; deleted when the day is over."""

    day = models.DateField(primary_key=True)
    key = models.CharField(max_length=64)

    objects = ClientKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "key of a day"

    def __str__(self) -> str:
        return str(self.day)


def client_hash(address: str) -> str:
    """Return what is kept of a client's address; nothing, if there is none."""
    if not address:
        return ""
    key = ClientKey.objects.of_today()
    return salted_hmac(f"openletters.client.{key}", address, algorithm="sha256").hexdigest()[:32]
