"""SECURITY.md names a test for each threat, and each of them is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = [
    [cell.strip() for cell in line.strip("| \n").split(" | ")]
    for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| threat")
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_each_threat_has_what_stands_against_it_and_a_test_that_is_there(row: list[str]) -> None:
    assert len(row) == 3
    named = re.fullmatch(r"`(tests/[\w/]+\.py)::(test_\w+)`", row[2])
    assert named, row[2]
    tree = ast.parse((ROOT / named[1]).read_text("utf-8"))
    assert named[2] in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_there_are_threats() -> None:
    assert len(ROWS) > 20
