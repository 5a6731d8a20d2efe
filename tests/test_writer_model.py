"""A real small model as the writer: what it writes is kept where a passage supports it, and the rest is dropped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from making import CORPUS
from modelling import need_model, served_model
from scaling import free_port
from serving import served, wait_until_ready

from api.app import create_app
from api.writer import Writer, address_of

QUESTIONS = (
    "which NGOs were suspended in January",
    "who signed the joint statement of 2024 about Feminita?",
    "what did the resolution welcome on 3 February 2021?",
    "Кого осудили за участие в протестах?",
)


@pytest.fixture(scope="module")
def client(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    need_model()
    with served_model(tmp_path_factory.mktemp("model"), free_port()) as url:
        writer = Writer(address_of(url), "qwen", silence_s=600, whole_s=900)
        with served(create_app(sample_index, writer=writer)) as address:
            wait_until_ready(address)
            with httpx.Client(base_url=address, timeout=1000) as opened:
                yield opened


@pytest.mark.timeout(3600)
def test_what_a_real_model_writes_is_quoted_from_the_sources_or_dropped(client: httpx.Client) -> None:
    texts = {file.name: file.read_text("utf-8") for file in CORPUS.glob("*.txt")}
    written = 0
    for question in QUESTIONS:
        body = client.post("/v1/ask", json={"question": question}).json()
        written += body["writer"] != "extractive"
        print(question, [s["text"] for s in body["sentences"]], body["dropped"], body["writer_failure"], sep="\n  ")
        assert "was not done" not in body["writer_failure"]
        assert body["status"] == "unanswerable" or body["sentences"]
        for citation in body["citations"]:
            text = texts[citation["document"]["source"]]
            assert text[citation["char_start"] : citation["char_end"]] == citation["quote"]
        cited = {citation["n"] for citation in body["citations"]}
        assert all(sentence["citations"] and cited >= set(sentence["citations"]) for sentence in body["sentences"])
    assert written, "some of it is kept"
