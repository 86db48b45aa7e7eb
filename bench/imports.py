"""How long an import of many rows takes: comparison (preview) and commit.

    .venv/bin/python bench/imports.py [--rows 10000] [--known 10000] [--target signatures]

Makes a letter, `--known` organisations and a file of `--rows` rows, half of which are known;
imports it as staff do, and prints one line of JSON: seconds for reading the file, for the
comparison and for the commit, and the database. The database is the one of DATABASE_URL (by
default a new SQLite file), and must be empty; everything is taken back at the end.

To reach, on two cores: comparison and commit of 10,000 rows in 20 s each.
"""

import argparse
import csv
import io
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletters.settings")

WORDS = ("Water", "Rights", "Justice", "Women", "Peace", "Land", "Youth", "Law", "Network", "Union")
COUNTRIES = ("Kenya", "Palestine", "France", "Belgium", "Chile", "Egypt", "Ireland", "India")


def main() -> None:
    """Import a file, and print how long it took."""
    parser = argparse.ArgumentParser(description="Time an import.")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--known", type=int, default=10_000)
    parser.add_argument("--target", choices=["signatures", "sign_ons"], default="signatures")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        import django

        django.setup()
        print(json.dumps(run(asked.rows, asked.known, asked.target)))


def run(rows: int, known: int, target: str) -> dict[str, object]:
    """Return the figures of one import."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    from signatures.analysis import analyse
    from signatures.models import Letter, Organization, SignatoryImport, Signature
    from signatures.models.mass_entry import register_many
    from signatures.staging import Sheet

    call_command("migrate", verbosity=0)
    if Organization.objects.exists():
        raise SystemExit("The database must be empty.")
    chosen = random.Random(1)  # noqa: S311
    names = [f"{' '.join(chosen.sample(WORDS, 4))} {number}" for number in range(rows + known)]
    register_many(Organization(official_name=name, country="KE") for name in names[:known])
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

    figures: dict[str, object] = {"database": connection.vendor, "rows": rows, "known": known}

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
        batch.stage(statements, sheet.guess())
        while batch.status != SignatoryImport.Status.READY:
            analyse(batch)
            batch.refresh_from_db(fields=["status", "edition"])
    for verdict in ("related", "possible"):
        batch.decide_all(batch.edition, verdict, "new")
    with timed("commit_s"):
        batch.commit(actor=actor, edition=batch.edition)
    figures["listed"] = Signature.objects.current().count()
    with timed("undo_s"):
        batch.undo(actor=actor)
    if target == "signatures":
        batch.delete()
        letter.delete()
        Organization.objects.all().delete()
        actor.delete()
    return figures


if __name__ == "__main__":
    main()
