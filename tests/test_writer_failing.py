"""Whatever the endpoint of a writer does, the words of the sources stand."""

from __future__ import annotations

import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest
from endpoint import DONE, Answering, Asked, Handler, chunk, endpoint, says
from fixed import FixedEngine
from serving import served
from writer_asked import KEY, QUESTION, app, asked_of, asking, extractive, first_sentences, made, stands

from api.writer import AT_ONCE, Writer, address_of


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FixedEngine:
    return made(tmp_path_factory.mktemp("made"))


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
                while sum(not one.done() for one in asked) > AT_ONCE:  # all but those that hang are answered
                    time.sleep(0.05)
            said = [client.get("/v1/search", params={"q": "suspended"}).status_code for _ in range(20)]
        finally:
            released.set()
        reasons = Counter(answer.result()["writer_failure"] for answer in asked)
    assert said == [200] * 20
    assert reasons["The writer is busy with 16 other answers."] == 100 - AT_ONCE
