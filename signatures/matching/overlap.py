"""How much of two names is the same, word by word, and what is left over on each side."""

from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from signatures.matching.words import weight

LIKENESS = 0.79
"""Two words at least this alike are taken for one, mistyped or inflected: one letter of five."""

CERTAIN = 0.84
"""Below this likeness a word may well be another one: Henan, Hunan."""


@dataclass(frozen=True)
class Overlap:
    """What two lists of core words share, by weight."""

    dice: float
    """Shared weight on both sides, of all weight: 1 for the same words in any order."""
    contained: float
    """Shared weight, of the lighter side's weight: 1 when one holds the other."""
    left: tuple[str, ...]
    right: tuple[str, ...]
    """Words that only one side has."""
    doubtful: tuple[str, ...] = ()
    """Pairs of words that are alike, and might be different ones."""
    initials: tuple[str, ...] = ()
    """Words of one side that were taken for the initials of words of the other."""

    @property
    def heaviest_left(self) -> tuple[float, float]:
        """The weight of the most telling word that only the one, and only the other side has."""
        sides = (self.left, self.right)
        one, other = (max(map(weight, side), default=0.0) for side in sides)
        return one, other


def likeness(one: str, other: str) -> float:
    """Return how likely two words are one, mistyped or inflected: 0, or LIKENESS to 1."""
    if one == other:
        return 1.0
    shorter, longer = sorted((len(one), len(other)))
    if shorter <= 3 or one[0] != other[0]:
        return 0.0
    alike = DamerauLevenshtein.normalized_similarity(one, other, score_cutoff=LIKENESS)
    if alike:
        return float(alike)
    common = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    return LIKENESS if common >= 5 and common >= 0.7 * longer else 0.0


def overlap(one: tuple[str, ...], other: tuple[str, ...]) -> Overlap:
    """Return what two lists of core words share."""
    left, right = list(one), list(other)
    shared = 0.0
    for word in one:
        if word in right:
            left.remove(word)
            right.remove(word)
            shared += 2 * weight(word)
    doubtful: list[str] = []
    initials: list[str] = []
    if left and right:
        shared += _alike(left, right, doubtful)
        shared += _joined(left, right, initials) + _joined(right, left, initials)
    total_one, total_other = sum(map(weight, one)), sum(map(weight, other))
    return Overlap(
        dice=min(1.0, shared / ((total_one + total_other) or 1.0)),
        contained=min(1.0, shared / 2 / (min(total_one, total_other) or 1.0)),
        left=tuple(left),
        right=tuple(right),
        doubtful=tuple(doubtful),
        initials=tuple(initials),
    )


def _alike(left: list[str], right: list[str], doubtful: list[str]) -> float:
    """Pair words that are alike, the likest first, and take them out of both lists."""
    pairs = [
        (alike, one, other) for one in left for other in right if (alike := likeness(one, other))
    ]
    if len(pairs) > 1:
        pairs.sort(key=lambda pair: (-pair[0], *sorted(pair[1:])))
    shared = 0.0
    for alike, one, other in pairs:
        if one in left and other in right:
            left.remove(one)
            right.remove(other)
            shared += alike * (weight(one) + weight(other))
            if alike < CERTAIN:
                doubtful += sorted((one, other))
    return shared


def _joined(these: list[str], those: list[str], initials: list[str]) -> float:
    """Pair a word with a run of words that it joins ("foodworkers") or whose initials it is."""
    shared = 0.0
    for word in list(these):
        run = _run(word, those)
        if run is None:
            continue
        parts = those[run]
        shared += weight(word) + sum(map(weight, parts))
        if word == "".join(part[0] for part in parts):
            initials.append(word)
        these.remove(word)
        del those[run]
    return shared


def _run(word: str, those: list[str]) -> slice | None:
    """Return where in `those` two or more words stand that `word` joins, or the initials of."""
    for start in range(len(those) - 1):
        joined = those[start]
        begin = joined[0]
        if begin != word[0]:
            continue
        for end in range(start + 1, len(those)):
            joined += those[end]
            begin += those[end][0]
            if word in (joined, begin):
                return slice(start, end + 1)
            if len(begin) >= len(word):
                break
    return None
