"""Look up known weaknesses of all that is locked: `make audit`.

The lookup asks the advisory service of the package registry, or the OSV database. pip-audit passes what a service does
not know, and so whatever a mirror without advisories answers; here each package must have been looked up, or it is said
that it was not. Exit codes: 0 none known, 1 some are known, 2 not all could be looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BUILDS = ("torch-cpu.lock",)  # of what another lock has, which no service knows by their own versions
LOCKS = sorted(path.name for path in HERE.glob("*.lock") if path.name not in BUILDS)
SERVICES = ("pypi", "osv")
SECONDS = 60  # for one lock


def asked(service: str, lock: str) -> dict[str, Any]:
    """Return what pip-audit says of a lock; raise `ConnectionError` if it says nothing."""
    # One lock at a time: what is there for development only may pin another version.
    options = ["--vulnerability-service", service, "--disable-pip", "--no-deps", "--timeout", "10", "--format", "json"]
    command = [sys.executable, "-m", "pip_audit", "-r", str(HERE / lock), *options, "--progress-spinner", "off"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise ConnectionError(f"no answer in {SECONDS} s") from None
    if not done.stdout.strip():
        raise ConnectionError(done.stderr.strip().splitlines()[-1][:120] if done.stderr.strip() else "no answer")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def judged(report: dict[str, Any]) -> tuple[int, list[str]]:
    """Return the exit code and the lines of a report."""
    packages = report["dependencies"]
    unknown = sorted(p["name"] for p in packages if "skip_reason" in p)
    known = [
        f"{p['name']} {p['version']}: {v['id']}, mended in {', '.join(v['fix_versions']) or 'no version yet'}"
        for p in packages
        for v in p.get("vulns", [])
    ]
    if known:
        return 1, known
    if unknown or not packages:
        return 2, [f"{len(unknown)} of {len(packages)} packages could not be looked up: {', '.join(unknown[:5])} ..."]
    return 0, [f"no weakness is known of {len(packages)} packages"]


def looked_up(service: str) -> int:
    """Ask a service about one lock after the other, until there is one that it cannot judge; return the exit code."""
    worst = 0
    for lock in LOCKS:
        try:
            code, lines = judged(asked(service, lock))
        except ConnectionError as error:
            code, lines = 2, [str(error)]
        print("\n".join(f"audit: {service}: {lock}: {line}" for line in lines))
        if code == 2:
            return 1 if worst else 2
        worst = max(worst, code)
    return worst


def main() -> int:
    """Ask one service after the other until one can judge all that is locked."""
    for service in SERVICES:
        code = looked_up(service)
        if code != 2:
            return code
    print("audit: NOT DONE. No advisory service could be reached that knows these packages; run it where one can be.")
    return 2


if __name__ == "__main__":
    sys.exit(main())
