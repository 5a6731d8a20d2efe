"""What a writer is told in its settings, and what is said of where words go."""

from __future__ import annotations

import json

import httpx
import pytest
from endpoint import endpoint, says
from fixed import FixedEngine
from pydantic import ValidationError
from serving import apart, served
from writer_asked import KEY, QUESTION, app, asking, first_sentences, made

from api.settings import Settings
from api.terminal import show_answer
from api.writer import Writer, address_of
from api.writing import whole_now


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FixedEngine:
    return made(tmp_path_factory.mktemp("made"))


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
        "http://10.0.0.7:8000/v1",
        "http://localhost.example.org/v1",
        "http://user:secret@127.0.0.1@h/v1",
    ],
)
def test_an_address_that_cannot_be_one_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(writer_url=url, writer_model="tiny")
    assert "secret" not in "; ".join(e["msg"] for e in refused.value.errors())


def test_words_go_to_another_machine_only_encrypted() -> None:
    with pytest.raises(ValidationError, match="unencrypted: name it with https"):
        Settings(writer_url="http://gpu.office.example:8000/v1", writer_model="tiny")


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
        ("http://[::1]:8000/v1", "at [::1]:8000, a program on this machine."),
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
