"""Ask whether a locked dependency has a known vulnerability: `python -m tests.dependencies`.

Exit status 0: none has. 1: one has, or an exception in exceptions.toml is out of date. Where the
advisory service cannot be asked, as on a machine without the Internet, nothing is known: that is
said, in capitals, with status 0, or 2 with `--strict`, which a release wants.
"""

import argparse
import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

LOCK = "requirements.lock"
EXCEPTIONS = Path(__file__).with_name("exceptions.toml")
LONGEST = timedelta(days=92)
UNKNOWN = "NOT AUDITED"

Report = dict[str, Any]


@dataclass(frozen=True)
class Exemption:
    """A vulnerability that we live with until a day, for a reason."""

    id: str
    package: str
    until: date
    why: str


def exemptions(text: str, today: date) -> list[Exemption]:
    """Return what a file says. Raises ValueError for one without reason or end."""
    found = [Exemption(**entry) for entry in tomllib.loads(text).get("exception", [])]
    for one in found:
        if len(one.why) < 20:
            raise ValueError(f"{one.id}: say why, in a sentence")
        if one.until > today + LONGEST:
            raise ValueError(f"{one.id}: {one.until} is more than three months away")
        if one.until < today:
            raise ValueError(f"{one.id}: was to be gone by {one.until}")
    return found


def asked(lock: str = LOCK) -> Report | None:
    """Return what pip-audit reports about a lock file; None if nobody could be asked."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes"),
            *("--disable-pip", "--progress-spinner=off", "--format=json", "--timeout=10"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        report: Report = json.loads(done.stdout)
    except ValueError:
        if "ConnectionError" in done.stderr or "Could not connect" in done.stderr:
            return None
        raise RuntimeError(done.stderr.strip()) from None
    # A mirror of packages knows none of their pages, and so nothing about any of them.
    return report if any("vulns" in one for one in report["dependencies"]) else None


def problems(report: Report, exempt: list[Exemption]) -> list[str]:
    """Return what is to be said about a report, a line for each thing that must be mended."""
    told, used = [], set()
    for one in report["dependencies"]:
        if "vulns" not in one:
            told.append(f"{one['name']}: {one.get('skip_reason', 'could not be audited')}")
        for flaw in one.get("vulns", []):
            names = {flaw["id"], *flaw.get("aliases", [])}
            matching = {e for e in exempt if e.package == one["name"] and e.id in names}
            used |= matching
            if not matching:
                better = ", ".join(flaw["fix_versions"]) or "no version yet"
                told.append(f"{one['name']} {one['version']}: {flaw['id']}, mended in {better}")
    told += [f"{one.id}: not needed any more, take it away" for one in exempt if one not in used]
    return told


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.dependencies",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--strict", action="store_true", help="fail where nobody can be asked")
    options = parser.parse_args()
    try:
        exempt = exemptions(EXCEPTIONS.read_text(encoding="utf-8"), date.today())  # noqa: DTZ011
    except (TypeError, ValueError) as error:
        print(f"{EXCEPTIONS.name}: {error}")
        return 1
    report = asked()
    if report is None:
        print(f"{UNKNOWN}: the advisory service cannot be reached from here. Nothing is known.")
        return 2 if options.strict else 0
    told = problems(report, exempt)
    print("\n".join(told) or f"{len(report['dependencies'])} dependencies, no known vulnerability.")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
