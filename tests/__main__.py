"""Run every test on SQLite and on PostgreSQL at the same time: `python -m tests`.

Arguments that are not ours go to both runs of pytest: `python -m tests -k withdraw -x`. With
`--only sqlite` or `--only postgres` there is one run. How a PostgreSQL is found is told in
tests/postgres.py. For a debugger call pytest itself: it uses the DATABASE_URL of the environment.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryDirectory
from types import FrameType
from typing import NoReturn

from tests.postgres import PostgresUnavailable, running_postgres

COLOURS = re.compile(r"\x1b\[[\d;]*m")
PATIENCE = 15  # seconds, for an interrupted pytest to clean up


@contextmanager
def sqlite_file() -> Iterator[str]:
    """Yield the URL of a file: unlike memory, the browser tests' server thread can open it too."""
    with TemporaryDirectory(prefix="openletters-sqlite-") as folder:
        yield f"sqlite:///{folder}/openletters.sqlite3"


DATABASES = {"sqlite": sqlite_file, "postgres": running_postgres}


class Run:
    """One pytest on one database, started at once."""

    def __init__(self, database: str, url: str, arguments: list[str]) -> None:
        self.database = database
        self.prefix = f"{database:<8} | "
        self.summary = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments],
            env={
                **os.environ,
                "DATABASE_URL": url,
                "PYTHONUNBUFFERED": "1",
                "COLUMNS": str(shutil.get_terminal_size().columns - len(self.prefix)),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # Ctrl-C is for us; stop() passes it on, once
        )

    def relay(self) -> int:
        """Print what pytest prints until it ends; return its exit status."""
        assert self.process.stdout
        for line in self.process.stdout:
            print(f"{self.prefix}{line}", end="", flush=True)
            self.summary = COLOURS.sub("", line).strip("= \n") or self.summary
        return self.process.wait()

    def stop(self) -> None:
        """End the run, if it has not ended, and with it its browser."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)


def run(databases: list[str], arguments: list[str]) -> int:
    """Run pytest on each database at once; return the worst exit status."""
    runs: list[Run] = []
    with ExitStack() as stack:
        urls = {name: stack.enter_context(DATABASES[name]()) for name in databases}
        relays = stack.enter_context(ThreadPoolExecutor())
        for name, url in urls.items():
            runs.append(Run(name, url, arguments))
            stack.callback(runs[-1].stop)
        statuses = list(relays.map(Run.relay, runs))
    for each, status in zip(runs, statuses, strict=True):
        print(f"{each.database}: {'FAILED' if status else 'passed'} ({each.summary})")
    return max(statuses)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--only", choices=DATABASES, help="run on this database alone")
    options, arguments = parser.parse_known_args()
    if sys.stdout.isatty():
        arguments.insert(0, "--color=yes")
    try:
        return run([options.only] if options.only else list(DATABASES), arguments)
    except PostgresUnavailable as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130


def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    # Asked to end, clean up as after Ctrl-C: no server, database or folder stays behind.
    signal.signal(signal.SIGTERM, interrupt)
    sys.exit(main())
