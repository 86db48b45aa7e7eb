"""How long an import of many rows takes: `python -m bench.imports --database postgres`.

Makes a letter, `--known` organisations and a file of `--rows` rows, half of which are known, and
imports it as staff do into a throw-away database. Prints one line of JSON: seconds for reading
the file, for the comparison (the preview), for the commit and for taking it back.

To reach, on two cores: comparison and commit of 10,000 rows in 20 s each.
"""

import argparse
import csv
import io
import json
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.databases import throwaway
from tests.__main__ import DATABASES

SYLLABLES = ("ka", "mo", "ri", "tan", "wel", "su", "bar", "ni", "dal", "fe", "go", "lim", "po")
WORDS = (
    *("Water", "Rights", "Justice", "Women", "Peace", "Land", "Youth", "Law", "Health", "Media"),
    *("Rural", "Legal", "Social", "Cultural", "National", "Climate", "Refugee", "Education"),
)
KINDS = ("Association", "Centre", "Network", "Union", "Society", "Foundation", "Forum", "Committee")
COUNTRIES = ("Kenya", "Palestine", "France", "Belgium", "Chile", "Egypt", "Ireland", "India")


def main() -> None:
    """Import a file, and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=sorted(DATABASES), default="postgres")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--known", type=int, default=10_000)
    parser.add_argument("--target", choices=["signatures", "sign_ons"], default="signatures")
    asked = parser.parse_args()
    with throwaway(asked.database) as version:
        figures = run(asked.rows, asked.known, asked.target)
    print(json.dumps({"database": version} | figures))


def invented_names(number: int) -> list[str]:
    """Return this many names as organisations have them, none of them twice, always the same."""
    dice = random.Random(1)  # noqa: S311
    names: dict[str, None] = {}
    while len(names) < number:
        place = "".join(dice.choices(SYLLABLES, k=3)).title()
        names[f"{place} {' '.join(dice.sample(WORDS, 2))} {dice.choice(KINDS)}"] = None
    return list(names)


def run(rows: int, known: int, target: str) -> dict[str, object]:
    """Return the figures of one import."""
    from django.contrib.auth.models import User

    from signatures.analysis import analyse
    from signatures.models import Letter, Organization, SignatoryImport, Signature
    from signatures.staging import Sheet

    names = invented_names(rows // 2 + known)
    chosen = random.Random(1)  # noqa: S311
    Organization.objects.register_many(
        [Organization(official_name=name, country="KE") for name in names[:known]]
    )
    actor = User.objects.create_user("bench")
    letter = Letter.objects.create(slug="bench", title="Bench", body="Bench")
    stated = names[known - rows // 2 : known - rows // 2 + rows]
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["organisation", "country", "website", "contact name", "email", "date"])
    for number, name in enumerate(stated):
        country = "Kenya" if number < rows // 2 else chosen.choice(COUNTRIES)
        site = f"site{number}.example"
        writer.writerow([name, country, site, "Alice A.", f"alice@{site}", "2024-05-03"])
    content = table.getvalue().encode()

    figures: dict[str, object] = {"rows": rows, "known": known}

    @contextmanager
    def timed(what: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        figures[what] = round(time.perf_counter() - begun, 2)

    with timed("read_s"):
        sheet = Sheet.read(content)
        statements = sheet.statements(sheet.guess())
    batch = SignatoryImport.objects.create(
        target=target, file_name="bench.csv", content=content, actor=actor
    )
    batch.letters.set([letter])
    with timed("preview_s"):
        batch.stage(batch.edition, statements, sheet.guess())
        while batch.status != SignatoryImport.Status.READY:
            analyse(batch)
            batch.refresh_from_db(fields=["status", "edition"])
    for verdict in ("related", "possible"):
        for decision in ("known", "new"):  # what is taken cannot be new
            batch.decide_all(batch.edition, verdict, decision)
    with timed("commit_s"):
        batch.commit(actor=actor, edition=batch.edition)
    figures["listed"] = Signature.objects.current().count()
    with timed("undo_s"):
        batch.undo(actor=actor)
    return figures


if __name__ == "__main__":
    main()
