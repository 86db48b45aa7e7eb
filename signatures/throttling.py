"""Limits of the public form: how many sign-ons an hour, and what happens beyond.

Only forms that are filled in rightly count, and all of those alike, whatever is known of the
organisation or the address. How often one mail address is written to is limited by the outbox.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest

from openletters.clients import client_address
from signatures.models.api_keys import ApiKey
from signatures.models.flags import Flag
from signatures.models.letters import Letter
from signatures.models.limits import Allowance, ClientKey, client_hash
from signatures.models.sign_ons import SignOn

logger = logging.getLogger(__name__)

PER_CLIENT = 60
"""Sign-ons an hour from one network. A whole office, or a conference, may stand behind one."""

PER_KEY = 300
"""Sign-ons an hour with one key, behind which is the form of one organiser."""

PER_SITE = 3000
"""Sign-ons an hour over all letters. Each has us write to an address that a stranger named: more
would have mail servers refuse us, and then nobody can confirm."""

PER_LETTER = 500
"""Sign-ons an hour for one letter from which on they are marked. The letter stays open: to close
it is what an attacker may want."""

PER_OPENING = 3
"""Sign-ons an hour from one opening of the form beyond which they are marked. Who signs for a
second organisation may have gone back to it; a script has no need to open it at all."""

VERIFICATIONS = 240
"""Files an hour that one network may have verified. Each may be 10 MB."""

SITE = "site"

BATCH = 1000
"""Rows that are erased at a time."""


@dataclass(frozen=True)
class Count:
    """What the limits say of one sign-on."""

    client: str = ""
    """What is kept of the client; nothing where that is not known."""
    flags: tuple[str, ...] = ()
    """What the moderator should know."""
    retry_after: int = 0
    """Seconds to wait, if it was one too many."""


def count(request: HttpRequest, letters: Iterable[Letter], opened: str = "") -> Count:
    """Count a sign-on for these letters, and say whether it was one too many.

    `opened` is what the form carried of when it was opened. Never fails: if the limits are out of
    order, the sign-on is taken, and marked.
    """
    address = client_address(request)
    marking = {f"letter:{letter.pk}": (PER_LETTER, Flag.RUSH) for letter in letters}
    if opened:
        digest = hashlib.sha256(opened.encode(errors="replace")).hexdigest()[:32]
        marking[f"opened:{digest}"] = PER_OPENING, Flag.REUSED
    try:
        client = client_hash(address)
        with transaction.atomic():
            return _spend(client, marking)
    except (DatabaseError, InterfaceError) as error:
        logger.error("The limits are out of order (%s)", type(error).__name__)  # noqa: TRY400
        return Count(flags=(Flag.UNCOUNTED.value,))


def count_for_key(key: ApiKey, letters: Iterable[Letter]) -> Count:
    """Count a sign-on that came with a key, from whatever network, as `count` does."""
    marking = {f"letter:{letter.pk}": (PER_LETTER, Flag.RUSH) for letter in letters}
    try:
        with transaction.atomic():
            own = f"key:{key.pk}"
            if Allowance.objects.spend({own: PER_KEY}):
                return Count(retry_after=Allowance.objects.wait_for(own, PER_KEY))
            return _spend("", marking)
    except (DatabaseError, InterfaceError) as error:
        logger.error("The limits are out of order (%s)", type(error).__name__)  # noqa: TRY400
        return Count(flags=(Flag.UNCOUNTED.value,))


def _spend(client: str, marking: Mapping[str, tuple[int, Flag]]) -> Count:
    # What one network sends beyond its own limit must not use up everybody else's.
    own = f"client:{client}"
    if client and Allowance.objects.spend({own: PER_CLIENT}):
        return Count(client, retry_after=Allowance.objects.wait_for(own, PER_CLIENT))
    marks = {name: limit for name, (limit, _flag) in marking.items()}
    over = Allowance.objects.spend({SITE: PER_SITE} | marks)
    wait = Allowance.objects.wait_for(SITE, PER_SITE) if SITE in over else 0
    flags = sorted({marking[name][1].value for name in over & {*marks}})
    return Count(client, tuple(flags), wait)


def count_verification(request: HttpRequest) -> int:
    """Count a file that is verified; return how many seconds to wait if it was one too many.

    Nothing is taken from anybody's sign-ons. Never fails: out of order, it lets everybody pass.
    """
    try:
        name = f"verify:{client_hash(client_address(request))}"[:64]
        with transaction.atomic():
            if Allowance.objects.spend({name: VERIFICATIONS}):
                return Allowance.objects.wait_for(name, VERIFICATIONS)
    except (DatabaseError, InterfaceError) as error:
        logger.error("The limits are out of order (%s)", type(error).__name__)  # noqa: TRY400
    return 0


def rushed_letters() -> list[int]:
    """Return the keys of letters that are signed faster than organisations sign."""
    names = Allowance.objects.used_up(PER_LETTER).filter(name__startswith="letter:")
    return [int(name.partition(":")[2]) for name in names.values_list("name", flat=True)]


def erase_old() -> int:
    """Erase some of what is kept of clients for no longer than it is needed; return how many rows.

    A chore of the worker, to be repeated until nothing is left; several may do it at once.
    """
    ClientKey.objects.past().delete()
    return Allowance.objects.forget_full(BATCH) + SignOn.objects.forget_clients(BATCH)
