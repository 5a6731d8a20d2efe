"""Asked what its description allows, and much that it forbids, the server never fails and answers as described."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from requests.exceptions import ChunkedEncodingError
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks
from serving import served, wait_until_ready
from soaking import SOAKING, times

from api.app import create_app

# Requests an operation, allowed ones and forbidden ones: some hundreds in all, and 50,000.
EACH = times(6, int(os.environ.get("EACH", "1350")))
SEED = times(1, int(os.environ.get("SEED", time.time())))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
]
# That an empty question or the 31st of February is refused cannot be said in a schema, so valid data may be refused.
load_all_checks()


@pytest.fixture(scope="module")
def address(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over an index of its own, with the real model: requests add and delete."""
    folder = tmp_path_factory.mktemp("fuzzed") / "index"
    shutil.copytree(sample_index, folder)
    with served(create_app(folder, max_upload=1 << 20)) as at:
        wait_until_ready(at)
        yield at


def described(address: str) -> Any:
    """The description that the server gives of itself, however long that takes on a busy machine."""
    return schemathesis.openapi.from_dict(httpx.get(f"{address}/openapi.json", timeout=300).json())


def asked(operation: Any, address: str, mode: GenerationMode, ids: list[str], seen: Counter[int]) -> list[str]:
    """Send requests to one operation, and return what was wrong with the answers."""
    wrong: list[str] = []

    @seed(SEED)
    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), id=st.sampled_from([None, *ids]))
    def send(case: Any, id: str | None) -> None:
        if id and "id" in case.path_parameters and case.method != "DELETE" and mode is GenerationMode.POSITIVE:
            case.path_parameters["id"] = id  # else no request would get beyond "there is no such document"
        try:
            response = case.call(base_url=address, timeout=300)
        except (requests.ConnectionError, ChunkedEncodingError):  # the connection ends where a head is larger
            assert len(str(case.query)) > 60_000
            return
        seen[response.status_code] += 1
        # What is streamed is described as text; schemathesis would hold each event against that.
        streamed = "text/event-stream" in str(response.headers.get("content-type"))
        held = CHECKS + [checks.response_schema_conformance] * (not streamed)
        if sent_as_allowed(case) or response.status_code == 413:  # too large is refused, too, before it is read
            held = [check for check in held if check is not checks.negative_data_rejection]
        try:
            case.validate_response(response, held)
        except FailureGroup as failures:
            wrong.extend(
                f"{operation.label}: {type(f).__name__}: {f}\n{case.as_curl_command()}" for f in failures.exceptions
            )

    send()
    return wrong


def sent_as_allowed(case: Any) -> bool:
    """Whether what is forbidden about a request may be lost on the way: parts of a form have no type, so that a number
    is a file with its digits, and in an address a list of objects is their keys."""
    return case.media_type == "multipart/form-data" or any(isinstance(v, dict) for v in (case.query or {}).values())


@pytest.mark.timeout(30_000)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "forbidden"])
def test_no_request_breaks_the_server_or_gets_an_answer_that_is_not_described(
    address: str, mode: GenerationMode
) -> None:
    schema = described(address)
    ids = [d["id"] for d in httpx.get(f"{address}/v1/documents").json()["documents"]]
    wrong, seen, operations = [], Counter[int](), 0
    for found in schema.get_all_operations():
        operations += 1
        with suppress(Unsatisfiable):  # nothing is forbidden where nothing can be given
            wrong += asked(found.ok(), address, mode, ids, seen)
        if SOAKING:
            print(f"{operations} operations, {seen.total()} requests, {len(wrong)} wrong", file=sys.stderr, flush=True)
    print(f"seed {SEED}: {seen.total()} requests to {operations} operations: {dict(seen)}")
    assert operations >= 26
    assert seen.total() >= 15 * EACH
    assert not wrong, "\n\n".join(wrong[:20])
    assert httpx.get(f"{address}/health").status_code == 200


def test_a_fault_that_is_planted_is_found(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("api.routes_verify.resolved", broken)
    schema = described(address)
    wrong = asked(schema["/v1/resolve"]["GET"], address, GenerationMode.POSITIVE, [], Counter())
    assert any("ServerError" in fault for fault in wrong)
