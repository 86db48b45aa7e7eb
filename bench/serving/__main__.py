"""Measure how letters are served and signed.

    python -m bench.serving                 every row, one after another, and a table of them
    python -m bench.serving --row NAME      one row, as a line of JSON

Everything runs on this machine's loopback interface, on throw-away servers. wrk, nginx and chromium
are Debian's packages. Ends with 1 if a row was missed, and with 2 if a program is missing.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from tempfile import TemporaryFile
from types import FrameType
from typing import NoReturn

from bench.serving import failing, first_view, reading, signing
from bench.serving.load import ToolMissing
from bench.serving.rows import Row

ROWS: dict[str, Callable[[], Row]] = {
    function.__name__: function
    for function in (
        reading.edge_vs_file,
        reading.app_vs_file,
        reading.fresh_render,
        signing.sign_post,
        reading.long_list,
        signing.approvals_under_readers,
        failing.app_down,
        failing.postgres_killed,
        failing.memory,
        first_view.first_view,
    )
}


@contextmanager
def quiet() -> Iterator[None]:
    """Let servers log into a file that goes with the run, as they log into one anywhere else.

    If the run fails, the end of it is shown.
    """
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    with TemporaryFile() as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            yield
        except Exception:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 4_000))
            os.write(kept[1], log.read())
            raise
        finally:
            sys.stdout.flush()
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)


def measure(name: str) -> int:
    """Measure one row and print it."""
    try:
        with quiet():
            row = ROWS[name]()
    except ToolMissing as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps({"row": name} | asdict(row)))
    return 0 if row.met else 1


def measure_all() -> int:
    """Measure every row, each in a process of its own, and print a table."""
    worst = 0
    print(f"{'row':<24} {'target':<54} measured")
    for name in ROWS:
        done = subprocess.run(
            [sys.executable, "-m", "bench.serving", "--row", name],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        worst = max(worst, done.returncode)
        if done.returncode > 1 or not done.stdout.strip():
            print(f"{name:<24} not measured")
            worst = worst or 1
            continue
        row = json.loads(done.stdout.strip().splitlines()[-1])
        missed = "" if row["met"] else "  MISSED"
        print(f"{name:<24} {row['target']:<54} {row['measured']}{missed}", flush=True)
    return worst


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.serving",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--row", choices=ROWS, help="measure this one alone")
    options = parser.parse_args()
    return measure(options.row) if options.row else measure_all()


def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, interrupt)  # no server stays behind
    sys.exit(main())
