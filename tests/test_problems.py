"""A fault of the server's own is told, logged, and costs the client nothing but that one answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from serving import served, wait_until_ready

from api.app import create_app
from search.engine import Engine

ASKED = {"q": "which NGOs were suspended", "mode": "lexical"}


@pytest.fixture
def client(sample_index: Path) -> Iterator[httpx.Client]:
    with served(create_app(sample_index)) as address, httpx.Client(base_url=address, timeout=60) as opened:
        wait_until_ready(address)
        yield opened


@pytest.mark.parametrize("fault", [RuntimeError("planted"), OSError(5, "planted")], ids=["any", "of the system"])
def test_a_fault_is_told_and_logged_and_the_next_question_is_answered(
    client: httpx.Client, fault: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_: object) -> None:
        raise fault

    for n in range(1, 6):
        with monkeypatch.context() as planted:
            planted.setattr(Engine, "search", failing)
            told = client.get("/v1/search", params=ASKED)
        assert (told.status_code, told.json()["type"]) == (500, "urn:pincite:fault")
        assert told.headers["connection"] == "close", "the server ends it, so it says so"
        assert client.get("/v1/search", params=ASKED).status_code == 200
        assert [str(record.exc_info[1]) for record in caplog.records if record.exc_info] == [str(fault)] * n


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        (b'{"question": nope}', "application/json", "The body is no JSON: Expecting value (at character 13)."),
        (b'{"question": "x"}', "text/plain", "send the header Content-Type: application/json."),
        (b"[1]", "application/json", "The body is no JSON object"),
        (b"", "application/json", "The body is missing."),
    ],
)
def test_a_body_that_cannot_be_read_is_told_with_what_is_wrong_with_it(
    body: bytes, kind: str, told: str, client: httpx.Client
) -> None:
    answer = client.post("/v1/ask", content=body, headers={"content-type": kind})
    assert answer.status_code == 422
    assert told in answer.json()["detail"]
