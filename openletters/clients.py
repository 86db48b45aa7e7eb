"""Whose request this is: the address of the network it came from, past our own proxies.

Anybody can write anything into X-Forwarded-For. Each proxy puts the address it was asked from
behind what it was sent, so only what our own proxies have put there is true: the header is read
from its end, over the proxies that TRUSTED_PROXIES names, and the first other address is the
client's. Nothing else in the app reads the header.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address

HOUSEHOLD = 64
"""Bits of an IPv6 address that tell one customer from another; the rest is theirs to change."""


def client_address(request: HttpRequest) -> str:
    """Return the address to count and to limit by, or "" if the server does not know it.

    An IPv6 address stands for its /64, of which whoever has one address has all. An IPv4 address
    that is written as an IPv6 one is the same as without.
    """
    address = _parse(request.META.get("REMOTE_ADDR", ""))
    passed_on = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while address and passed_on and _is_ours(address):
        before = _parse(passed_on.pop())
        if before is None:
            break  # nothing that stands further left can be believed either
        address = before
    return str(_household(address)) if address else ""


def _is_ours(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def _parse(text: str) -> Address | None:
    """Return the address in `text`, which may have a port, brackets, or a zone."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _household(address: Address) -> Address:
    if address.version == 4:
        return address
    return ip_network((address, HOUSEHOLD), strict=False).network_address
