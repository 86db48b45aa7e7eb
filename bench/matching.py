"""How well, and how fast, organisations are recognised by their names.

    python -m bench.matching --pairs FILE.tsv
    python -m bench.matching --search FILE.tsv --names 100000 [--database sqlite|postgres]

FILE.tsv (or .tsv.gz) has the columns name_a, name_b, label, country_a, country_b; label is same,
related or different. With a column kind, the figures come for each kind, too. Each call prints
one line of JSON.

--pairs judges every pair. --search loads the names of the file, filled up with invented ones
made of their words, and looks for the organisation of name_b by name_a, for every pair that is
the same. Where several such pairs share a name, all their names belong to one organisation; a
name that is looked for is not itself loaded, and a pair that would need it loaded is left out.
"""

import argparse
import csv
import gzip
import io
import json
import os
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

Pair = dict[str, str]

COLUMNS = ("name_a", "name_b", "label", "kind", "country_a", "country_b")


def read(path: Path) -> list[Pair]:
    """Read the pairs of a file."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as raw:
        file = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{key: (row.get(key) or "").strip() for key in COLUMNS} for row in rows]


def share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


# Pairs


def judge(pairs: list[Pair]) -> dict[str, Any]:
    """Judge every pair; return precision, recall and F1 of "same", and what a person is shown."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletters.settings")
    os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
    import django

    django.setup()
    from signatures.matching.parsing import parse
    from signatures.matching.verdicts import verdict

    started = time.perf_counter()
    said = [
        str(verdict(parse(p["name_a"]), parse(p["name_b"]), p["country_a"], p["country_b"]).label)
        for p in pairs
    ]
    seconds = time.perf_counter() - started
    # The very same name twice, and the file says that they are two: no name can tell.
    alike = [
        p["label"] != "same"
        and parse(p["name_a"]).whole == parse(p["name_b"]).whole
        and p["country_a"] == p["country_b"]
        for p in pairs
    ]
    kinds: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for pair, label in zip(pairs, said, strict=True):
        kinds[pair["kind"]][pair["label"], label] += 1
    told_apart = [one for one in zip(pairs, said, alike, strict=True) if not one[2]]
    return {
        **figures(Counter((pair["label"], label) for pair, label in zip(pairs, said, strict=True))),
        "identical_but_not_same": sum(alike),
        "precision_without_identical": figures(
            Counter((pair["label"], label) for pair, label, _ in told_apart)
        )["precision"],
        "pairs": len(pairs),
        "pairs_per_s": round(len(pairs) / seconds),
        "kinds": {
            kind: {f"{label} called {verdict}": n for (label, verdict), n in sorted(found.items())}
            for kind, found in sorted(kinds.items())
            if kind
        },
    }


def figures(found: Counter[tuple[str, str]]) -> dict[str, float | None]:
    """Return the figures of (label, verdict) counts."""
    right = found["same", "same"]
    called = sum(n for (_label, said), n in found.items() if said == "same")
    same = sum(n for (label, _said), n in found.items() if label == "same")
    near = sum(n for (label, _said), n in found.items() if label != "different")
    shown = sum(n for (label, said), n in found.items() if "different" not in (label, said))
    return {
        "precision": share(right, called),
        "recall": share(right, same),
        "f1": share(2 * right, called + same),
        "shown": share(shown, near),
    }


# Search


def organizations(pairs: list[Pair]) -> dict[tuple[str, str], int]:
    """Return a number for the organisation of each (name, country) that the file knows."""
    leader: dict[tuple[str, str], tuple[str, str]] = {}

    def find(one: tuple[str, str]) -> tuple[str, str]:
        while leader.setdefault(one, one) != one:
            one = leader[one]
        return one

    for pair in pairs:
        a, b = (pair["name_a"], pair["country_a"]), (pair["name_b"], pair["country_b"])
        find(a), find(b)
        if pair["label"] == "same":
            leader[find(a)] = find(b)
    numbers: dict[tuple[str, str], int] = {}
    return {one: numbers.setdefault(find(one), len(numbers)) for one in leader}


