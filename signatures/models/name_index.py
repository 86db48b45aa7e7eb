"""The index in which known names are looked up by what they may be the same as.

Ordinary tables and equal numbers only, so that every database answers alike. The rows follow
from the names, and are written in the transaction that records a name.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any, ClassVar

from django.db import connection, models

from signatures.matching import keys
from signatures.matching.overlap import likeness
from signatures.matching.parsing import parse

AT_ONCE = 5_000
"""Rows, or numbers, in one statement."""


class NameKey(models.Model):
    """One key under which a known name is filed."""

    pk = models.CompositePrimaryKey("key", "name_id")
    key = models.BigIntegerField()
    name = models.ForeignKey(
        "signatures.OrganizationName", on_delete=models.CASCADE, related_name="filed_under"
    )

    def __str__(self) -> str:
        return str(self.key)


class KnownWord(models.Model):
    """A word of some known name, under one of the keys by which its other spellings find it.

    Words stay when their last name goes: they then lead nowhere. One that two transactions
    record at the same moment stands here twice, which costs nothing; a constraint would make
    them wait for each other.
    """

    key = models.BigIntegerField()
    word = models.CharField(max_length=keys.LONGEST_LIKE)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "word"], name="known_word_lookup")]

    def __str__(self) -> str:
        return self.word


def file_names(names: Iterable[tuple[int, str, bool]]) -> None:
    """File new names: each its primary key, its text, and whether it is an acronym."""
    waiting = iter(names)
    while some := list(islice(waiting, AT_ONCE)):
        _file(some)


def _file(names: Iterable[tuple[int, str, bool]]) -> None:
    rows: list[tuple[int, int]] = []
    words: set[str] = set()
    for pk, text, short in names:
        name = parse(text)
        rows += ((key, pk) for key in keys.filed_under(name, short=short))
        if not short:
            words |= keys.telling_words(name)
    _insert(NameKey, ("key", "name_id"), rows)
    alike = {word: spelled for word in words if (spelled := keys.spelling_keys(word))}
    new = alike.keys() - _known(alike)
    _insert(
        KnownWord, ("key", "word"), [(key, word) for word in sorted(new) for key in alike[word]]
    )


def forget_words(names: Iterable[str]) -> None:
    """Forget the words of names that are known no more, but for those that other names have."""
    words = {word for text in names for word in keys.telling_words(parse(text))}
    in_use = filed_under([keys.number(word) for word in words])
    unused = [word for word in words if keys.number(word) not in in_use]
    KnownWord.objects.filter(word__in=unused).delete()


def clear() -> None:
    """Forget every key and every word."""
    NameKey.objects.all().delete()
    KnownWord.objects.all().delete()


def filed_under(wanted: Collection[int]) -> dict[int, list[int]]:
    """Return the names filed under each of the keys."""
    found: dict[int, list[int]] = defaultdict(list)
    for some in _slices(wanted):
        statement = "SELECT key, name_id FROM signatures_namekey WHERE key IN"
        for key, name in _fetch(f"{statement} ({_listed(some)})"):
            found[key].append(name)
    return found


def keys_of(names: Collection[int], wanted: Collection[int]) -> dict[int, set[int]]:
    """Return under which of the wanted keys each of the names is filed."""
    found: dict[int, set[int]] = {name: set() for name in names}
    for some in _slices(names):
        # With the sign no database goes through the keys first, of which there may be thousands.
        statement = "SELECT name_id, key FROM signatures_namekey WHERE name_id IN"
        for name, key in _fetch(f"{statement} ({_listed(some)}) AND +key IN ({_listed(wanted)})"):
            found[name].add(key)
    return found


def frequencies(wanted: Collection[int], *, most: int) -> dict[int, int]:
    """Return how many names are filed under each of the keys, counting no further than `most`."""
    found: dict[int, int] = {}
    for some in _slices(wanted):
        asked = ",".join(f"({key})" for key in some)
        found.update(
            _fetch(
                f"WITH asked(key) AS (VALUES {asked}) SELECT key, (SELECT COUNT(*) FROM"  # noqa: S608
                " (SELECT 1 FROM signatures_namekey filed WHERE filed.key = asked.key"
                f" LIMIT {most}) counted) FROM asked"
            )
        )
    return found


def other_spellings(words: Collection[str]) -> dict[str, dict[str, float]]:
    """Return the known words that each of `words` may be a spelling of, each with its likeness."""
    asked: dict[int, list[str]] = defaultdict(list)
    for word in words:
        for key in keys.spelling_keys(word):
            asked[key].append(word)
    found: dict[str, dict[str, float]] = {word: {} for word in words}
    for some in _slices(asked):
        rows = _fetch(
            "SELECT DISTINCT key, word FROM signatures_knownword"  # noqa: S608  numbers of ours
            f" WHERE key IN ({_listed(some)})"
        )
        for key, known in rows:
            for word in asked[key]:
                if word != known and known not in found[word] and (alike := likeness(word, known)):
                    found[word][known] = alike
    return found


def all_names(names: Collection[int]) -> list[tuple[int, int, str, str, str]]:
    """Return every name of the organisations that have one of `names`.

    Each as organisation, name's key, name, kind, and the organisation's country.
    """
    return [
        row
        for some in _slices(names)
        for row in _fetch(
            "SELECT known.organization_id, known.id, known.name, known.kind, owner.country"  # noqa: S608
            " FROM signatures_organizationname known JOIN signatures_organization owner"
            " ON owner.id = known.organization_id WHERE known.organization_id IN"
            " (SELECT organization_id FROM signatures_organizationname"
            f" WHERE id IN ({_listed(some)}))"
        )
    ]


def _known(words: Collection[str]) -> set[str]:
    wanted = {keys.number(word): word for word in words}
    return {
        word
        for some in _slices(wanted)
        for (word,) in _fetch(
            "SELECT DISTINCT word FROM signatures_knownword"  # noqa: S608  numbers of ours
            f" WHERE key IN ({_listed(some)})"
        )
        if word in words
    }


def _slices(wanted: Collection[int]) -> Iterable[Sequence[int]]:
    ordered = sorted(wanted)
    return (ordered[at : at + AT_ONCE] for at in range(0, len(ordered), AT_ONCE))


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))


def _fetch(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _insert(
    model: type[models.Model], columns: tuple[str, str], rows: list[tuple[Any, Any]]
) -> None:
    """Insert pairs, a few thousand at once; building model instances would take longer."""
    for at in range(0, len(rows), AT_ONCE):
        some = rows[at : at + AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES "  # noqa: S608
                + ", ".join(["(%s, %s)"] * len(some)),
                [value for row in some for value in row],
            )
