"""The interface that programs made for OpenAI's speak, over a real connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from endpoint import endpoint, says
from fixed import FixedEngine
from serving import served

from api.app import create_app
from api.routes_completions import _inert
from api.writer import Writer, address_of

TEXTS = {
    "report.txt": ("en", ["On 25 January 2021, the tax authorities suspended the organisation KIBHR. It appealed."]),
    "hostile.txt": ("en", ["The picture [x](https://example.org/x.png) and <img src=y> showed the prisoners."]),
}
QUESTION = "which organisation was suspended"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FixedEngine:
    return FixedEngine(tmp_path_factory.mktemp("made") / "index", TEXTS)


@pytest.fixture(scope="module")
def client(engine: FixedEngine) -> Iterator[httpx.Client]:
    app = create_app(engine.index.folder, open_engine=lambda: engine)
    with served(app) as address, httpx.Client(base_url=address, timeout=60) as opened:
        yield opened


def asked(client: httpx.Client, question: Any = QUESTION, **fields: Any) -> httpx.Response:
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": question}]
    return client.post("/v1/chat/completions", json={"model": "pincite", "messages": messages, **fields})


def chunks_of(response: httpx.Response) -> list[dict[str, Any]]:
    lines = [line for line in response.text.split("\n\n") if line]
    assert lines[-1] == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]


def test_the_last_message_is_answered_with_citations_in_the_text_and_beside_it(client: httpx.Client) -> None:
    body = asked(client).json()
    content = body["choices"][0]["message"]["content"]
    assert content.startswith("On 25 January 2021, the tax authorities suspended the organisation KIBHR. [1]")
    assert "\n[1] report.txt, paragraph 1" in content
    assert body["citations"][0]["quote"] in TEXTS["report.txt"][1][0]
    assert body["citations"][0]["verified"] is True
    assert (body["object"], body["status"], body["writer"]) == ("chat.completion", "answered", "extractive")


def test_streaming_gives_the_same_text_and_the_same_citations(client: httpx.Client) -> None:
    body = asked(client).json()
    chunks = chunks_of(asked(client, stream=True, stream_options={"include_usage": True}))
    text = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks if c["choices"])
    assert text == body["choices"][0]["message"]["content"]
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert chunks[-2]["citations"] == body["citations"]
    assert chunks[-1]["usage"]["total_tokens"] == 0


def test_what_the_documents_do_not_answer_is_said_so(client: httpx.Client) -> None:
    body = asked(client, "capital of Atlantis").json()
    assert body["choices"][0]["message"]["content"].startswith("Nothing in these documents answers this")
    assert (body["status"], body["citations"]) == ("unanswerable", [])


def test_a_document_cannot_make_a_chat_window_load_anything(client: httpx.Client) -> None:
    body = asked(client, "picture of the prisoners").json()
    content = body["choices"][0]["message"]["content"]
    assert content.startswith("The picture [x]\\(https://example.org/x.png) and \\<img src=y>")
    assert body["citations"][0]["quote"] == TEXTS["hostile.txt"][1][0]


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("![a](b)", "!\\[a]\\(b)"),
        ("<script>", "\\<script>"),
        ("1 < 2 and [1] (see annex)", "1 < 2 and [1] (see annex)"),
    ],
)
def test_only_markup_that_does_something_is_touched(text: str, inert: str) -> None:
    assert _inert(text) == inert


def test_parts_of_text_are_read_and_the_last_question_counts(client: httpx.Client) -> None:
    earlier = {"role": "user", "content": "capital of Atlantis"}
    last = {"role": "user", "content": [{"type": "text", "text": QUESTION}]}
    given = {"messages": [earlier, {"role": "assistant", "content": "?"}, last], "temperature": 0.7, "max_tokens": 5}
    assert client.post("/v1/chat/completions", json=given).json()["status"] == "answered"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"tools": []}, 422),
        ({"n": 2}, 422),
        ({"messages": []}, 422),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, 422),
        ({"messages": [{"role": "assistant", "content": "no question"}]}, 422),
        ({"model": "gpt"}, 404),
    ],
)
def test_what_cannot_be_done_is_refused(client: httpx.Client, fields: dict[str, Any], status: int) -> None:
    response = asked(client, **fields)
    assert response.status_code == status
    assert response.json()["hint"]


def test_a_writer_writes_unless_the_model_named_is_the_extractive_one(engine: FixedEngine) -> None:
    with endpoint(says("KIBHR was suspended on 25 January 2021 [1]. It was loved [1].")) as service:
        app = create_app(
            engine.index.folder, open_engine=lambda: engine, writer=Writer(address_of(service.url), "tiny")
        )
        with served(app) as at, httpx.Client(base_url=at, timeout=60) as client:
            assert [m["id"] for m in client.get("/v1/models").json()["data"]] == ["pincite", "pincite-extractive"]
            written = chunks_of(asked(client, stream=True))
            assert asked(client, model="pincite-extractive").json()["writer"] == "extractive"
    assert written[-1]["writer"].startswith("tiny at ")
    assert [d["text"] for d in written[-1]["dropped"]] == ["It was loved."]
    assert written[1]["choices"][0]["delta"]["content"] == "KIBHR was suspended on 25 January 2021. [1]\n\n"
    assert written[-1]["citations"][0]["quote"] in TEXTS["report.txt"][1][0]
    assert len(service.asked) == 1


def test_only_one_model_is_listed_where_nobody_writes(client: httpx.Client) -> None:
    assert [m["id"] for m in client.get("/v1/models").json()["data"]] == ["pincite"]
