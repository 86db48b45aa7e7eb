"""What has changed between two texts of a letter, and whether it can be a mere correction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property

from signatures.canonical import AddresseeContent, DemandContent, TextContent, Texts
from signatures.differences import Difference, differences
from signatures.names import fold

ALIKE = 0.6
"""From which share of equal characters on a name counts as spelt anew, and not as another one."""

SAME_DEMAND = 0.5
"""From which share of equal words on a demand counts as worded anew, and not as another one."""

FIELDS = ("title", "place", "salutation", "body", "demands_intro", "closing")
ADDRESSEE = ("name", "position", "institution", "postal_address")
CALLED = ("name", "position", "institution")
"""What says who an addressee is."""


class Reason(StrEnum):
    """Why a change is one of substance, whatever anybody says."""

    ADDRESSEE_ADDED = "addressee added"
    ADDRESSEE_REMOVED = "addressee removed"
    DEMAND_ADDED = "demand added"
    DEMAND_REMOVED = "demand removed"
    DEMANDS_REORDERED = "demands reordered"
    DEMAND_REPLACED = "demand replaced"


@dataclass(frozen=True)
class Part:
    """One field of a letter that reads otherwise now.

    `place` numbers addressees and demands from 1, and is 0 for the letter itself; `language` is ""
    for what has none.
    """

    about: str
    place: int
    field: str
    language: str
    old: str
    new: str

    @property
    def words(self) -> list[Difference]:
        """What was removed and added, and what is around it."""
        return differences(self.old, self.new)


@dataclass(frozen=True)
class Change:
    """What lies between two texts of a letter."""

    old: TextContent
    new: TextContent

    @cached_property
    def parts(self) -> list[Part]:
        """Every field that reads otherwise, the authoritative language first."""
        codes = {*self.old["texts"], *self.new["texts"]}
        first = self.new["language"]
        ordered = [first, *sorted(codes - {first})]
        return [*self._facts(), *(part for code in ordered for part in self._in(code))]

    @property
    def is_nothing(self) -> bool:
        """Whether both say the same."""
        return self.old == self.new

    @property
    def is_translation(self) -> bool:
        """Whether the binding text is the same, and only translations of it differ."""
        return not self.is_nothing and _binding(self.old) == _binding(self.new)

    @cached_property
    def reasons(self) -> list[Reason]:
        """Why it cannot be a correction; empty where that is for the editor to say."""
        return [*self._about_addressees(), *self._about_demands()]

    def _facts(self) -> Iterator[Part]:
        for field in ("letter", "language", "dated"):
            old, new = str(self.old[field]), str(self.new[field])
            if old != new:
                yield Part("letter", 0, field, "", old, new)
        pairs = self._paired_addressees()
        stayed = [old for old, new in pairs if old and new]
        before = sorted(stayed, key=self.old["addressees"].index)
        if stayed != before:
            now = [new for old, new in pairs if old and new]
            yield Part("addressee", 0, "order", "", self._listed(before), self._listed(now))

    def _listed(self, addressees: Sequence[AddresseeContent]) -> str:
        texts = [self._binding_of(one["texts"]) for one in addressees]
        called = (next(filter(None, (text.get(name) for name in CALLED)), "") for text in texts)
        return "\n".join(map(str, called))

    def _in(self, code: str) -> Iterator[Part]:
        yield from _fields("letter", 0, FIELDS, code, self.old["texts"], self.new["texts"])
        for place, (before, after) in enumerate(self._paired_addressees(), start=1):
            old, new = before or _NOBODY, after or _NOBODY
            yield from _fields("addressee", place, ADDRESSEE, code, old["texts"], new["texts"])
            if code == self.new["language"]:
                for field in ("kind", "country"):
                    was, now = str(old[field]), str(new[field])
                    if was != now:
                        yield Part("addressee", place, field, "", was, now)
        demands = _paired(self.old["demands"], self.new["demands"])
        for place, (one, other) in enumerate(demands, start=1):
            texts = (one["texts"] if one else {}, other["texts"] if other else {})
            yield from _fields("demand", place, ("text",), code, *texts)

    def _paired_addressees(
        self,
    ) -> list[tuple[AddresseeContent | None, AddresseeContent | None]]:
        """Pair those who are the same; who was removed or added stands alone, at the end."""
        left = list(self.old["addressees"])
        pairs: list[tuple[AddresseeContent | None, AddresseeContent | None]] = []
        found: dict[int, AddresseeContent] = {}
        for alike in (_equal, self._is_same):
            for index, one in enumerate(self.new["addressees"]):
                if index not in found and (twin := next((o for o in left if alike(o, one)), None)):
                    found[index] = twin
                    left.remove(twin)
        for index, one in enumerate(self.new["addressees"]):
            pairs.append((found.get(index), one))
        return [*pairs, *((one, None) for one in left)]

    def _is_same(self, one: AddresseeContent, other: AddresseeContent) -> bool:
        if one["kind"] != other["kind"]:
            return False
        if one["country"] and other["country"] and one["country"] != other["country"]:
            return False
        old, new = self._binding_of(one["texts"]), self._binding_of(other["texts"])
        named = [(old.get(field, ""), new.get(field, "")) for field in CALLED]
        both = [(a, b) for a, b in named if a and b]
        return bool(both) and all(_alike(a, b) for a, b in both)

    def _about_addressees(self) -> Iterator[Reason]:
        pairs = self._paired_addressees()
        if any(old is None for old, _new in pairs):
            yield Reason.ADDRESSEE_ADDED
        if any(new is None for _old, new in pairs):
            yield Reason.ADDRESSEE_REMOVED

    def _about_demands(self) -> Iterator[Reason]:
        old = [self._binding_of(one["texts"]).get("text", "") for one in self.old["demands"]]
        new = [self._binding_of(one["texts"]).get("text", "") for one in self.new["demands"]]
        if len(new) > len(old):
            yield Reason.DEMAND_ADDED
        elif len(new) < len(old):
            yield Reason.DEMAND_REMOVED
        elif any(_fits_better_elsewhere(text, place, old) for place, text in enumerate(new)):
            yield Reason.DEMANDS_REORDERED
        elif any(_share(a, b) < SAME_DEMAND for a, b in zip(old, new, strict=True)):
            yield Reason.DEMAND_REPLACED

    def _binding_of(self, texts: Texts) -> dict[str, str]:
        """What stands in the binding language of the new text, or else of the old one."""
        return texts.get(self.new["language"]) or texts.get(self.old["language"]) or {}


_NOBODY = AddresseeContent(kind="", country="", texts={})


def _equal(one: AddresseeContent, other: AddresseeContent) -> bool:
    return one == other


def _fields(
    about: str, place: int, names: Sequence[str], code: str, old: Texts, new: Texts
) -> Iterator[Part]:
    before, after = old.get(code, {}), new.get(code, {})
    for name in names:
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            yield Part(about, place, name, code, was, now)


def _paired(
    old: Sequence[DemandContent], new: Sequence[DemandContent]
) -> Iterator[tuple[DemandContent | None, DemandContent | None]]:
    for place in range(max(len(old), len(new))):
        yield (
            old[place] if place < len(old) else None,
            new[place] if place < len(new) else None,
        )


def _binding(content: TextContent) -> TextContent:
    """What is left of a text without its translations."""
    code = content["language"]

    def alone(texts: Texts) -> Texts:
        return {code: texts[code]} if code in texts else {}

    return TextContent(
        format=content["format"],
        letter=content["letter"],
        language=code,
        dated=content["dated"],
        texts=alone(content["texts"]),
        addressees=[
            AddresseeContent(kind=one["kind"], country=one["country"], texts=alone(one["texts"]))
            for one in content["addressees"]
        ],
        demands=[DemandContent(texts=alone(one["texts"])) for one in content["demands"]],
    )


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, fold(one), fold(other), autojunk=False).ratio() >= ALIKE


def _share(one: str, other: str) -> float:
    """Return the share of words that two wordings have in common, in order."""
    return SequenceMatcher(None, fold(one).split(), fold(other).split(), autojunk=False).ratio()


def _fits_better_elsewhere(text: str, place: int, others: Sequence[str]) -> bool:
    shares = [_share(other, text) for other in others]
    best = max(shares)
    return best >= SAME_DEMAND and shares[place] < best
