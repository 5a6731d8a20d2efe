"""A writer over a real connection: what it may say."""

from __future__ import annotations

import json

import pytest
from endpoint import says
from fixed import FixedEngine
from writer_asked import KEY, QUESTION, asked_of, asking, extractive, first_sentences, made, stands


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FixedEngine:
    return made(tmp_path_factory.mktemp("made"))


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


def test_a_sentence_that_cites_nothing_is_cited_where_a_passage_supports_it(engine: FixedEngine) -> None:
    written = "25.\nThe tax authorities suspended KIBHR and Echo. The tax authorities suspended Napoleon."
    with asking(engine, says(written)) as (client, _):
        body = asked_of(client)
    assert [s["text"] for s in body["sentences"]] == ["The tax authorities suspended KIBHR and Echo."]
    [citation] = body["citations"]
    assert citation["document"]["source"] == "report.txt"
    assert stands(citation)
    assert [d["reason"] for d in body["dropped"]] == ["it cites no passage"]


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
