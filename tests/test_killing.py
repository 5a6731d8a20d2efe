"""Killed at any moment of writing or of recovering, an index opens and answers as before the step or as after it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from soaking import times

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def killed(folder: Path, kills: int, *more: str) -> dict[str, Any]:
    """What came of killing a writer of an index in ``folder``, see tests/killing.py."""
    command = [sys.executable, ROOT / "tests" / "killing.py", folder, "--kills", str(kills), *more]
    quiet = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


@pytest.mark.timeout(7200)
def test_killed_at_any_moment_an_index_answers_as_before_or_as_after(tmp_path: Path) -> None:
    said = killed(tmp_path, times(20, 5_000), "--seed", str(times(1, 3)))
    print(json.dumps(said))
    assert said["failures"] == []
    assert said["hit"]["recovery"]


@pytest.mark.parametrize("fault", ["two transactions", "stale vectors"])
def test_kills_find_a_fault_that_is_planted(tmp_path: Path, fault: str) -> None:
    assert killed(tmp_path, 30, "--fault", fault)["failures"]
