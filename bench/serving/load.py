"""Load from wrk, which needs less of the machine that it shares with what it measures than any
client in Python would.
"""

import json
import os
import resource
import shutil
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

SCRIPTS = Path(__file__).parent
CORES = os.cpu_count() or 1


class ToolMissing(Exception):
    """A program that is measured with, or against, is not installed; says which package has it."""


def need(program: str, package: str) -> str:
    """Return where a program is. Raises ToolMissing."""
    path = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if path is None:
        raise ToolMissing(f"{program} is needed: install Debian's package {package}.")
    return path


@dataclass(frozen=True)
class Burst:
    """What a number of requests came to.

    `rate` is answers a second, `p50`, `p95` and `longest` are milliseconds, `failed` counts
    answers of 400 and more and broken connections, `client_share` is how much of the whole
    machine the client took.
    """

    requests: int
    failed: int
    rate: float
    p50: float
    p95: float
    longest: float
    client_share: float


def wrk(
    url: str,
    *,
    clients: int = 32,
    seconds: float = 5,
    script: str = "",
    encoding: str = "br",
    headers: dict[str, str] | None = None,
    arguments: tuple[str, ...] = (),
) -> Burst:
    """Send requests over `clients` kept connections; `script` is a file of this folder."""
    program = need("wrk", "wrk")
    text = (SCRIPTS / "report.lua").read_text()
    if script:
        text = f"{(SCRIPTS / script).read_text()}\n{text}"
    told = {"Accept-Encoding": encoding} | (headers or {})
    with NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(text)
        file.flush()
        started, before = time.monotonic(), cpu_of_children()
        done = subprocess.run(
            [
                *(program, "-t1", f"-c{clients}", f"-d{seconds:g}s", "--timeout=10s"),
                *(f"-s{file.name}", *(f"-H{name}: {value}" for name, value in told.items())),
                *(url, "--", *arguments),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        # Servers are waited for at their end only, so that this is wrk alone.
        share = (cpu_of_children() - before) / (time.monotonic() - started) / CORES
    told_by_it: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return Burst(**told_by_it, client_share=round(share, 2))


def cpu_of_children() -> float:
    """Return the seconds of processor time of children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def resident(pid: int) -> float:
    """Return how many MB of memory a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_of(pids: list[int]) -> float:
    """Return the seconds of processor time that running processes have taken."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")
