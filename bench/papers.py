"""How long a letter on paper takes, with the names of the demo: `python -m bench.papers`.

Prints a table: for each number of names and each language, the seconds of the fastest of some
rounds (the processor's, and on the wall), what is to be reached of the former, and how many times
it fits into that. `--names 198 10000`, `--rounds 3`. Needs no database; one processor works.
"""

import argparse
import json
import os
import sys
import time
from typing import Any

TO_REACH = {198: 0.5, 10_000: 5.0}
"""Seconds for so many names, as a PDF."""

LANGUAGES = ("en", "ar")


def content(names: int) -> tuple[Any, list[Any]]:
    """Return an edition of one of the demo's letters with so many signatories."""
    from datetime import UTC, datetime

    from signatures import canonical, demo

    data = json.loads(demo.FIXTURE.read_text(encoding="utf-8"))
    letter = data["letters"][1]
    fields = ("title", "place", "salutation", "body", "demands_intro", "closing")
    texts = {"en": {field: letter[field] for field in fields}}
    arabic = json.loads(demo.FIXTURE.with_suffix(".ar.json").read_text(encoding="utf-8"))
    for translated in arabic["letters"]:
        if translated["slug"] == letter["slug"]:
            texts["ar"] = {field: translated[field] for field in fields}
    text: Any = {
        "format": canonical.TEXT,
        "letter": letter["slug"],
        "language": "en",
        "dated": letter["date"],
        "texts": texts,
        "addressees": [],
        "demands": [{"texts": {"en": {"text": demand}}} for demand in letter["demands"]],
    }
    known = [organization["name"] for organization in data["organizations"]]
    listed = [
        canonical.entry(
            number=number + 1,
            name=known[number % len(known)] + (f" {number}" if number >= len(known) else ""),
            local_name="",
            country="",
            is_initiator=number < 8,
            signed_on=letter["date"],
            text_version=1,
        )
        for number in range(names)
    ]
    edition = canonical.edition(
        text,
        listed,
        address=f"https://letters.example.org/letters/{letter['slug']}/",
        number=1,
        delivered_at=datetime(2026, 11, 29, tzinfo=UTC),
        delivered_to=[],
        text_version=1,
        withheld=0,
    )
    return edition, listed


def measure(names: int, rounds: int) -> list[tuple[str, str, float, float, int]]:
    """Return kind, language, fastest seconds of the processor and on the wall, and bytes."""
    from signatures.papers import Dress, docx, pdf

    edition, listed = content(names)
    found = []
    for kind, make in (("pdf", pdf), ("docx", docx)):
        for language in LANGUAGES:
            taken, waited, size = [], [], 0
            for number in range(rounds):
                dress = Dress(site=f"Open Letters {number}", campaign="Rivers and wells")
                started, began = sum(os.times()[:4]), time.perf_counter()
                size = len(
                    make(edition, listed, language, dress, f"{edition['address']}editions/1/")
                )
                taken.append(sum(os.times()[:4]) - started)  # a PDF is set by a child
                waited.append(time.perf_counter() - began)
            found.append((kind, language, min(taken), min(waited), size))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, nargs="+", default=[1, 198, 10_000])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openletters.settings")
    import django

    django.setup()
    say = sys.stdout.write
    say("| names | file | language | processor | wall | to reach | ratio | kB |\n")
    say("|---|---|---|---|---|---|---|---|\n")
    for names in asked.names:
        for kind, language, taken, waited, size in measure(names, asked.rounds):
            goal = TO_REACH.get(names) if kind == "pdf" else None
            reach = f"{goal} s | {goal / taken:.1f}x" if goal else " | "
            say(f"| {names:,} | {kind} | {language} | {taken:.2f} s | {waited:.2f} s | {reach} | ")
            say(f"{size / 1000:,.0f} |\n")
    say(f"\nLoad of the machine: {os.getloadavg()[0]:.1f}\n")


if __name__ == "__main__":
    main()
