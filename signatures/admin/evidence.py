"""What a moderator needs to know before deciding: read here, decided in decisions.py."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from signatures import mail_domains, moments, names, vault
from signatures.models.distinctions import Distinction
from signatures.models.history import SignOnEvent
from signatures.models.organizations import Organization, OrganizationName
from signatures.models.shielded import NAME
from signatures.models.sign_on_letters import COUNTED, SignOnLetter, identities, identity
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature

if TYPE_CHECKING:
    from signatures.admin.offers import Offer

SOON = 0.75
"""The share of the service level after which a waiting sign-on is due soon."""


@dataclass(frozen=True)
class Match:
    """A known organisation one of whose names is exactly one that the claim states."""

    organization: Organization
    known_as: str
    same_country: bool
    stands_under: frozenset[int]
    told_apart: bool

    @property
    def may_be_it(self) -> bool:
        """Whether the country speaks for it too, or is not on record, and nobody has said no."""
        return not self.told_apart and (self.same_country or not self.organization.country)


def exact_matches(sign_ons: Iterable[SignOn]) -> dict[int, list[Match]]:
    """Return the known organisations of exactly the claimed names, by sign-on.

    Takes three queries for any number of sign-ons whose `letter_rows` are prefetched.
    """
    wanted = {sign_on.pk: _keys(sign_on) for sign_on in sign_ons}
    known: dict[str, list[OrganizationName]] = defaultdict(list)
    rows = OrganizationName.objects.filter(key__in=set().union(*wanted.values()))
    for row in rows.select_related("organization"):
        known[row.key].append(row)
    letters = {row.letter_id for sign_on in sign_ons for row in sign_on.letter_rows.all()}
    stands_under: dict[int, set[int]] = defaultdict(set)
    listed = Signature.objects.current().filter(
        organization__in={row.organization_id for found in known.values() for row in found},
        letter__in=letters,
    )
    for organization, letter in listed.values_list("organization", "letter"):
        stands_under[organization].add(letter)
    apart = Distinction.objects.excluded(claim(sign_on) for sign_on in sign_ons)
    return {
        sign_on.pk: _matches(
            sign_on,
            wanted[sign_on.pk],
            known,
            stands_under,
            apart.get(claim(sign_on), set()),
        )
        for sign_on in sign_ons
    }


def claim(sign_on: SignOn) -> tuple[str, str]:
    """Return what a distinction is remembered by."""
    return sign_on.told_by


def _keys(sign_on: SignOn) -> set[str]:
    spellings = (sign_on.name, sign_on.local_name, sign_on.listed_name)
    return {names.comparison_key(spelling) for spelling in spellings} - {""}


def _matches(
    sign_on: SignOn,
    keys: set[str],
    known: dict[str, list[OrganizationName]],
    stands_under: dict[int, set[int]],
    apart: set[int],
) -> list[Match]:
    letters = {row.letter_id for row in sign_on.letter_rows.all()}
    found = {row.organization_id: row for key in sorted(keys) for row in known.get(key, ())}
    matches = [
        Match(
            organization=row.organization,
            known_as=row.name,
            same_country=row.organization.country == sign_on.country,
            stands_under=frozenset(stands_under[row.organization_id] & letters),
            told_apart=row.organization_id in apart,
        )
        for row in found.values()
    ]
    return sorted(matches, key=lambda match: (not match.same_country, match.organization.pk))


def evident(matches: list[Match]) -> Match | None:
    """Return the one match that a moderator would choose without looking further."""
    return matches[0] if len(matches) == 1 and matches[0].may_be_it else None


def claims_of_the_same(sign_on: SignOn, organizations: Iterable[int] = ()) -> QuerySet[SignOn]:
    """Other claims that state this name, or belong to one of the organisations it may be."""
    known = {pk for pk in (*organizations, sign_on.organization_id) if pk}
    # Those of organisations whose names are withheld are tied to none: only a hash tells.
    hashes = counted_hashes(known)
    same = Q(pk__in=SignOn.objects.stating(sign_on.name).values("pk"))
    same |= Q(organization__in=known)
    same |= Q(pk__in=SignOnLetter.objects.filter(counted_hash__in=hashes).values("sign_on"))
    return SignOn.objects.filter(same).exclude(pk=sign_on.pk).order_by("-created_at", "-pk")


def same_network(sign_on: SignOn) -> int:
    """Return how many other claims came from the same network on the same day."""
    if not sign_on.client:
        return 0
    return SignOn.objects.filter(client=sign_on.client).exclude(pk=sign_on.pk).count()


def counted_hashes(organizations: Iterable[int]) -> set[str]:
    """Return by what these organisations are found where they are counted without a name."""
    known = identities(organizations)
    return {
        hashed
        for names_of in known.values()
        for one in names_of
        for hashed in vault.fingerprints(one, COUNTED)
    }


def counted_without_name(sign_on: SignOn, offered: "Iterable[Offer]" = ()) -> list[SignOn]:
    """Return other sign-ons by which the same organisation is counted, its name withheld."""
    same = [offer.organization.pk for offer in offered if offer.is_same and offer.may_be_it]
    return withheld_twins([sign_on], {sign_on.pk: same})[sign_on.pk]


def withheld_twins(
    sign_ons: Iterable[SignOn], organizations: Mapping[int, Iterable[int]]
) -> dict[int, list[SignOn]]:
    """Return for each sign-on those by which the same organisation asked not to be named.

    `organizations` are those that each is taken to be. Under the sign-on's own letters only;
    their `letter_rows` are prefetched. For one that withholds its own name, only those count that
    are counted already. Takes one query where nobody has asked for it.
    """
    found: dict[int, list[SignOn]] = {one.pk: [] for one in sign_ons}
    letters = {row.letter_id for one in sign_ons for row in one.letter_rows.all()}
    asking = SignOnLetter.objects.asking_not_to_be_named() | SignOnLetter.objects.counted()
    rows = list(asking.filter(letter__in=letters).select_related("sign_on").order_by("pk"))
    if not rows:
        return found
    known = identities({pk for pks in organizations.values() for pk in pks})
    for one in sign_ons:
        wanted = {identity(one.own_key, one.country.code or "")}
        wanted = wanted.union(*(known[pk] for pk in organizations.get(one.pk, ())))
        hashes = {hashed for name in wanted for hashed in vault.fingerprints(name, COUNTED)}
        hashes |= set(vault.fingerprints(one.own_key, NAME))
        theirs = {row.letter_id for row in one.letter_rows.all()}
        found[one.pk] = list(
            {
                row.sign_on_id: row.sign_on
                for row in rows
                if row.letter_id in theirs
                and row.sign_on_id != one.pk
                and hashes & {row.counted_hash, row.sign_on.name_hash}
                and (row.withheld_id or not one.withhold_name)
            }.values()
        )
    return found


def with_letter_rows(sign_ons: QuerySet[SignOn]) -> QuerySet[SignOn]:
    """Have the claims' letters read along."""
    rows = SignOnLetter.objects.order_by("letter_id")
    return sign_ons.prefetch_related(Prefetch("letter_rows", rows))


