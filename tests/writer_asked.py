"""A writer for tests: a real server of ours, whose writer is an endpoint that does what a test wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from endpoint import Answering, Asked, Endpoint, endpoint
from fastapi import FastAPI
from fixed import FixedEngine
from serving import served

from api.app import create_app
from api.writer import Writer, address_of
from indexer.sentences import sentences

QUESTION = "which organisations were suspended"
KEY = "sk-a-key-that-nobody-may-see"


def first_sentences(asked: Asked) -> str:
    """What a faithful model writes: the first sentence of the first two passages."""
    firsts = [(n, text[slice(*sentences(text)[0])]) for n, text in asked.passages.items()][:2]
    return " ".join(f"{text.rstrip('.')} [{n}]." for n, text in firsts)


TEXTS = {
    "report.txt": (
        "en",
        [
            "On 25 January 2021, the tax authorities of Almaty suspended the organisations KIBHR and Echo for three "
            "months. They were fined 2,000 dollars each.",
            "Witnesses said that Maks Bokayev was beaten in prison. The court did not release him.",
        ],
    ),
    "letter.txt": (
        "en",
        ["The organisations appealed. In February 2021 the fines of the organisations were cancelled."],
    ),
    "russian.txt": ("ru", ["Суд в Алматы 4 мая 2020 года освободил трёх заключённых. Адвокаты обжаловали приговор."]),
}


def made(folder: Path) -> FixedEngine:
    """An engine over these texts, in an index below ``folder``."""
    return FixedEngine(folder / "index", TEXTS)


def app(engine: FixedEngine, writer: Writer | None) -> FastAPI:
    return create_app(engine.index.folder, writer=writer, open_engine=lambda: engine)


@contextmanager
def asking(engine: FixedEngine, answer: Answering, **writer: Any) -> Iterator[tuple[httpx.Client, Endpoint]]:
    """A server whose writer is this endpoint."""
    with endpoint(answer) as service:
        who = Writer(address_of(service.url), "tiny", KEY, **{"silence_s": 30.0, "whole_s": 40.0, **writer})
        with served(app(engine, who)) as address, httpx.Client(base_url=address, timeout=60) as client:
            yield client, service


def asked_of(client: httpx.Client, question: str = QUESTION, **fields: Any) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **fields})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def extractive(client: httpx.Client, question: str = QUESTION) -> list[str]:
    return [s["text"] for s in asked_of(client, question, writer=False)["sentences"]]


def stands(citation: dict[str, Any]) -> bool:
    text = "\n\n".join(TEXTS[citation["document"]["source"]][1])
    return text[citation["char_start"] : citation["char_end"]] == citation["quote"]
