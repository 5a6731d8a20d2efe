"""A writer over a real connection: what it may say, and that nothing it does can harm an answer."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from endpoint import DONE, Answering, Asked, Endpoint, Handler, chunk, endpoint, says
from fastapi import FastAPI
from fixed import FixedEngine
from pydantic import ValidationError
from serving import apart, served

from api.app import create_app
from api.doctor import _writer
from api.settings import Settings
from api.terminal import show_answer
from api.writer import AT_ONCE, Writer, address_of
from api.writing import whole_now
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


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FixedEngine:
    return FixedEngine(tmp_path_factory.mktemp("made") / "index", TEXTS)


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


def test_what_a_faithful_writer_says_is_shown_with_quotes_from_the_source(engine: FixedEngine) -> None:
    with asking(engine, says(first_sentences)) as (client, service):
        body = asked_of(client)
    assert body["writer"].startswith("tiny at 127.0.0.1:")
    assert (body["dropped"], body["writer_failure"]) == ([], "")
    assert len(body["sentences"]) == 2
    assert "[" not in body["answer"]
    cited = {c["n"]: c for c in body["citations"]}
    assert set(cited) == {n for s in body["sentences"] for n in s["citations"]}
    assert all(stands(c) for c in cited.values())
    [asked] = service.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body["stream"] is True
    assert asked.question == QUESTION
    assert 1 <= len(asked.passages) <= 8


def test_sentences_come_as_they_are_checked_and_the_whole_answer_last(engine: FixedEngine) -> None:
    with asking(engine, says(lambda a: first_sentences(a) + " Nobody has ever been fined in Atlantis [1].")) as (
        client,
        _,
    ):
        response = client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    events = [block.split("\n", 1) for block in response.text.strip().split("\n\n")]
    named = [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in events]
    assert [name for name, _ in named] == ["passages", "citation", "delta", "citation", "delta", "dropped", "done"]
    assert named[-1][1]["sentences"] == [data for name, data in named if name == "delta"]
    assert named[-1][1]["dropped"] == [data for name, data in named if name == "dropped"]
    assert named[-1][1]["citations"] == [data for name, data in named if name == "citation"]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("The authorities are kind.", "it cites no passage"),
        ("The authorities are kind [99].", "it cites [99], and there is no such passage"),
        ("The authorities are kind [0].", "it cites [0], and there is no such passage"),
        ('The organisations said "we love the tax office" [1].', "the words in quotation marks do not stand so in [1]"),
        ("The organisations were suspended in 1987 [1].", "“1987” is not where [1] speaks of this"),
        ("Napoleon Bonaparte suspended the organisations [1].", "“Napoleon” is not where [1] speaks of this"),
        ("Look at https://example.org/?q=organisations [1].", "it has an address that is not in [1]"),
        ("![organisations](https://example.org/x.png) [1]", "it has markup that is not in [1]"),
        ("<img src=x> organisations [1].", "it has markup that is not in [1]"),
    ],
)
def test_a_sentence_that_its_citation_does_not_support_is_dropped_and_says_why(
    engine: FixedEngine, written: str, reason: str
) -> None:
    with asking(engine, says(lambda a: f"{first_sentences(a)}\n{written}")) as (client, _):
        body = asked_of(client)
    assert [d["reason"] for d in body["dropped"]] == [reason]
    assert len(body["sentences"]) == 2


def test_a_writer_of_which_nothing_is_kept_leaves_the_words_of_the_sources(engine: FixedEngine) -> None:
    with asking(engine, says("Everything is fine [1]. Trust me.")) as (client, _):
        body = asked_of(client)
        assert [s["text"] for s in body["sentences"]] == extractive(client)
    assert body["writer"] == "extractive"
    assert body["writer_failure"] == "No sentence of the writer was supported by what it cites."
    assert len(body["dropped"]) == 2


def test_a_writer_that_finds_no_answer_leaves_the_words_of_the_sources(engine: FixedEngine) -> None:
    with asking(engine, says("NO ANSWER")) as (client, _):
        body = asked_of(client)
    assert body["writer_failure"] == "The writer found no answer in the passages."
    assert body["status"] == "answered"


def test_a_writer_is_not_asked_what_the_documents_do_not_answer(engine: FixedEngine) -> None:
    with asking(engine, says("Paris is the capital of France [1].")) as (client, service):
        body = asked_of(client, "what is the capital of France")
    assert (body["status"], body["writer"], body["sentences"]) == ("unanswerable", "extractive", [])
    assert service.asked == []


def test_a_writer_is_not_asked_where_the_question_says_so(engine: FixedEngine) -> None:
    with asking(engine, says(first_sentences)) as (client, service):
        assert asked_of(client, writer=False)["writer"] == "extractive"
    assert service.asked == []


# -- endpoints that fail


def silent(_: Asked, handler: Handler) -> None:
    time.sleep(3)


def stalls(asked: Asked, handler: Handler) -> None:
    handler.start()
    handler.wfile.write(chunk(first_sentences(asked)))
    time.sleep(3)


def breathes(_: Asked, handler: Handler) -> None:
    handler.start()
    for _i in range(40):
        handler.wfile.write(b": still here\n\n")
        time.sleep(0.1)


def drips(_: Asked, handler: Handler) -> None:
    handler.start()
    for _i in range(100):
        handler.wfile.write(chunk("a"))
        time.sleep(0.1)


def cut(asked: Asked, handler: Handler) -> None:
    handler.start(content_length="100000")
    handler.wfile.write(chunk(first_sentences(asked) + " And "))


def ends(asked: Asked, handler: Handler) -> None:
    handler.start()
    handler.wfile.write(chunk(first_sentences(asked)))


def floods(_: Asked, handler: Handler) -> None:
    handler.start()
    for _i in range(10_000):
        handler.wfile.write(chunk("x" * 1000))


def one_long_line(_: Asked, handler: Handler) -> None:
    handler.start()
    for _i in range(160):
        handler.wfile.write(b"x" * 65_536)


def not_utf8(_: Asked, handler: Handler) -> None:
    handler.start()
    handler.wfile.write(b'data: {"choices": [{"delta": {"content": "\xff\xfe\xc3("}}]}\n\n' + DONE)


def status(code: int, **headers: str) -> Answering:
    def answer(asked: Asked, handler: Handler) -> None:
        handler.start(code, **headers)
        handler.wfile.write(f"your key is {asked.headers['authorization']}".encode())

    return answer


def body(text: bytes, **headers: str) -> Answering:
    def answer(_: Asked, handler: Handler) -> None:
        handler.start(**headers)
        handler.wfile.write(text)

    return answer


FAILING: dict[str, tuple[Answering, str]] = {
    "says nothing": (silent, "said nothing for 0.8 seconds"),
    "stalls after two sentences": (stalls, "said nothing for 0.8 seconds"),
    "sends signs of life only": (breathes, "said nothing for 0.8 seconds"),
    "never comes to an end": (drips, "was not done after 2 seconds"),
    "cuts the stream": (cut, "broke off the connection"),
    "ends without an end": (ends, "broke off before the end"),
    "sends 10 MB": (floods, "wrote more than 20,000 characters"),
    "sends 10 MB in one line": (one_long_line, "sent more than 2,097,152 bytes"),
    "sends what is not UTF-8": (not_utf8, "sent what is not a reply"),
    "sends a page": (body(b"<html>hello", content_type="text/html"), "sent what is not a reply"),
    "sends other JSON": (body(b'data: {"choices": [{"delta": {"content": 7}}]}\n\n'), "sent what is not a reply"),
    "sends a list": (body(b"data: [1]\n\n"), "sent what is not a reply"),
    "sends JSON too deep": (body(b"data: " + b"[" * 100_000 + b"\n\n"), "sent what is not a reply"),
    "sends an error": (body(b'data: {"error": {"message": "no such model"}}\n\n'), "answered with an error"),
    "sends what is packed": (body(b"\x1f\x8b", content_encoding="gzip"), "answered in a form that was not asked for"),
    "refuses the key": (status(401), "refused the key (HTTP 401)"),
    "fails": (status(500), "answered with an error (HTTP 500)"),
}  # fmt: skip


@pytest.mark.parametrize("how", FAILING)
@pytest.mark.parametrize("stream", [False, True])
def test_the_words_of_the_sources_stand_where_the_writer(engine: FixedEngine, how: str, stream: bool) -> None:
    answer, why = FAILING[how]
    waits = {"silence_s": 0.8} if "0.8" in why else {"whole_s": 2.0} if "2 seconds" in why else {}
    with asking(engine, answer, **waits) as (client, _):
        began = time.monotonic()
        response = client.post("/v1/ask", json={"question": QUESTION, "stream": stream})
        took = time.monotonic() - began
        expected = extractive(client)
    given = json.loads(response.text.rpartition("data: ")[2]) if stream else response.json()
    assert given["writer_failure"] == f"The writer {why}."
    assert given["writer"] == "extractive"
    assert [s["text"] for s in given["sentences"]] == expected
    assert all(stands(c) for c in given["citations"])
    assert took < 20
    if stream:
        assert "event: withdrawn" in response.text
    assert KEY not in response.text


def test_a_writer_that_hangs_leaves_room_for_the_questions_that_need_none(engine: FixedEngine) -> None:
    released = Event()

    def hangs(_: Asked, handler: Handler) -> None:
        handler.start()
        released.wait(120)

    with asking(engine, hangs, silence_s=120.0, whole_s=120.0) as (client, _), ThreadPoolExecutor(100) as threads:
        asked = []
        try:
            for _ in range(5):
                asked += [threads.submit(asked_of, client) for _ in range(20)]
                wait(asked, timeout=2)  # all but those that hang are answered
            said = [client.get("/v1/search", params={"q": "suspended"}).status_code for _ in range(20)]
        finally:
            released.set()
        reasons = Counter(answer.result()["writer_failure"] for answer in asked)
    assert said == [200] * 20
    assert reasons["The writer is busy with 16 other answers."] == 100 - AT_ONCE


def test_the_words_of_the_sources_stand_where_no_writer_listens(engine: FixedEngine) -> None:
    nowhere = Writer("http://127.0.0.1:9/v1/chat/completions", "tiny", KEY)
    with served(app(engine, nowhere)) as at, httpx.Client(base_url=at, timeout=60) as client:
        assert asked_of(client)["writer_failure"] == "The writer could not be reached."


def test_a_redirect_is_not_followed(engine: FixedEngine) -> None:
    with (
        endpoint(says("caught")) as elsewhere,
        asking(engine, status(307, location=f"{elsewhere.url}/chat/completions")) as (client, service),
    ):
        given = asked_of(client)
    assert given["writer_failure"] == "The writer answered with a redirect, which is not followed."
    assert len(service.asked) == 1
    assert elsewhere.asked == []


def test_proxies_of_the_environment_are_not_used(engine: FixedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    with endpoint(says("caught")) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("no_proxy", "")
        with (
            endpoint(says(first_sentences)) as service,
            served(app(engine, Writer(address_of(service.url), "tiny"))) as at,
            httpx.Client(base_url=at, timeout=60, trust_env=False) as client,
        ):
            asked_of(client)
    assert proxy.asked == []
    assert len(service.asked) == 1


def test_a_service_that_does_not_stream_is_understood(engine: FixedEngine) -> None:
    def answer(asked: Asked, handler: Handler) -> None:
        handler.start(content_type="application/json")
        handler.wfile.write(json.dumps({"choices": [{"message": {"content": first_sentences(asked)}}]}).encode())

    with asking(engine, answer) as (client, _):
        assert len(asked_of(client)["sentences"]) == 2


def test_what_a_model_thinks_before_it_answers_is_not_read(engine: FixedEngine) -> None:
    with asking(engine, says(lambda a: f"<think>Hmm. Well [1].</think>\n{first_sentences(a)}")) as (client, _):
        given = asked_of(client)
    assert (len(given["sentences"]), given["dropped"]) == (2, [])


# -- the settings


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x/v1",
        "localhost:11434",
        "http://",
        "http://user:secret@h/v1",
        "http://h/v1?key=1",
        "http://h:99999/v1",
        "http://a b/",
    ],
)
def test_an_address_that_cannot_be_one_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(writer_url=url, writer_model="tiny")
    assert "secret" not in "; ".join(e["msg"] for e in refused.value.errors())


def test_a_model_is_needed_where_an_address_is_set() -> None:
    with pytest.raises(ValidationError, match="PINCITE_WRITER_URL is set"):
        Settings(writer_url="http://127.0.0.1:11434/v1")


def test_nobody_writes_unless_it_is_set() -> None:
    assert Writer.of(Settings()) is None


def test_the_key_shows_nowhere() -> None:
    settings = Settings(writer_url="https://example.org/v1/", writer_model="big", writer_key=KEY)
    writer = Writer.of(settings)
    assert writer is not None
    assert writer.key == KEY
    assert writer.address == "https://example.org/v1/chat/completions"
    assert KEY not in f"{settings} {settings!r} {writer} {writer!r} {writer.disclosure} {writer.name}"
    with pytest.raises(ValidationError) as refused:
        Settings(writer_key=f"{KEY}\r\nx-more: 1")
    assert KEY not in "; ".join(e["msg"] for e in refused.value.errors())


def test_a_key_that_the_service_sends_back_as_its_words_is_not_shown(engine: FixedEngine) -> None:
    with asking(engine, says(lambda a: f"{first_sentences(a)} The key is {a.headers['authorization']} [1].")) as (
        client,
        _,
    ):
        streamed = client.post("/v1/ask", json={"question": QUESTION, "stream": True}).text
        assert KEY not in streamed
        assert "[the key]" in streamed


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("http://127.0.0.1:11434/v1", "at 127.0.0.1:11434, a program on this machine."),
        ("http://localhost:11434/v1", "a program on this machine."),
        ("https://example.org/v1", "at example.org, another machine."),
        ("http://10.0.0.7:8000/v1", "at 10.0.0.7:8000, another machine, unencrypted."),
    ],
)
def test_what_is_sent_where_is_said(url: str, where: str, engine: FixedEngine) -> None:
    writer = Writer(address_of(url), "tiny", KEY)
    assert writer.disclosure.endswith(where)
    with served(app(engine, writer)) as at:
        page = httpx.get(at).text
        about = httpx.get(f"{at}/v1/writer").json()["writer"]
    assert writer.disclosure in page
    assert "Nothing leaves this machine" not in page
    assert about["disclosure"] == writer.disclosure
    assert KEY not in page + json.dumps(about)


def test_without_a_writer_nothing_leaves_and_the_page_says_so(engine: FixedEngine) -> None:
    with served(app(engine, None)) as at:
        assert httpx.get(f"{at}/v1/writer").json() == {"writer": None}
        assert "Nothing leaves this machine." in httpx.get(at).text


def test_the_terminal_shows_who_wrote_the_quotes_and_what_was_dropped(
    engine: FixedEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    with endpoint(says(lambda a: first_sentences(a) + " Everybody \x1b[31mclapped [1].")) as service:
        writer = Writer(address_of(service.url), "tiny")
        answer = apart(lambda: whole_now(engine.ask(QUESTION), engine.catalogue, writer))
    show_answer(answer, engine.catalogue, as_json=False)
    shown = " ".join(capsys.readouterr().out.split())
    assert f"Written by tiny at {writer.host}" in shown
    assert "Dropped, because the passages cited do not support it Everybody [31mclapped." in shown
    assert answer.dropped[0].reason in shown
    assert f"“{answer.quotes[0].citation.text}”" in shown
    assert "\x1b" not in shown


def test_the_terminal_says_why_nobody_wrote(engine: FixedEngine, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = Writer("http://127.0.0.1:9/v1/chat/completions", "tiny")
    answer = apart(lambda: whole_now(engine.ask(QUESTION), engine.catalogue, nowhere))
    show_answer(answer, engine.catalogue, as_json=False)
    shown = " ".join(capsys.readouterr().out.split())
    assert "The writer could not be reached. These are the words of the sources." in shown


def test_the_doctor_says_what_leaves(tmp_path: Path) -> None:
    def said(settings: Settings) -> str:
        return _writer(settings).detail

    assert said(Settings(index=tmp_path)).endswith("nothing leaves this machine")
    on = Settings(index=tmp_path, writer_url="https://example.org/v1", writer_model="big", writer_key=KEY)
    assert "sent to big at example.org, another machine." in said(on)
    assert KEY not in said(on)
