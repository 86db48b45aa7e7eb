"""Run every test on SQLite and on PostgreSQL at the same time: `python -m tests`.

Arguments that are not ours go to every run of pytest: `python -m tests -k withdraw -x`. With
`--only sqlite` or `--only postgres` there is one run. How a PostgreSQL is found is told in
tests/postgres.py. For a debugger call pytest itself: it uses the DATABASE_URL of the environment.

What mostly waits for an edge has a run of its own beside the others. Faults come after them all,
since how long they may last is promised of a machine that does nothing else. Neither holds where
somebody names what to run.
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
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from types import FrameType
from typing import NamedTuple, NoReturn

from tests.postgres import PostgresUnavailable, running_postgres

COLOURS = re.compile(r"\x1b\[[\d;]*m")
PATIENCE = 15  # seconds, for an interrupted pytest to clean up


@contextmanager
def sqlite_file() -> Iterator[str]:
    """Yield the URL of a file: unlike memory, the browser tests' server thread can open it too."""
    with TemporaryDirectory(prefix="openletters-sqlite-") as folder:
        yield f"sqlite:///{folder}/openletters.sqlite3"


DATABASES = {"sqlite": sqlite_file, "postgres": running_postgres}

NO_TESTS = 5
"""What pytest ends with when nothing was chosen."""


class Job(NamedTuple):
    """What one pytest is to do."""

    name: str
    database: str
    arguments: list[str]


EDGE = ["tests/edge/test_edge.py", "tests/edge/test_refusals.py"]
FAULTS = ["tests/faults"]


def jobs(only: str | None, arguments: list[str]) -> list[list[Job]]:
    """Return what to run one after the other, each of them jobs that run at the same time."""
    if only:
        return [[Job(only, only, arguments)]]
    if any(Path(part.partition("::")[0]).exists() for part in arguments):
        return [[Job(name, name, arguments) for name in DATABASES]]
    without = [f"--ignore={path}" for path in EDGE + FAULTS]
    beside = [Job(name, name, [*arguments, *without]) for name in DATABASES]
    faults = [[Job("faults", name, [*arguments, *FAULTS])] for name in DATABASES]
    return [[*beside, Job("edge", "sqlite", [*arguments, *EDGE])], *faults]


class Run:
    """One pytest on one database, started at once."""

    def __init__(self, name: str, url: str, arguments: list[str]) -> None:
        self.name = name
        self.prefix = f"{name:<8} | "
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


def run(rounds: list[list[Job]]) -> int:
    """Run them round by round, and say how each job ended; return the worst exit status."""
    started: list[Run] = []
    ended: list[tuple[Run, int]] = []
    stopping = Event()

    def stop() -> None:
        stopping.set()
        for one in started:
            one.stop()

    def work(ready: tuple[Job, str]) -> None:
        job, url = ready
        if not stopping.is_set():
            started.append(one := Run(job.name, url, job.arguments))
            ended.append((one, one.relay()))

    with ExitStack() as stack:
        ready = [
            [(job, stack.enter_context(DATABASES[job.database]())) for job in together]
            for together in rounds
        ]
        pool = stack.enter_context(ThreadPoolExecutor())
        stack.callback(stop)
        for together in ready:
            list(pool.map(work, together))
    for one, status in ended:
        told = {0: "passed", NO_TESTS: "had nothing to do"}.get(status, "FAILED")
        print(f"{one.name}: {told} ({one.summary})")
    statuses = [status for _one, status in ended]
    chosen = [status for status in statuses if status != NO_TESTS]
    return max(chosen or statuses)


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
        return run(jobs(options.only, arguments))
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
