"""The description of the interface: valid, complete, and good enough to make a client from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from api.app import create_app


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return create_app(tmp_path_factory.mktemp("none") / "index").openapi()


def operations(described: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{m} {path}", op) for path, methods in described["paths"].items() for m, op in methods.items()]


def test_the_description_is_valid(described: dict[str, Any]) -> None:
    validate(described)


def test_the_wire_of_version_1_is_all_there(described: dict[str, Any]) -> None:
    assert {name for name, _ in operations(described)} == {
        "get /v1/search",
        "post /v1/ask",
        "get /v1/writer",
        "post /v1/chat/completions",
        "get /v1/models",
        "get /v1/documents",
        "post /v1/documents",
        "get /v1/documents/{id}",
        "delete /v1/documents/{id}",
        "get /v1/documents/{id}/paragraphs",
        "get /v1/documents/{id}/paragraphs/{name}",
        "get /v1/documents/{id}/original",
        "get /v1/documents/{id}/references",
        "get /v1/resolve",
        "get /v1/timeline",
        "post /v1/verify",
        "get /v1/jobs/{id}",
        "post /v1/documents/sample",
        "get /v1/documents/{id}/outline",
        "get /v1/documents/{id}/find",
        "get /v1/cite",
        "post /v1/export",
        "get /v1/refusals",
        "get /health",
        "get /ready",
        "get /metrics",
    }


def test_every_operation_has_a_name_a_summary_and_typed_answers(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(described)]
    assert len(set(names)) == len(names)
    for name, operation in operations(described):
        assert operation["summary"], name
        assert operation["description"], name
        for status, response in operation["responses"].items():
            assert response["description"], (name, status)
            for kind, content in response["content"].items():
                assert content["schema"], (name, status)
                assert (kind == "application/problem+json") == (int(status) >= 400), (name, status)


def test_every_operation_says_how_it_refuses(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        assert {"421", "422"} <= set(operation["responses"]), name
        if name.startswith(("post", "delete")):
            assert {"403", "413"} <= set(operation["responses"]), name


def test_a_client_can_be_generated(described: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(described))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json", "--meta", "none"]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # it formats with our ruff
    made = subprocess.run(
        [*command, "--output-path", "client", "--fail-on-warning"],
        cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PATH": path},
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    assert {f.stem for f in (tmp_path / "client" / "api").rglob("*.py")} >= {"search", "ask", "add_documents"}
    imported = [sys.executable, "-c", "from client import Client; from client.api.search import ask, search"]
    assert subprocess.run(imported, cwd=tmp_path).returncode == 0
