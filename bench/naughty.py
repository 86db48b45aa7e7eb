"""Every naughty string in every field of every form: `python -m bench.naughty`.

Furnishes a throw-away site and sends each form once per string, every field that is typed into
with another string of the list each time, so that each field meets each string. With `--alone`,
each field of any kind meets each string again while the others are filled in well: this gets past
the first mistake, and takes hours; `--forms sign/` limits it to forms whose address has that in it.

Prints each failure, then one line of JSON: forms, fields, strings, requests, answers by status,
failures. To reach: none. In every run, tests/hostile/test_strings.py sends a part of this.
"""

import argparse
import json
import logging
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bench.databases import throwaway
from tests.__main__ import DATABASES

if TYPE_CHECKING:
    from tests.hostile.pages import Form

STEP = 7
"""Neighbouring fields of a form are this far apart in the list."""

Data = dict[str, list[str]]


def fillings(form: "Form", strings: list[str], *, alone: bool) -> Iterator[Data]:
    """Return what is sent of a form, one after the other."""
    from tests.hostile.forms import one_wrong, typed_over

    number = len(strings)
    for start in range(number):
        places = range(start, start + STEP * len(form.fields), STEP)
        yield typed_over(form, iter([strings[place % number] for place in places]))
    for name in form.names() if alone else ():
        yield from (one_wrong(form, name, string) for string in strings)


def measure(only: str, *, alone: bool) -> dict[str, object]:
    """Send everything; return how it was answered."""
    from django.db import transaction
    from django.test import override_settings

    from tests.hostile.forms import every_form, send
    from tests.hostile.test_strings import NAUGHTY, as_expected
    from tests.hostile.world import furnish

    logging.disable(logging.WARNING)
    with override_settings(MFA_REQUIRED=False), transaction.atomic():
        forms = [(one, form) for one, form in every_form(furnish()) if only in form.action]
        answers, failed = Counter[int](), 0
        for sender, form in forms:
            for data in fillings(form, NAUGHTY, alone=alone):
                status = send(sender, form, data).status
                answers[status] += 1
                if not as_expected(form, status):
                    failed += 1
                    sys.stderr.write(f"{status} {form.action} {ascii(data)[:2000]}\n")
        transaction.set_rollback(True)
    return {
        "forms": len(forms),
        "fields": sum(len(form.names()) for _sender, form in forms),
        "strings": len(NAUGHTY),
        "requests": answers.total(),
        "answers": dict(sorted(answers.items())),
        "failures": failed,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", choices=sorted(DATABASES), default="sqlite")
    parser.add_argument("--forms", default="", help="only forms with this in their address")
    parser.add_argument("--alone", action="store_true", help="also one wrong field at a time")
    options = parser.parse_args()
    with throwaway(options.database) as database:
        figures = measure(options.forms, alone=options.alone)
    print(json.dumps({"database": database, **figures}))
    return bool(figures["failures"])


if __name__ == "__main__":
    sys.exit(main())
