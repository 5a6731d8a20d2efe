"""What a server acknowledged is there, though it is killed at any moment: on the disk, in its job, in the index."""

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


def uploaded(folder: Path, files: int, *more: str) -> dict[str, Any]:
    """What came of uploading to a server that is killed, see tests/acknowledging.py."""
    command = [sys.executable, ROOT / "tests" / "acknowledging.py", folder, "--files", str(files), *more]
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    quiet = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, stdout=subprocess.PIPE, text=True, check=False)
    said: dict[str, Any] = json.loads(done.stdout)
    print(json.dumps(said))
    return said


@pytest.mark.timeout(36000)
def test_no_acknowledged_upload_is_lost_whenever_the_server_is_killed(tmp_path: Path) -> None:
    said = uploaded(tmp_path, times(80, 20_000), "--seed", str(times(1, 2)))
    assert said["which"] == []
    assert said["kills"] >= 2


@pytest.mark.parametrize("fault", ["late record", "names taken twice"])
def test_an_upload_that_is_lost_by_a_planted_fault_is_found(tmp_path: Path, fault: str) -> None:
    assert uploaded(tmp_path, 100, "--fault", fault)["lost"]
