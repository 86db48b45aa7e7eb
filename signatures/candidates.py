"""Which known organisations a stated name may mean, ranked, each with the reason."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import nsmallest

from rapidfuzz import fuzz

from signatures import names
from signatures.matching import keys
from signatures.matching.parsing import ParsedName, acronym_key, parse
from signatures.matching.verdicts import Label, Verdict, verdict
from signatures.matching.words import weight
from signatures.models import name_index
from signatures.models.distinctions import Distinction
from signatures.models.organizations import Organization, OrganizationName

MOST_NAMES = 1_000
"""Names looked at for one question; words that more names have do not bring names in."""

MOST_WEIGHED = 60
"""Names of which all shared words are weighed: those that share the most telling ones."""

MOST_COMPARED = 12
"""Names compared in full: those that share most."""

MOST_EXACT = 4
"""Names compared although others share more, because they are equal or an acronym."""

LEAST_SHARED = 0.3
"""Part of what the nearest name shares that another must share to be compared."""

EXACT = 20.0
"""What it is worth that two names are equal, or one is the other's acronym."""

PAIR = 2.0
"""What it is worth that two words are neighbours in both names."""

RANK = {Label.SAME: 0.5, Label.RELATED: 0.1, Label.DIFFERENT: 0.0}
SAME_COUNTRY = 0.15
LOOKS = 0.25
"""What adds to a verdict's score in the order of candidates: its label, the country, the looks."""


@dataclass(frozen=True)
class Stated:
    """What somebody says an organisation is called, and where it is based (ISO 3166-1, or "")."""

    name: str
    local_name: str = ""
    acronym: str = ""
    country: str = ""
    told_by: str = ""
    """What a distinction is remembered by in the place of the name, where that is withheld."""

    @property
    def claim(self) -> tuple[str, str]:
        """What a distinction is remembered by."""
        return self.told_by or names.comparison_key(self.name), self.country

    @cached_property
    def parsed(self) -> list[ParsedName]:
        """The names it states, each with the acronym."""
        acronyms = frozenset(filter(None, [acronym_key(self.acronym)]))
        found = [parse(name) for name in (self.name, self.local_name) if name]
        return [replace(name, acronyms=name.acronyms | acronyms) for name in found]


@dataclass(frozen=True)
class Candidate:
    """A known organisation that may be meant, by the one of its names that comes closest."""

    organization: Organization
    known_as: str
    verdict: Verdict


@dataclass(frozen=True)
class _Known:
    """One name of a known organisation."""

    organization: int
    name: str
    country: str
    is_acronym: bool


def find(stated: Sequence[Stated], *, limit: int = 5) -> list[list[Candidate]]:
    """Return for each of `stated` the known organisations it may mean, the likeliest first.

    Those that staff have told the name apart from are left out. Takes a fixed number of
    queries however many are asked about at once.
    """
    near = _near(stated)
    by_organization = _known({pk for pks in near for pk in pks})
    of_name = {pk: organization for organization, known in by_organization.items() for pk in known}
    apart = Distinction.objects.excluded(one.claim for one in stated)
    ranked = []
    for one, pks in zip(stated, near, strict=True):
        organizations = {of_name[pk] for pk in pks if pk in of_name} - apart.get(one.claim, set())
        judged = [
            (organization, *_judge(one, by_organization[organization].values()))
            for organization in organizations
        ]
        judged.sort(key=lambda found: (-found[3], found[0]))
        ranked.append(judged[:limit])
    known = Organization.objects.in_bulk({found[0] for judged in ranked for found in judged})
    return [
        [
            Candidate(known[pk], known_as, said)
            for pk, known_as, said, _rank in judged
            if pk in known
        ]
        for judged in ranked
    ]


@dataclass(frozen=True)
class _Sought:
    """What to look for in the index: keys, and what it is worth that a name has them."""

    words: dict[int, float]
    """Telling words and their other spellings."""
    pairs: set[int]
    exact: set[int]

    @cached_property
    def all(self) -> set[int]:
        """Every key."""
        return {*self.words, *self.pairs, *self.exact}

    def worth(self, key: int) -> float:
        """Return what it is worth that a name is filed under `key`, which is one of ours."""
        return EXACT if key in self.exact else self.words.get(key, PAIR)

    def rare(self, frequency: dict[int, int]) -> list[int]:
        """Choose the keys to look under: the exact ones, then the rarest, few names in all."""
        known = [key for key in self.all if frequency[key]]
        known.sort(key=lambda key: (key not in self.exact, frequency[key], key))
        names, chosen = 0, []
        for key in known:
            names += frequency[key]
            if names <= MOST_NAMES:
                chosen.append(key)
        return chosen


