"""The engine over the sample corpus: what it shows stands in the files, and whatever is asked it stays in shape."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from indexer.catalogue import Filters
from indexer.index import Index
from search.engine import Engine
from search.query import BadQuery, Mode, Query
from search.results import Citation, Hit, Results, Status

CORPUS = Path(__file__).parent.parent / "corpus"
NGOS = "which NGOs were suspended in January"
QUESTIONS = (
    NGOS, "what does recital M say about torture", "who died in custody", "кто был оштрафован", "sanctions",
    "How many MEPs voted?", "share on Facebook", "capital of France",
)  # fmt: skip
FILES = {file.name: file.read_bytes().decode("utf-8") for file in CORPUS.glob("*.txt")}


def check_citation(source: str, citation: Citation) -> None:
    """The words of a citation stand at its characters in the file on disk."""
    assert FILES[source][citation.char_start : citation.char_end] == citation.text
    assert citation.text.strip()
    assert 1 <= citation.paragraph <= citation.paragraph_end


def check_hit(hit: Hit) -> None:
    """A hit, its duplicates and its marks are true to the file on disk."""
    check_citation(hit.document.source, hit.citation)
    assert hit.citation.text == hit.passage.text
    assert all(0 <= start < end <= len(hit.passage.text) for start, end in hit.highlights)
    for twin in hit.duplicates:
        check_hit(twin)


def check(results: Results, offset: int = 0) -> None:
    """What holds for any results."""
    assert [hit.rank for hit in results.hits] == list(range(offset + 1, offset + 1 + len(results.hits)))
    scores = [hit.score for hit in results.hits]
    assert scores == sorted(scores, reverse=True)
    furniture = [hit.passage.boilerplate for hit in results.hits]
    assert furniture == sorted(furniture), "page furniture comes last"
    assert results.total >= len(results.hits)
    assert len({hit.passage.id for hit in results.hits}) == len(results.hits)
    for hit in results.hits:
        check_hit(hit)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("mode", Mode)
def test_every_hit_stands_in_its_file_and_ranks_go_down(engine: Engine, question: str, mode: Mode) -> None:
    check(engine.search(Query(question, limit=30, mode=mode)))


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_stands_in_its_file(engine: Engine, question: str) -> None:
    answer = engine.ask(question)
    assert (answer.status is Status.UNANSWERABLE) == (not answer.sentences) == bool(answer.reasons)
    assert [quote.n for quote in answer.quotes] == list(range(1, len(answer.quotes) + 1))
    for quote in answer.quotes:
        check_citation(quote.document.source, quote.citation)
        paragraphs = engine.catalogue.paragraphs(
            quote.document.id, quote.citation.paragraph, quote.citation.paragraph_end
        )
        assert all(p.kind != "boilerplate" for p in paragraphs), "page furniture is never an answer"
    for sentence in answer.sentences:
        assert sentence.text == answer.quotes[sentence.citations[0] - 1].citation.text
        assert all(0 <= start < end <= len(sentence.text) for start, end in sentence.names)
    for hit in answer.hits:
        check_hit(hit)


def test_the_question_of_the_readme_is_answered_from_recital_o_and_the_statement(engine: Engine) -> None:
    answer = engine.ask(NGOS)
    assert answer.status is Status.CONFLICTING
    cited = {(quote.document.source, quote.citation.label) for quote in answer.quotes}
    assert ("ep-resolution-2021-02-11.txt", "recital O") in cited
    assert any(source == "commonspace-eu-condemns-pressure.txt" for source, _ in cited)
    names = {s.text[start:end] for s in answer.sentences for start, end in s.names}
    assert {"ECHO", "Erkindik Kanaty"} <= names


def test_the_same_question_in_russian_gets_the_same_members_and_conflicts(engine: Engine) -> None:
    asked, answer = engine.ask(NGOS), engine.ask("Какие НПО были приостановлены в январе?")
    assert answer.sentences[0].text == asked.sentences[0].text
    assert [m.name for m in answer.members] == [m.name for m in asked.members] != []
    assert {(c.aspect, c.kind) for c in answer.conflicts} == {(c.aspect, c.kind) for c in asked.conflicts} != set()


def test_page_furniture_is_found_last_and_never_answers(engine: Engine) -> None:
    found = engine.search(Query("Related posts, editor's choice, popular", limit=200))
    furniture = [hit for hit in found.hits if hit.passage.boilerplate]
    assert furniture
    assert max(hit.score for hit in furniture) < min(hit.score for hit in found.hits if not hit.passage.boilerplate)


def test_pages_of_results_are_the_whole_list_cut(engine: Engine) -> None:
    whole = engine.search(Query("human rights in Kazakhstan", limit=20))
    second = engine.search(Query("human rights in Kazakhstan", limit=5, offset=5))
    check(second, offset=5)
    assert [h.passage.id for h in second.hits] == [h.passage.id for h in whole.hits[5:10]]
    assert engine.search(Query("human rights", offset=1000)).hits == ()


def test_the_same_question_gives_the_same_results(engine: Engine) -> None:
    first, second = (engine.search(Query(NGOS, explain=True)) for _ in range(2))
    assert replace(first, took_ms=0) == replace(second, took_ms=0)


def test_filters_keep_only_what_they_say_in_hits_and_facets(engine: Engine) -> None:
    only = Filters(source=("odf-on-the-2021-resolution.txt",))
    results = engine.search(Query(NGOS, filters=only))
    assert {hit.document.source for hit in results.hits} == {"odf-on-the-2021-resolution.txt"}
    assert [value for value, _ in results.facets["source"]] == ["odf-on-the-2021-resolution.txt"]
    dated = engine.search(Query(NGOS, filters=Filters(date_from="2021", date_to="2021-12-31")))
    assert {hit.document.date for hit in dated.hits} == {"2021-02-11"}
    nothing = engine.search(Query(NGOS, filters=Filters(publisher=("Nobody",))))
    assert (nothing.total, nothing.hits) == (0, ())
    answer = engine.ask(NGOS, filters=only)
    assert {quote.document.source for quote in answer.quotes} <= {"odf-on-the-2021-resolution.txt"}
    assert engine.ask(NGOS, filters=Filters(publisher=("Nobody",))).status is Status.UNANSWERABLE


def test_each_mode_asks_only_its_side(engine: Engine) -> None:
    lexical = engine.search(Query(NGOS, mode=Mode.LEXICAL))
    assert all(hit.dense is None and hit.lexical is not None for hit in lexical.hits)
    dense = engine.search(Query(NGOS, mode=Mode.DENSE))
    assert all(hit.dense is not None and hit.lexical is None for hit in dense.hits)
    assert engine.search(Query("zzyzzyva qwxyz", mode=Mode.LEXICAL)).hits == ()


def test_explaining_says_what_each_stage_gave(engine: Engine) -> None:
    explained = engine.search(Query(NGOS, explain=True)).hits[0].explain
    assert set(explained) == {"fused", "dense", "dense_rank", "lexical", "lexical_rank", "late"}
    assert engine.search(Query(NGOS)).hits[0].explain == {}
    assert engine.search(Query(NGOS, explain=True, rerank=False)).hits[0].explain["late"] is None


ODD = (
    "\x00\x1b[31mNGO\x7f", 'AND OR NOT NEAR("a" *', "title:NGO -January ^1", "' OR 1=1 --", "word " * 399,
    "ҮЕҰ қаңтарда", "人権 団体", "حقوق الإنسان", "𝓝𝓖𝓞𝓼", "e\u0301" * 100, "\ufffd NGO", "NGO\u202e", "a",
    "१२३", "{{7*7}} ${x} %s", "<script>alert(1)</script>", "2021", "124.40", "O'Brien's", "\ud83d NGO",
)  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_an_odd_question_is_answered_or_refused_but_never_fails(engine: Engine, text: str) -> None:
    check(engine.search(Query(text)))
    engine.ask(text)


@pytest.mark.parametrize("text", ["", " \n", "?!", "x" * 2001, "\x00", "🙂🙂"])
def test_what_cannot_be_asked_is_a_bad_query(engine: Engine, text: str) -> None:
    with pytest.raises(BadQuery):
        engine.search(Query(text))
    with pytest.raises(BadQuery):
        engine.ask(text)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
@example("S")  # the worst text and the best furniture score the same
def test_any_text_at_all_is_searched_or_refused(engine: Engine, text: str) -> None:
    with suppress(BadQuery):
        check(engine.search(Query(text, mode=Mode.LEXICAL)))


def test_an_empty_index_answers_nothing(tmp_path: Path) -> None:
    Index(tmp_path, create=True).close()
    empty = Engine.open(tmp_path)
    assert empty.search(Query(NGOS)).hits == ()
    answer = empty.ask(NGOS)
    assert (answer.status, bool(answer.reasons)) == (Status.UNANSWERABLE, True)
    assert empty.index.store.meta("model") is None, "asking settles nothing"
    empty.close()


def test_many_threads_get_the_same_results(engine: Engine) -> None:
    expected = [h.passage.id for h in engine.search(Query(NGOS)).hits]
    got: list[list[str]] = []

    def asks() -> None:
        got.append([h.passage.id for h in engine.search(Query(NGOS)).hits])

    threads = [threading.Thread(target=asks) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [expected] * 6
