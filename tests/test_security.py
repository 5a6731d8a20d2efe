"""SECURITY.md and docs/asvs.md name a test for each threat and each item, and each of them is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows(page: str, head: str) -> list[list[str]]:
    """The rows of the tables of a page, without their heads."""
    lines = (ROOT / page).read_text("utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("| \n").split(" | ")]
        for line in lines
        if line.startswith("| ") and not line.startswith(f"| {head}")
    ]


THREATS, ITEMS = rows("SECURITY.md", "threat"), rows("docs/asvs.md", "item")


@cache
def defined(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def absent(cell: str) -> list[str]:
    """The tests that a cell names and that are not there; the cell itself if it names none."""
    named = NAMED.findall(cell)
    return [name for file, name in named if name not in defined(file)] if named else [cell]


@pytest.mark.parametrize("row", THREATS, ids=[row[0] for row in THREATS])
def test_each_threat_has_what_stands_against_it_and_a_test_that_is_there(row: list[str]) -> None:
    assert len(row) == 3
    assert absent(row[2]) == []


def test_each_item_of_the_asvs_has_a_test_that_is_there_or_a_reason_or_says_that_it_is_not_met() -> None:
    for row in ITEMS:
        assert len(row) == 4, row
        assert row[3] in ("by reason", "**not met**") or absent(row[3]) == [], row
        assert re.fullmatch(r"\d+\.\d+\.\d+([,-] ?\d+\.\d+\.\d+)*", row[0]), row
        assert row[2] not in ("", "so it is") or row[3] != "by reason", row
    assert len({row[0] for row in ITEMS}) == len(ITEMS)


def test_how_many_items_have_a_test_is_said_as_it_is() -> None:
    said = re.search(r"(\d+) items have a test, (\d+) a reason, (\d+) are not met", (ROOT / "docs/asvs.md").read_text())
    assert said
    cells = [row[3] for row in ITEMS]
    unmet, by_reason = cells.count("**not met**"), cells.count("by reason")
    assert tuple(map(int, said.groups())) == (len(cells) - unmet - by_reason, by_reason, unmet)


def test_there_are_threats_and_items() -> None:
    assert len(THREATS) > 20
    assert len(ITEMS) > 80


def test_a_test_that_is_not_there_is_found() -> None:
    assert absent("`tests/test_security.py::test_nothing`") == ["test_nothing"]
    assert absent("trust us") == ["trust us"]
