"""Tests that take long: how often they repeat, many times when ``make soak`` asks for it, and their own programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SOAKING = bool(os.environ.get("SOAK"))


def times(quick: int, soaking: int) -> int:
    """Return ``soaking`` under ``make soak``, else ``quick``."""
    return soaking if SOAKING else quick


def outcome(script: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """Run a program that lies beside the tests over ``folder``, in a process of its own, and return what it says."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    quiet = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, ROOT / "tests" / script, folder, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=quiet, stdout=subprocess.PIPE, text=True, check=False)
    assert done.stdout, f"{script} said nothing; see what it wrote beside"
    said: dict[str, Any] = json.loads(done.stdout)
    print(json.dumps(said))
    return said
