"""Which sentences answer, and which names in them stand out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.words import split
from search.answers import KEEP, MOST_SENTENCES, Candidate, answering, best_sentences, names_in, naming_first
from search.engine import Engine
from search.query import Query
from search.terms import terms_of


def named(sentence: str, question: str = "") -> list[str]:
    """The names in a sentence, as text."""
    return [sentence[start:end] for start, end in names_in(sentence, question)]


@pytest.mark.parametrize(
    ("sentence", "question", "expected"),
    [
        (
            "whereas ECHO, Erkindik Kanaty and the Bureau for Human Rights were fined",
            "which NGOs were fined",
            ["ECHO", "Erkindik Kanaty", "Bureau for Human Rights"],
        ),
        ("The court fined nobody.", "who was fined", []),
        ("Human Rights Watch was fined.", "who was fined", ["Human Rights Watch"]),
        ("It was Kazakhstan that fined ECHO.", "whom did Kazakhstan fine", ["ECHO"]),
        ("Суд признал, что Эрик Жумабаев и организация ECHO виновны.", "кто оштрафован", ["Эрик Жумабаев", "ECHO"]),
        ("nothing is capital here", "what is", []),
        ("", "who", []),
    ],
)
def test_names_that_the_question_does_not_hold_stand_out(sentence: str, question: str, expected: list[str]) -> None:
    assert named(sentence, question) == expected


@given(st.text(max_size=200), st.text(max_size=40))
def test_names_lie_in_the_sentence_in_order_and_apart(sentence: str, question: str) -> None:
    spans = names_in(sentence, question)
    assert all(0 <= start < end <= len(sentence) for start, end in spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    asked = set(split(question))
    assert not any(words and set(words) <= asked for a, b in spans if (words := split(sentence[a:b])))


@pytest.mark.timeout(20)
def test_a_very_long_run_of_capitals_takes_no_time() -> None:
    names_in("Of " * 5000 + "!", "")
    names_in("A" * 50_000, "")


QUESTION = "Which NGOs were suspended in January?"


def test_sentences_are_few_distinct_near_the_best_and_from_several_sources(engine: Engine) -> None:
    hits = answering(engine.search(Query(QUESTION)).hits)
    terms = terms_of(QUESTION, engine.index, engine.catalogue.count()[2], engine.catalogue.languages())
    reader = engine.ranker.reader(QUESTION, (hit.document.language for hit in hits))
    read = engine.ranker.token_vectors([(hit.document, hit.passage) for hit in hits], reader)
    near = engine.ranker.nearness(QUESTION, terms, reader)
    chosen = best_sentences(near, read, terms, hits, QUESTION)
    assert 2 <= len(chosen) <= MOST_SENTENCES
    best = max(c.score for c in chosen)
    assert all(c.score >= KEEP * best for c in chosen)
    assert len({c.text for c in chosen}) == len(chosen)
    assert chosen[0].hit.document.id != chosen[1].hit.document.id, "a second source is heard first"
    for c in chosen:
        assert engine.catalogue.text_of(c.hit.document.id)[c.start : c.end] == c.text
        assert not c.hit.passage.boilerplate


def test_no_hits_give_no_sentences(engine: Engine) -> None:
    near = engine.ranker.nearness(QUESTION, [], engine.ranker.tokens())
    assert best_sentences(near, [], [], [], QUESTION) == []


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("which NGOs were suspended in January", "ECHO"),
        ("какие НПО приостановили работу в январе", "ECHO"),
        ("when were the NGOs suspended", "At least"),
        ("which NGOs besides ECHO and Erkindik Kanaty were suspended", "At least"),
    ],
)
def test_who_asks_for_names_is_told_them_first(engine: Engine, question: str, first: str) -> None:
    hit = engine.search(Query("suspended")).hits[0]
    told = ["At least three organisations were suspended.", "Others were fined.", "It was ECHO and Erkindik Kanaty."]
    chosen = [Candidate(hit, 0, len(text), text, 1.0) for text in told]
    ordered = naming_first(chosen, question)
    assert first in ordered[0].text
    assert sorted(c.text for c in ordered) == sorted(told)
