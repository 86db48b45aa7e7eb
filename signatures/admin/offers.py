"""The known organisations that a sign-on may be, and what speaks for and against each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from signatures import mail_domains, moments, names
from signatures.admin import evidence
from signatures.candidates import Candidate, Stated
from signatures.matching.lookalikes import lookalikes
from signatures.matching.verdicts import Label, Verdict
from signatures.models.distinctions import Distinction
from signatures.models.organizations import Organization
from signatures.models.sign_ons import SignOn
from signatures.models.signatures import Signature
from signatures.phrases import enumerated

NEW = "new"

MOST_DIFFERENT = 2
"""Organisations shown that the name is taken not to stand for, so that this can be seen."""

SHORT = 3
"""Letters of a Latin word that says nothing when two names share it."""


@dataclass(frozen=True)
class Offer:
    """A known organisation that a moderator may choose for a sign-on."""

    organization: Organization
    known_as: str
    marked: SafeString
    verdict: Verdict | None
    may_be_it: bool
    record: str
    stands_under: frozenset[int]
    stands_under_all: bool
    agreeing: tuple[str, ...]
    differing: str
    told_apart: Distinction | None

    @property
    def value(self) -> str:
        """What the form sends for it; another for one that was told apart before."""
        pk = str(self.organization.pk)
        return f"anyway:{pk}" if self.told_apart else pk

    @property
    def branch_value(self) -> str:
        """What the form sends for a new organisation that belongs to this one."""
        return f"branch:{self.organization.pk}"

    @property
    def is_same(self) -> bool:
        """Whether its name is taken to be the claimed one."""
        return self.verdict is not None and self.verdict.label == Label.SAME

    @property
    def is_related(self) -> bool:
        """Whether it is taken to have to do with the claimed name, and not to be it."""
        return self.verdict is not None and self.verdict.label == Label.RELATED


def stated(sign_on: SignOn) -> Stated:
    """Return what a sign-on says of its organisation."""
    return Stated(
        name=sign_on.name,
        local_name=sign_on.local_name,
        acronym=sign_on.acronym,
        country=sign_on.country.code or "",
        told_by=sign_on.name_hash,
    )


def offers(
    sign_on: SignOn,
    candidates: Iterable[Candidate],
    looked_up: Iterable[Organization],
    distinctions: Iterable[Distinction],
) -> tuple[list[Offer], list[Offer]]:
    """Return the candidates, and the organisations looked up by hand, each with its evidence.

    Of candidates that only share a word few are left in. One looked up by hand may be told apart
    from the name, and says so; candidates never are. Takes two queries for any number of them.
    The sign-on's `letter_rows` are prefetched.
    """
    apart = {one.organization_id: one for one in distinctions}
    found = _worth_a_look(list(candidates))
    by_hand = [one for one in looked_up if all(one != known.organization for known in found)]
    everybody = [*(one.organization for one in found), *by_hand]
    records = _Records(sign_on, everybody)
    return (
        [records.offer(one.organization, one.known_as, one.verdict) for one in found],
        [records.offer(one, str(one), None, apart.get(one.pk)) for one in by_hand],
    )


def _worth_a_look(candidates: list[Candidate]) -> list[Candidate]:
    different = [one for one in candidates if one.verdict.label == Label.DIFFERENT]
    return [one for one in candidates if one not in different[MOST_DIFFERENT:]]


def twins(offered: list[Offer]) -> list[Organization]:
    """Return two known organisations that the name may equally be: perhaps they are one."""
    same = [offer.organization for offer in offered if offer.is_same and offer.may_be_it]
    return same[:2] if len(same) > 1 else []


def likely(sign_on: SignOn, offered: list[Offer]) -> str:
    """Return the choice that is made beforehand, or "" when somebody has to look.

    That is the one organisation of the same name in the same country, or in an unknown one; or a
    new organisation, when none of this name or near it is known.
    """
    if lookalikes(sign_on.listed_name):
        return ""
    same = [offer for offer in offered if offer.is_same]
    fitting = [offer for offer in same if offer.may_be_it]
    if len(fitting) == 1:
        return fitting[0].value
    if same or any(offer.is_related for offer in offered):
        return ""
    return NEW


def marked(name: str, sign_on: SignOn) -> SafeString:
    """Return a known name as HTML, the words that it shares with the claimed names marked."""
    claimed = (sign_on.name, sign_on.local_name, sign_on.acronym)
    words = set(" ".join(map(names.fold, claimed)).split())

    def is_shared(word: str) -> bool:
        folded = names.fold(word).split()
        return bool(folded) and words.issuperset(folded)

    runs = ((shared, list(run)) for shared, run in groupby(name.split(), key=is_shared))
    return format_html_join(
        " ",
        "{}",
        (
            # A lone "of" or "and" says nothing.
            (_mark(run) if shared and any(map(_tells, run)) else " ".join(run),)
            for shared, run in runs
        ),
    )


def _tells(word: str) -> bool:
    return len(word) > SHORT or not word.isascii()


def _mark(words: list[str]) -> SafeString:
    return format_html("<mark>{}</mark>", " ".join(words))


class _Records:
    """What is on record of some organisations, read at once, as far as it bears on a sign-on."""

    def __init__(self, sign_on: SignOn, organizations: list[Organization]) -> None:
        self.sign_on = sign_on
        self.letters = {row.letter_id for row in sign_on.letter_rows.all()}
        self.signed: dict[int, dict[int, date]] = defaultdict(dict)
        current = Signature.objects.current().filter(organization__in=organizations)
        for pk, letter, day in current.values_list("organization", "letter", "signed_on"):
            self.signed[pk][letter] = day
        self.earlier: dict[int, list[SignOn]] = defaultdict(list)
        claims = SignOn.objects.filter(
            organization__in=organizations, status=SignOn.Status.APPROVED
        ).exclude(pk=sign_on.pk)
        for claim in claims.only("organization_id", "email", "website"):
            self.earlier[claim.organization_id or 0].append(claim)

    def offer(
        self,
        organization: Organization,
        known_as: str,
        verdict: Verdict | None,
        told_apart: Distinction | None = None,
    ) -> Offer:
        signed = self.signed[organization.pk]
        agreeing = tuple(self._agreeing(organization))
        countries = {self.sign_on.country.code or "", organization.country.code or ""} - {""}
        return Offer(
            organization=organization,
            known_as=known_as,
            marked=marked(known_as, self.sign_on),
            verdict=verdict,
            may_be_it=len(countries) < 2,
            record=_record(signed),
            stands_under=frozenset(self.letters.intersection(signed)),
            stands_under_all=bool(self.letters) and self.letters.issubset(signed),
            agreeing=agreeing,
            differing="" if agreeing else self._differing(organization),
            told_apart=told_apart,
        )

    def _agreeing(self, organization: Organization) -> Iterable[str]:
        claim, earlier = self.sign_on, self.earlier[organization.pk]
        if claim.email and any(one.email.lower() == claim.email.lower() for one in earlier):
            yield _("same address as in an earlier sign-on")
        mail, web = _own(claim.email_domain), _own(evidence.site(organization.website))
        if mail_domains.related(mail, web):
            yield _("e-mail from its website’s domain")
        if any(mail_domains.related(mail, domain) for domain in _domains(earlier)):
            yield _("e-mail domain as in an earlier sign-on")
        if mail_domains.related(_own(evidence.site(claim.website)), web):
            yield _("same website")

    def _differing(self, organization: Organization) -> str:
        known = _domains(self.earlier[organization.pk]) | {
            _own(evidence.site(organization.website))
        }
        known -= {""}
        if not known or not self.sign_on.email_domain:
            return ""
        return _("another domain than %(domains)s") % {"domains": enumerated(sorted(known)[:3])}


def _own(domain: str) -> str:
    """Return a domain, or nothing if it says nothing of who stands behind it."""
    return "" if mail_domains.is_shared(domain) else domain


def _domains(claims: Iterable[SignOn]) -> set[str]:
    """Return the domains that say something of who an earlier contact was."""
    stated = [(claim.email_domain, evidence.site(claim.website)) for claim in claims]
    return {_own(domain) for pair in stated for domain in pair} - {""}


def _record(signed: dict[int, date]) -> str:
    """Say how many letters an organisation stands under, and since when."""
    if not signed:
        return _("stands under no letter")
    return ngettext(
        "signed %(count)s letter, %(year)s",
        "signed %(count)s letters since %(year)s",
        len(signed),
    ) % {"count": moments.number(len(signed)), "year": min(signed.values()).year}
