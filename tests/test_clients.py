"""The app finds out whose request it is, and nobody can talk it into another answer."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from openletters.clients import client_address


@pytest.fixture(autouse=True)
def proxies(settings: Settings) -> None:
    """Two proxies of ours, one in front of the other, and this machine."""
    ours = ("10.0.0.0/8", "192.0.2.7/32", "127.0.0.0/8", "::1/128")
    settings.TRUSTED_PROXIES = [ip_network(one) for one in ours]


def asked(peer: str, forwarded: str | None = None) -> str:
    """Return whose request it is that `peer` makes, with this X-Forwarded-For."""
    headers = None if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().post("/", headers=headers, REMOTE_ADDR=peer))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        # Who is not a proxy of ours may say what they like.
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("203.0.113.9", "10.0.0.1, 127.0.0.1", "203.0.113.9"),
        # Past one proxy, and past two.
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 192.0.2.7", "198.51.100.1"),
        # What the client has put there itself stands further left.
        ("10.0.0.1", "8.8.8.8, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "8.8.8.8,10.0.0.5 ,198.51.100.1,192.0.2.7", "198.51.100.1"),
        # A client of our own network, and no header where there should be one.
        ("10.0.0.1", "10.0.0.9", "10.0.0.9"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        # Nonsense is not believed, nor what stands left of it.
        ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "8.8.8.8, <b>, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "1.2.3.4.5", "10.0.0.1"),
        ("10.0.0.1", "8.8.8.8, ٣.٣.٣.٣", "10.0.0.1"),
        # Ports, brackets, zones.
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1:80", "[2001:db8:1:2::5]:4711", "2001:db8:1:2::"),
        ("fe80::1%eth0", None, "fe80::"),
        # An IPv6 customer has a whole /64; an IPv4 address stays one, however it is written.
        ("2001:db8:1:2:aaaa::1", None, "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::2", None, "2001:db8:1:2::"),
        ("::ffff:203.0.113.9", None, "203.0.113.9"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("::1", "198.51.100.1", "198.51.100.1"),
        # A socket has no address.
        ("", "198.51.100.1", ""),
        ("unix:", "198.51.100.1", ""),
    ],
)
def test_it_reads_the_header_from_its_end_over_our_own_proxies(
    peer: str, forwarded: str | None, client: str
) -> None:
    assert asked(peer, forwarded) == client


def test_a_hundred_spoofed_values_are_one_client() -> None:
    spoofed = {asked("10.0.0.1", f"198.51.100.{number}, 203.0.113.9") for number in range(100)}
    assert spoofed == {"203.0.113.9"}


def test_by_default_only_this_machine_is_believed(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8"), ip_network("::1")]
    assert asked("127.0.0.1", "198.51.100.1") == "198.51.100.1"
    assert asked("10.0.0.1", "198.51.100.1") == "10.0.0.1"
