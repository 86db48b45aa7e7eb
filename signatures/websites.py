"""Web addresses as strangers state them. The app itself never asks for any of them."""

from ipaddress import ip_address
from urllib.parse import urlsplit

_INSIDE = frozenset(
    {"corp", "home", "internal", "intranet", "lan", "local", "localdomain", "localhost", "private"}
)
"""Last parts of names that mean something else in every house."""


def is_offered_to_all(address: str) -> bool:
    """Whether a web address has a host that means the same to everybody, and names no user.

    A number, or a name of an inner network, could lead a member of staff who follows the link to
    a router or server beside them; and no organisation has its site there. Raises ValueError for
    what cannot be taken apart.
    """
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    if "@" in parts.netloc or "." not in host or host.rpartition(".")[2] in _INSIDE:
        return False
    return not host.endswith(".home.arpa") and not _is_number(host)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
