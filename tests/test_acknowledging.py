"""What a server acknowledged is there, though it is killed at any moment: on the disk, in its job, in the index."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from soaking import outcome, times

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def uploaded(folder: Path, files: int, *more: str) -> dict[str, Any]:
    """What came of uploading to a server that is killed, see tests/acknowledging.py."""
    return outcome("acknowledging.py", folder, "--files", str(files), *more)


@pytest.mark.timeout(36000)
def test_no_acknowledged_upload_is_lost_whenever_the_server_is_killed(tmp_path: Path) -> None:
    said = uploaded(tmp_path, times(80, 20_000), "--seed", str(times(1, 2)))
    assert said["which"] == []
    assert said["uploads"] >= 4


@pytest.mark.parametrize("fault", ["late record", "names taken twice"])
def test_an_upload_that_is_lost_by_a_planted_fault_is_found(tmp_path: Path, fault: str) -> None:
    assert uploaded(tmp_path, 100, "--fault", fault)["lost"]
