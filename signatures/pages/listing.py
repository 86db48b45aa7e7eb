"""The list of a letter's signatories, in parts that are found by key.

A part is named by where it starts: the number and the key of its first name. However deep in the
list that is, an index leads there; nothing before it is read or counted.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connections, router
from django.db.models import Value
from django.http import Http404
from django.utils.crypto import constant_time_compare, salted_hmac

from signatures.models.editions import Edition, not_in
from signatures.models.letters import Letter
from signatures.models.signatures import Signature, SignatureQuerySet
from signatures.pages.letters import Name

NAMES_PER_PART = 200

LONGEST_START = 1000
"""Characters of the longest text of a start."""


@dataclass(frozen=True)
class Start:
    """Where a part of a list starts.

    `skipped` says how many names of just this key come before it, which is 0 unless two
    organisations are listed under one name. As a text it is sealed: nothing counts the names
    before it, so a number of somebody else's making would be believed.
    """

    number: int = 1
    key: bytes = b""
    skipped: int = 0

    def __str__(self) -> str:
        key = base64.urlsafe_b64encode(self.key).decode().rstrip("=")
        stated = f"{self.number}.{self.skipped}.{key}"
        return f"{stated}.{_seal(stated)}"

    @classmethod
    def parse(cls, text: str) -> "Start":
        """Return what str() made, and the start of the whole list for nothing.

        Raises Http404 when it cannot have been made by it.
        """
        if not text:
            return cls()
        stated, _dot, seal = text[:LONGEST_START].rpartition(".")
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        if not any(constant_time_compare(seal, _seal(stated, key)) for key in keys):
            raise Http404
        try:
            number, skipped, key = stated.split(".")
            padded = key + "=" * (-len(key) % 4)
            start = cls(int(number), base64.b64decode(padded, b"-_", validate=True), int(skipped))
        except (ValueError, binascii.Error) as error:
            raise Http404 from error
        if not start.is_sensible():
            raise Http404
        return start

    def is_sensible(self) -> bool:
        """Whether a list can have such a part."""
        return bool(self.key) and 1 < self.number < 10**9 and 0 <= self.skipped < self.number


def _seal(stated: str, key: str | None = None) -> str:
    return salted_hmac("openletters.listing", stated, secret=key).hexdigest()[:12]


@dataclass(frozen=True)
class Part:
    """Some names of a list, in order, and where the parts beside it start."""

    start: Start
    initiators: list[Name]
    organizations: list[Name]
    previous: Start | None
    following: Start | None
    later: frozenset[int] = frozenset()
    """The numbers of those who signed after the last delivery."""

    @property
    def first_organization(self) -> int:
        """The number of the first name that is no initiator's."""
        return self.start.number + len(self.initiators)

    @property
    def last(self) -> int:
        """The number of the last name."""
        return self.first_organization + len(self.organizations) - 1


@dataclass(frozen=True)
class Rows:
    """Some signatures of a list, in order, as tuples, and where the list goes on."""

    rows: list[tuple[Any, ...]]
    following: Start | None


def read_rows(listed: SignatureQuerySet, start: Start, *columns: Any) -> Rows:
    """Read `columns` of the part of `listed` at `start`, in one query.

    Raises Http404 when no name stands there.
    """
    since = listed.filter(list_key__gte=start.key) if start.key else listed
    stop = start.skipped + NAMES_PER_PART + 1
    rows = since.in_list_order().values_list("list_key", *columns)[start.skipped : stop]
    keys, read = [], []
    for key, *row in rows:
        keys.append(bytes(key))
        read.append(tuple(row))
    if not read and start.number > 1:
        raise Http404
    here, more = keys[:NAMES_PER_PART], keys[NAMES_PER_PART:]
    return Rows(read[:NAMES_PER_PART], _following(start, here, more[0]) if more else None)


def read(listed: SignatureQuerySet, start: Start, delivered: Edition | None = None) -> Part:
    """Read the part of `listed` at `start`: one query, and up to three more to find the one before.

    Who is not in `delivered` came later.

    Raises Http404 when no name stands there.
    """
    came_later = not_in(delivered) if delivered else Value(value=False)
    part = read_rows(listed, start, "name", "local_name", "text_version", "position", came_later)
    named = [(row[:3], row[3] is None) for row in part.rows]
    return Part(
        start=start,
        initiators=[name for name, later in named if not later],
        organizations=[name for name, later in named if later],
        previous=_previous(listed, start) if start.number > 1 else None,
        following=part.following,
        later=frozenset(
            number for number, row in enumerate(part.rows, start=start.number) if row[4]
        ),
    )


def _following(start: Start, keys: list[bytes], key: bytes) -> Start:
    """Return the start at `key`, behind a part with `keys`."""
    skipped = keys.count(key)
    if skipped == len(keys) and key == start.key:
        skipped += start.skipped
    return Start(start.number + len(keys), key, skipped)


def _previous(listed: SignatureQuerySet, start: Start) -> Start:
    """Return the start of the part before, reading backwards."""
    before, passed = listed.filter(list_key__lt=start.key), 0
    if start.skipped:
        before = listed.filter(list_key__lte=start.key)
        passed = listed.filter(list_key=start.key).count() - start.skipped
    backwards = before.order_by("-list_key", "-pk").values_list("list_key", flat=True)
    keys = [bytes(key) for key in backwards[passed : passed + NAMES_PER_PART]]
    number = start.number - NAMES_PER_PART
    if number <= 1 or len(keys) < NAMES_PER_PART:
        return Start()
    key = keys[-1]
    same = listed.filter(list_key=key).count()
    later = same - start.skipped if key == start.key else 0
    return Start(number, key, same - keys.count(key) - later)


def countries_of(letter: Letter) -> list[str]:
    """Return the countries of a letter's signatories, two letters each (ISO 3166-1).

    Leaps from one country to the next in an index, instead of reading every signature for the
    few values they have.
    """
    connection = connections[router.db_for_read(Signature)]
    table = connection.ops.quote_name(Signature._meta.db_table)
    first = f"SELECT MIN(country) FROM {table} WHERE letter_id = %s AND withdrawn_at IS NULL"  # noqa: S608
    query = f"""
        WITH RECURSIVE present(country) AS (
            SELECT ({first} AND country > '')
            UNION ALL
            SELECT ({first} AND country > present.country) FROM present
            WHERE present.country IS NOT NULL
        )
        SELECT country FROM present WHERE country IS NOT NULL
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [letter.pk, letter.pk])
        return [country for (country,) in cursor.fetchall()]
