"""What Pincite is made of is written down whole; a lookup of weaknesses that was not made is never taken for one."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
from importlib.metadata import distributions
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
ASIDE = ("dev", "torch-cpu", "scale-test", "scale-cluster", "writer-test")  # for its development and tests only
LOCKS = ("run", "english", "torch", "mcp", "scale", "ray", *ASIDE)


def program(name: str) -> ModuleType:
    """A program that lies beside the locks."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "requirements" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sbom, audit = program("sbom"), program("audit")


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    text = JsonV1Dot6(sbom.bill()).output_as_string()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    said: dict[str, Any] = json.loads(text)
    return said


def unlisted(bill: dict[str, Any]) -> list[str]:
    """What is installed or locked for the program and is not in the bill as it is there."""
    listed = {(c["name"], c["version"]): c["scope"] for c in bill["components"]}
    pinned = {lock: {(name, version) for name, version, _ in sbom.locked(f"{lock}.lock")} for lock in LOCKS}
    site = sysconfig.get_path("purelib")  # ray, once it is loaded, puts what it carries on the path as well
    there = {(str(canonicalize_name(d.metadata["Name"])), d.version) for d in distributions(path=[site])}
    there = {one for one in there if one[0] not in ("pip", "setuptools", "pincite")}
    wrong = [f"{one} is locked" for one in pinned["run"] | pinned["torch"] if listed.get(one) != "required"]
    wrong += [
        f"{one} is installed, and in no lock" for one in there if not any(one in pins for pins in pinned.values())
    ]
    aside = set().union(*(pinned[lock] for lock in ASIDE))
    return wrong + [f"{one} is installed" for one in there - aside if one not in listed]


def test_the_bill_of_materials_lists_all_that_is_locked_and_installed(bill: dict[str, Any]) -> None:
    assert unlisted(bill) == []
    listed = {c["name"]: c for c in bill["components"]}
    assert listed["pdfjs-dist"]["purl"].startswith("pkg:npm/")
    assert {h["content"] for h in listed["lxml"]["hashes"]} == set(
        next(hashes for name, _, hashes in sbom.locked("run.lock") if name == "lxml")
    )
    assert "AGPL" not in json.dumps([c.get("licenses") for c in bill["components"]])
    needs = {d["ref"]: d.get("dependsOn", []) for d in bill["dependencies"]}
    assert any(ref.startswith("fastapi@") for ref in needs["pincite"])


@pytest.mark.parametrize("name", ["lxml", "torch"])
def test_a_component_that_is_left_out_or_has_another_version_is_found(bill: dict[str, Any], name: str) -> None:
    others = [c for c in bill["components"] if c["name"] != name]
    assert any(f"('{name}'" in line for line in unlisted({"components": others}))
    [one] = [c for c in bill["components"] if c["name"] == name]
    assert unlisted({"components": [*others, {**one, "version": "0"}]})


FINE = {"name": "a", "version": "1", "vulns": []}
WEAK = {"name": "b", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code"), [([FINE], 0), ([FINE, WEAK], 1), ([WEAK, SKIPPED], 1), ([FINE, SKIPPED], 2), ([], 2)]
)
def test_only_a_lookup_of_every_package_counts_as_one(packages: list[dict[str, Any]], code: int) -> None:
    assert audit.judged({"dependencies": packages})[0] == code


def test_where_no_service_can_be_reached_it_says_that_nothing_was_looked_up() -> None:
    nowhere = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "", "no_proxy": ""}
    command = [sys.executable, ROOT / "requirements" / "audit.py"]
    done = subprocess.run(command, env=nowhere, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stdout
    assert "NOT DONE" in done.stdout