def listed_by(sign_on: SignOn) -> dict[int, SignOnLetter]:
    """Return the claim's rows by letter; one with a signature brought that listing about."""
    return {row.letter_id: row for row in sign_on.letter_rows.all()}


def site(address: str) -> str:
    """Return the host of a web address as people say it."""
    host = urlsplit(address).hostname or ""
    return host.removeprefix("www.")


def link(address: str) -> str:
    """Return a web address as a link that tells nobody where it was followed."""
    if not address:
        return "–"
    return format_html(
        '<a href="{}" rel="noopener noreferrer external">{}</a>', address, site(address) or address
    )


def domains_agree(sign_on: SignOn) -> bool | None:
    """Whether the mail comes from the website's domain.

    None when there is nothing to compare, or when anybody gets an address under that domain.
    """
    mail, web = sign_on.email_domain, site(sign_on.website)
    if not mail or not web or mail_domains.provider(mail):
        return None
    return mail_domains.related(mail, web)


def seen(sign_on: SignOn) -> str:
    """Return a fingerprint of what a decision is about.

    It travels through the moderator's form. When the status or the claim's public words are
    others by the time the decision arrives, somebody was faster and the decision is not taken.
    """
    stated = "\n".join(
        (
            sign_on.status,
            "withheld" if sign_on.withhold_name else "",
            sign_on.name,
            sign_on.local_name,
            sign_on.acronym,
            sign_on.country.code or "",
        )
    )
    return f"{sign_on.status}.{sha256(stated.encode()).hexdigest()[:16]}"


def last_event(sign_on: SignOn) -> SignOnEvent | None:
    """Return the newest line of the claim's history."""
    return sign_on.events.select_related("actor").last()


def age(since: datetime) -> str:
    """Return how long ago `since` was, in the coarsest words that help to decide."""
    waited = timezone.now() - since
    minutes = max(int(waited.total_seconds() // 60), 0)
    if minutes < 60:
        return _("%(minutes)s min") % {"minutes": minutes}
    if waited < timedelta(hours=48):
        return _("%(hours)s h") % {"hours": minutes // 60}
    return ngettext("%(days)s day", "%(days)s days", waited.days) % {
        "days": moments.number(waited.days)
    }


def service_level() -> timedelta:
    """Return how long a sign-on may wait."""
    return timedelta(hours=settings.MODERATION_SERVICE_LEVEL)


def lateness(since: datetime) -> str:
    """Return whether what waits since then is "late", "soon" to be so, or neither."""
    waited = timezone.now() - since
    if waited > service_level():
        return "late"
    return "soon" if waited >= SOON * service_level() else ""


def age_mark(since: datetime, *, waiting: bool) -> SafeString:
    """Return the age as HTML, with the exact time behind it, marked when it is or gets late."""
    local = timezone.localtime(since)
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>',
        f"age {lateness(since)}".strip() if waiting else "age",
        local.isoformat(timespec="seconds"),
        moments.moment(since),
        age(since),
    )