def invented(names: list[tuple[str, str]], seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield names made of the file's: one with a telling word or two in the place of its own."""
    from signatures.matching.words import core, words

    chance = random.Random(seed)  # noqa: S311
    telling = [
        word
        for name, _country in names
        for word in name.split()
        if len(word) > 3 and word.isalpha() and core(words(word)) == words(word)
    ]
    known = set(telling)
    while True:
        name, country = chance.choice(names)
        parts = name.split()
        places = [at for at, part in enumerate(parts) if part in known]
        for at in chance.sample(places, min(len(places), chance.randint(1, 2))):
            parts[at] = chance.choice(telling)
        yield " ".join(parts)[:200], country


def load(known: dict[tuple[str, str], int], filling: Iterable[tuple[str, str]]) -> dict[int, int]:
    """Store organisations with their names; return the key of each of the file's by its number."""
    from django.db import transaction

    from signatures import names
    from signatures.models import Organization, OrganizationName

    first: dict[tuple[str, str], list[int]] = {}
    spelled: dict[tuple[str, str], str] = {}
    placed: dict[int, tuple[str, str]] = {}
    aliases: list[tuple[int, str]] = []
    for (name, country), number in known.items():
        place = (names.comparison_key(name), country)
        if number in placed:
            aliases.append((number, name))
            continue
        placed[number] = place
        # Two organisations of one name in one country are one here: nobody could tell them apart.
        first.setdefault(place, []).append(number)
        spelled.setdefault(place, name)
    for name, country in filling:
        spelled.setdefault((names.comparison_key(name), country), name)
    keys: dict[int, int] = {}
    entries = iter(spelled.items())
    while some := list(islice(entries, 5_000)):
        with transaction.atomic():
            made = Organization.objects.bulk_create(
                Organization(official_name=name, country=country) for (_key, country), name in some
            )
            OrganizationName.objects.bulk_create(
                OrganizationName(organization=one, name=one.official_name, kind="official")
                for one in made
            )
        for one, (place, _name) in zip(made, some, strict=True):
            keys.update(dict.fromkeys(first.get(place, ()), one.pk))
    for number, name in aliases:
        Organization.objects.get(pk=keys[number]).remember(name, "alias")
    return keys


def search(pairs: list[Pair], size: int, database: str) -> dict[str, Any]:
    """Look for the organisation of name_b by name_a; return how often and how fast it is found."""
    from bench.databases import settle, throwaway

    with throwaway(database) as version:
        from signatures.candidates import Stated, find

        numbers = organizations(pairs)
        asked, sought = askable(pairs)
        known = {one: number for one, number in numbers.items() if one not in sought}
        started = time.perf_counter()
        filling = islice(invented(list(known)), max(0, size - len(known)))
        keys = load(known, filling)
        settle()
        loaded = time.perf_counter() - started
        random.Random(2).shuffle(asked)  # noqa: S311
        for pair in asked[:20]:  # warm up
            find([Stated(pair["name_a"], country=pair["country_a"])])
        took: list[float] = []
        ranks: dict[str, list[int]] = defaultdict(list)
        for pair in asked:
            target = keys[numbers[pair["name_b"], pair["country_b"]]]
            started = time.perf_counter()
            [found] = find([Stated(pair["name_a"], country=pair["country_a"])])
            took.append((time.perf_counter() - started) * 1000)
            order = [candidate.organization.pk for candidate in found]
            ranks[pair["kind"]].append(order.index(target) + 1 if target in order else 0)
        everything = [rank for some in ranks.values() for rank in some]
        return {
            "names": max(size, len(known)),
            **recalls(everything),
            "mean_ms": round(statistics.mean(took), 2) if took else None,
            "p95_ms": round(sorted(took)[int(0.95 * len(took))], 2) if took else None,
            "searches": len(took),
            "left_out": sum(pair["label"] == "same" for pair in pairs) - len(took),
            "load_s": round(loaded, 1),
            "database": version,
            "kinds": {kind: recalls(some) for kind, some in sorted(ranks.items()) if kind},
        }


def askable(pairs: list[Pair]) -> tuple[list[Pair], set[tuple[str, str]]]:
    """Return the pairs to search with, and the names that are therefore not loaded.

    One that would load a name that another looks for is left out: it would be found at once.
    """
    asked: list[Pair] = []
    sought: set[tuple[str, str]] = set()
    loaded: set[tuple[str, str]] = set()
    for pair in pairs:
        a, b = (pair["name_a"], pair["country_a"]), (pair["name_b"], pair["country_b"])
        if pair["label"] == "same" and a != b and a not in loaded and b not in sought:
            asked.append(pair)
            sought.add(a)
            loaded.add(b)
    return asked, sought


def recalls(ranks: list[int]) -> dict[str, float | None]:
    """Return the shares found first, and among the first five; 0 stands for not found."""
    return {
        "recall@1": share(sum(rank == 1 for rank in ranks), len(ranks)),
        "recall@5": share(sum(0 < rank <= 5 for rank in ranks), len(ranks)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--pairs", type=Path)
    what.add_argument("--search", type=Path)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    options = parser.parse_args()
    found = (
        judge(read(options.pairs))
        if options.pairs
        else search(read(options.search), options.names, options.database)
    )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