def _near(stated: Sequence[Stated]) -> list[list[int]]:
    """Return for each the keys of the names that share its telling words, or are its acronym."""
    sought = _sought(stated)
    asked = {key for one in sought for key in one.all}
    frequency = name_index.frequencies(asked, most=MOST_NAMES)
    rare = [one.rare(frequency) for one in sought]
    filed = name_index.filed_under({key for some in rare for key in some})
    near = []
    for one, some in zip(sought, rare, strict=True):
        shared: dict[int, float] = defaultdict(float)
        for key in some:
            worth = one.worth(key)
            for pk in filed[key]:
                shared[pk] += worth
        exact = {pk for key in one.exact.intersection(some) for pk in filed[key]}
        near.append(_best(shared, exact, MOST_WEIGHED))
    # Common words brought no names in, and now tell those apart that rare ones did.
    keys_of = name_index.keys_of({pk for pks in near for pk in pks}, asked)
    compared = []
    for one, pks in zip(sought, near, strict=True):
        shared = {pk: sum(map(one.worth, keys_of[pk] & one.all)) for pk in pks}
        exact = {pk for pk in pks if keys_of[pk] & one.exact}
        enough = LEAST_SHARED * max(shared.values(), default=0.0)
        best = _best(shared, exact, MOST_COMPARED)
        compared.append([pk for pk in best if pk in exact or shared[pk] >= enough])
    return compared


def _best(shared: dict[int, float], exact: set[int], most: int) -> list[int]:
    """Return the names that share most; of those that are equal, or an acronym, some at least."""
    of_all = nsmallest(most, ((-worth, pk) for pk, worth in shared.items()))
    of_exact = nsmallest(MOST_EXACT, ((-shared[pk], pk) for pk in exact))
    return list(dict.fromkeys(pk for _worth, pk in (*of_all, *of_exact)))


def _sought(stated: Sequence[Stated]) -> list[_Sought]:
    words = [{w for name in one.parsed for w in keys.telling_words(name)} for one in stated]
    pairs = [{w for name in one.parsed for w in keys.pairs(name)} for one in stated]
    spellings = name_index.other_spellings(set().union(*words))
    sought = []
    for one, telling, joined in zip(stated, words, pairs, strict=True):
        worth = {keys.number(word): weight(word) for word in telling}
        for word in telling:
            for other, alike in spellings[word].items():
                key = keys.number(other)
                worth[key] = max(worth.get(key, 0.0), alike * weight(other))
        exact = {key for name in one.parsed for key in keys.exact_keys(name)}
        sought.append(_Sought(worth, set(map(keys.number, joined)), exact))
    return sought


def _known(names: set[int]) -> dict[int, dict[int, _Known]]:
    """Return every name of the organisations that have one of `names`, by organisation."""
    found: dict[int, dict[int, _Known]] = defaultdict(dict)
    for organization, pk, name, kind, country in name_index.all_names(names):
        found[organization][pk] = _Known(
            organization, name, country, kind == OrganizationName.Kind.ACRONYM
        )
    return found


def _judge(stated: Stated, known: Iterable[_Known]) -> tuple[str, Verdict, float]:
    """Return the closest name, the verdict on it, and its rank among the candidates."""
    acronyms = frozenset(acronym_key(one.name) for one in known if one.is_acronym)
    best: tuple[float, str, Verdict] | None = None
    for one in known:
        name = parse(one.name)
        if one.is_acronym:
            name = replace(name, core=(), others=(), whole="")
        name = replace(name, acronyms=name.acronyms | acronyms)
        for said in stated.parsed:
            found = verdict(said, name, stated.country, one.country)
            rank = found.score + RANK[found.label]
            rank += LOOKS * fuzz.token_sort_ratio(said.whole, name.whole) / 100
            rank += SAME_COUNTRY * (bool(stated.country) and stated.country == one.country)
            if best is None or rank > best[0]:
                best = (rank, one.name, found)
    assert best
    return best[1], best[2], best[0]
