"""Limits of the public form: how many sign-ons an hour, and what happens beyond.

Only forms that are filled in rightly count, and all of those alike, whatever is known of the
organisation or the address. How often one mail address is written to is limited by the outbox.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest

from openletters.clients import client_address
from signatures.models.flags import Flag
from signatures.models.letters import Letter
from signatures.models.limits import Allowance, ClientKey, client_hash
from signatures.models.sign_ons import SignOn

logger = logging.getLogger(__name__)

PER_CLIENT = 60
"""Sign-ons an hour from one network. A whole office, or a conference, may stand behind one."""

PER_SITE = 3000
"""Sign-ons an hour over all letters. Each has us write to an address that a stranger named: more
would have mail servers refuse us, and then nobody can confirm."""

PER_LETTER = 500
"""Sign-ons an hour for one letter from which on they are marked. The letter stays open: to close
it is what an attacker may want."""

SITE = "site"


@dataclass(frozen=True)
class Count:
    """What the limits say of one sign-on."""

    client: str = ""
    """What is kept of the client; nothing where that is not known."""
    flags: tuple[str, ...] = ()
    """What the moderator should know."""
    retry_after: int = 0
    """Seconds to wait, if it was one too many."""


def count(request: HttpRequest, letters: Iterable[Letter]) -> Count:
    """Count a sign-on for these letters, and say whether it was one too many.

    Never fails: if the limits are out of order, the sign-on is taken, and marked.
    """
    address = client_address(request)
    try:
        client = client_hash(address)
        with transaction.atomic():
            return _spend(client, [letter.pk for letter in letters])
    except (DatabaseError, InterfaceError) as error:
        logger.error("The limits are out of order (%s)", type(error).__name__)  # noqa: TRY400
        return Count(flags=(Flag.UNCOUNTED.value,))


def _spend(client: str, letters: Iterable[int]) -> Count:
    refusing = {SITE: PER_SITE} | ({f"client:{client}": PER_CLIENT} if client else {})
    marking = {f"letter:{pk}": PER_LETTER for pk in letters}
    over = Allowance.objects.spend(refusing | marking)
    waits = [Allowance.objects.wait_for(name, refusing[name]) for name in over & {*refusing}]
    flags = (Flag.RUSH.value,) if over & {*marking} else ()
    return Count(client, flags, max(waits, default=0))


def rushed_letters() -> list[int]:
    """Return the keys of letters that are signed faster than organisations sign."""
    names = Allowance.objects.used_up(PER_LETTER).filter(name__startswith="letter:")
    return [int(name.partition(":")[2]) for name in names.values_list("name", flat=True)]


def erase_old() -> int:
    """Erase what is kept of clients for no longer than it is needed; return how many rows it was.

    A chore of the worker: harmless when repeated, or done by several at once.
    """
    ClientKey.objects.past().delete()
    erased, _by_model = Allowance.objects.full().delete()
    return erased + SignOn.objects.forget_clients()
