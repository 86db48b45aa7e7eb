"""What is said about two names: same, related or different, with the reason.

"Same" is for names that a careful person would take for one organisation's without asking.
"Related" asks: a branch and its umbrella, another country, a shared acronym, a near name. An
acronym alone makes two names the same only where the organisation is known by it in the same
country: most short ones belong to several organisations.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from rapidfuzz.distance import JaroWinkler

from signatures.matching.overlap import overlap
from signatures.matching.parsing import ParsedName, branch_named, names_branch
from signatures.matching.places import names_of_places, place
from signatures.matching.words import (
    HEAVIEST,
    as_typed,
    core,
    is_kind_of_body,
    plain,
    weight,
    words,
)
from signatures.phrases import enumerated


class Label(TextChoices):
    """What two names are to each other."""

    SAME = "same", _("same")
    RELATED = "related", _("related")
    DIFFERENT = "different", _("different")


class Why(TextChoices):
    """Why a verdict is as it is; %(detail)s stands for what decided it."""

    SAME_NAME = "same_name", _("same name")
    SPELLING = "spelling", _("same name, other spelling of %(detail)s")
    ACRONYM_AND_NAME = "acronym_and_name", _("shares the acronym %(detail)s, similar name")
    ITS_ACRONYM = "its_acronym", _("%(detail)s is its acronym, same country")
    BRANCH = "branch", _("branch: %(detail)s")
    PART = "part", _("named as a part of it")
    OTHER_COUNTRY = "other_country", _("same name, other country")
    OTHER_ACRONYM = "other_acronym", _("same name, other acronym: %(detail)s")
    DOUBTFUL = "doubtful", _("same but for %(detail)s")
    DISGUISED = "disguised", _("looks the same, but in letters of another script")
    SHARES_ACRONYM = "shares_acronym", _("shares the acronym %(detail)s")
    SHARES_ACRONYM_ELSEWHERE = (
        "acronym_elsewhere",
        _("shares the acronym %(detail)s, other country"),
    )
    INITIALS = "initials", _("%(detail)s could be its initials")
    NEAR = "near", _("similar name; differs in %(detail)s")
    HOLDS = "holds", _("one name holds the other; added: %(detail)s")
    SHARES_WORDS = "shares_words", _("shares only %(detail)s")
    NOTHING = "nothing", _("nothing in common")


@dataclass(frozen=True)
class Verdict:
    """What two names are to each other, how sure that is (0 to 1), and why."""

    label: Label
    score: float
    why: Why
    detail: str = ""

    @property
    def reason(self) -> str:
        """The reason in words, for a moderator."""
        return str(self.why.label) % {"detail": self.detail}


SAME = 0.92
"""Overlap (dice) from which two names are the same, if nothing speaks against it."""
SAME_WITH_ACRONYM = 0.62
"""The same, for names that state the same acronym."""
NEAR = 0.78
"""Overlap from which somebody should look at two names."""
HELD = 0.95
"""Part of the shorter name that the longer must hold to be called its part."""
TELLING = 0.75 * HEAVIEST
"""Weight that a name must have for another to hold it by more than chance."""
TELLS_ALONE = 0.5 * HEAVIEST
"""Weight that one word must have for a name to be compared without the countries in it."""
MUCH = 2.5 * HEAVIEST
"""Weight of words that do not come together by chance."""
WEAK = 0.6
"""The score of what an acronym or initials alone suggest."""
SISTER = 0.8
"""How sure it is that branches of one name, or one name in two countries, belong together."""
LIGHT = 0.35 * HEAVIEST
"""Weight of a word that may be missing on one side of the same name."""


def verdict(
    one: ParsedName, other: ParsedName, country_one: str = "", country_other: str = ""
) -> Verdict:
    """Return what two names are to each other, whichever comes first.

    The countries (ISO 3166-1, or "" where unknown) are where the organisations are based; an
    address behind the name stands in for a country that is not given.
    """
    sides = [(one, country_one or one.country), (other, country_other or other.country)]
    if (one.whole, one.text, country_one) > (other.whole, other.text, country_other):
        sides.reverse()
    return _Comparison(*sides[0], *sides[1]).verdict()


class _Comparison:
    """Two names side by side."""

    def __init__(
        self, one: ParsedName, country_one: str, other: ParsedName, country_other: str
    ) -> None:
        self.one, self.other = one, other
        self.same_country = bool(country_one) and country_one == country_other
        self.other_country = bool(country_one and country_other) and not self.same_country
        self.shared_acronyms = one.acronyms & other.acronyms
        self.best, x, y = max(
            ((overlap(x, y), x, y) for x in one.forms for y in other.forms),
            key=lambda found: (found[0].dice, found[0].contained, found[1:]),
        )
        self.x, self.y = x, y
        rest_x, places_x = _without_places(x)
        rest_y, places_y = _without_places(y)
        # The country where an organisation is known to be based tells nothing in another's name.
        branches_x, branches_y = places_x | one.branches, places_y | other.branches
        self.branches = (branches_x - branches_y - {country_other}) | (
            branches_y - branches_x - {country_one}
        )
        self.inner = self.best
        if self._still_tells(rest_x) and self._still_tells(rest_y) and (places_x or places_y):
            self.inner = overlap(rest_x, rest_y)
        else:
            rest_x, rest_y = x, y
        self.rest_x, self.rest_y = rest_x, rest_y

    @staticmethod
    def _still_tells(rest: tuple[str, ...]) -> bool:
        return max(map(weight, rest), default=0.0) >= TELLS_ALONE

    def verdict(self) -> Verdict:
        """Ask the questions in their order; the first that can be answered decides."""
        found = (
            self._equal()
            or self._same_name()
            or self._by_acronym()
            or self._part()
            or self._near()
            or self._different()
        )
        if found.label is Label.SAME and self.one.disguised != self.other.disguised:
            return Verdict(Label.RELATED, found.score, Why.DISGUISED)
        return found

    def _equal(self) -> Verdict | None:
        if not self.one.whole or self.one.whole != self.other.whole:
            return None
        if self.other_country:
            return Verdict(Label.RELATED, 1.0, Why.OTHER_COUNTRY)
        return Verdict(Label.SAME, 1.0, Why.SAME_NAME)

    def _same_name(self) -> Verdict | None:
        inner = self.inner
        if inner.dice < SAME or max(inner.heaviest_left) >= LIGHT:
            return None
        if inner.initials and 1 in (len(self.x), len(self.y)):
            return None  # one is but an acronym of the other
        if self.branches:
            score = inner.dice * (SISTER if self.one.branches and self.other.branches else 1.0)
            return Verdict(Label.RELATED, score, Why.BRANCH, _named(self.branches))
        if self.other_country:
            return self._related(Why.OTHER_COUNTRY, (), SISTER)
        if self._acronyms_differ():
            return self._related(
                Why.OTHER_ACRONYM, map(str.upper, self.one.acronyms ^ self.other.acronyms)
            )
        if inner.initials:
            return self._related(Why.INITIALS, inner.initials, WEAK)
        if other_kind := self._other_kind():
            return self._related(Why.NEAR, other_kind)
        if inner.doubtful:
            return self._related(Why.DOUBTFUL, inner.doubtful)
        return Verdict(Label.SAME, inner.dice, *self._spelling())

    def _by_acronym(self) -> Verdict | None:
        shared = self.shared_acronyms
        low, high = sorted(self.inner.heaviest_left)
        unobjectionable = not (self.branches or self.other_country)
        if (
            shared
            and unobjectionable
            and not self.inner.initials
            and self.inner.dice >= SAME_WITH_ACRONYM
            and low < 0.5 * HEAVIEST
            and high < 0.8 * HEAVIEST
        ):
            return Verdict(Label.SAME, self.inner.dice, Why.ACRONYM_AND_NAME, _listed(shared))
        bare = {
            short
            for short, acronyms in (
                (self.one.squashed, self.other.acronyms),
                (self.other.squashed, self.one.acronyms),
            )
            if short in acronyms
        }
        if bare and self.same_country and not self.branches and max(map(len, bare)) >= 3:
            return Verdict(Label.SAME, 0.9, Why.ITS_ACRONYM, _listed(bare))
        if found := shared | bare:
            why = Why.SHARES_ACRONYM_ELSEWHERE if self.other_country else Why.SHARES_ACRONYM
            return Verdict(Label.RELATED, max(self.inner.dice, WEAK), why, _listed(found))
        for name, whole in ((self.one, self.other), (self.other, self.one)):
            headed = name.acronym_and_rest if whole.acronyms else None
            if headed and headed[0] in whole.acronyms:
                return self._headed(*headed)
        initials = {
            name.squashed
            for name, whole in ((self.one, self.other), (self.other, self.one))
            if len(name.core) == 1 and name.squashed in whole.initials
        }
        if initials:
            return Verdict(Label.RELATED, WEAK, Why.INITIALS, _listed(initials))
        return None

    def _headed(self, acronym: str, rest: str) -> Verdict:
        """Judge "ABC Kenya" or "ABC Gaza Office" beside a name whose acronym is ABC."""
        if names_branch(rest):
            return Verdict(Label.RELATED, WEAK, Why.BRANCH, _named([place(rest) or rest]))
        return Verdict(Label.RELATED, WEAK, Why.SHARES_ACRONYM, _listed([acronym]))

    def _part(self) -> Verdict | None:
        """Whether one is named as a part of the other, or both as parts of one."""
        alike = max(
            (
                overlap(part, form).dice
                for name, whole in ((self.one, self.other), (self.other, self.one))
                for part in name.parts
                for form in (*whole.forms, *whole.parts)
                if sum(map(weight, part)) >= TELLING
            ),
            default=0.0,
        )
        return Verdict(Label.RELATED, alike, Why.PART) if alike >= SAME else None

    def _near(self) -> Verdict | None:
        inner = self.inner
        low, _high = sorted(inner.heaviest_left)
        added = (*inner.left, *inner.right) or inner.doubtful
        if inner.dice >= NEAR and low < 0.5 * HEAVIEST and not self._only_words_alike():
            return self._related(Why.NEAR, added)
        # One word in the place of another, beside much that few names have: local groups.
        one_each = len(inner.left) == len(inner.right) == 1 and not self._other_kind()
        if one_each and sum(map(weight, set(self.x) & set(self.y))) >= MUCH:
            return self._related(Why.NEAR, added)
        lighter = min(sum(map(weight, self.rest_x)), sum(map(weight, self.rest_y)))
        if low == 0 and inner.contained >= HELD and lighter >= TELLING and inner.dice >= 0.45:
            return self._related(Why.HOLDS, added)
        return None

    def _different(self) -> Verdict:
        common = set(self.x) & set(self.y)
        why = Why.SHARES_WORDS if common else Why.NOTHING
        return Verdict(Label.DIFFERENT, self.inner.dice, why, self._typed(common))

    def _related(self, why: Why, detail: Iterable[str] = (), score: float = 1.0) -> Verdict:
        return Verdict(Label.RELATED, min(self.inner.dice, score), why, self._typed(detail))

    def _typed(self, parts: Iterable[str]) -> str:
        """Return core words as the names write them."""
        typed = as_typed(self.other.text) | as_typed(self.one.text)
        words = {typed.get(part, part) for part in parts}
        return enumerated(sorted(words, key=str.casefold))

    def _acronyms_differ(self) -> bool:
        one, other = self.one.acronyms, self.other.acronyms
        if not one or not other or self.shared_acronyms:
            return False
        return all(JaroWinkler.similarity(x, y) <= 0.85 for x in one for y in other)

    def _only_words_alike(self) -> bool:
        """Whether two kinds of body share nothing but words that many names have."""
        shared = set(self.rest_x) & set(self.rest_y)
        return bool(self._other_kind()) and max(map(weight, shared), default=0.0) < TELLING

    def _other_kind(self) -> set[str]:
        """Return the kinds of body that only one name states, where both state some."""
        if not all(any(map(is_kind_of_body, rest)) for rest in (self.rest_x, self.rest_y)):
            return set()
        return set(filter(is_kind_of_body, (*self.inner.left, *self.inner.right)))

    def _spelling(self) -> tuple[Why, str]:
        """Say which telling words the two names write differently."""
        one, other = (as_typed(name.text) for name in (self.one, self.other))
        pairs = [
            f"{word} / {other[key]}"
            for key, word in one.items()
            if key in other and plain(word) != plain(other[key])
        ]
        # "Al-Haq" is typed once, and stands for two words.
        alike = dict.fromkeys(one[key] for key in one if key not in other)
        alike |= dict.fromkeys(other[key] for key in other if key not in one)
        if pairs or alike:
            return Why.SPELLING, enumerated([*pairs, *filter(None, [" / ".join(alike)])])
        return Why.SAME_NAME, ""


def _listed(acronyms: Iterable[str]) -> str:
    return enumerated(sorted(map(str.upper, acronyms)))


def _named(branches: Iterable[str]) -> str:
    """Return places and sections as a moderator reads them."""
    said = {countries.name(one) or branch_named(one).lstrip("*").title() for one in branches}
    return enumerated(sorted(said))


@cache
def _places() -> dict[tuple[str, ...], str]:
    return {core(words(name)): code for name, code in names_of_places().items()}


@lru_cache(maxsize=20_000)
def _without_places(parts: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Take countries and regions out of a name's words; return the rest, and their codes."""
    places, longest = _places(), 4
    rest: list[str] = []
    found = set()
    at = 0
    while at < len(parts):
        for length in range(min(longest, len(parts) - at), 0, -1):
            if code := places.get(parts[at : at + length]):
                found.add(code)
                at += length
                break
        else:
            rest.append(parts[at])
            at += 1
    return tuple(rest), frozenset(found)
