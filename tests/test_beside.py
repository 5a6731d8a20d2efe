"""What stands beside an answer: members of a list, disagreement, and who says it, all in words of the files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from api.verified import Verifier
from search.engine import Engine
from search.repeats import marked_repeats
from search.results import Answer, Disagreement, Status

CORPUS = Path(__file__).parent.parent / "corpus"
FILES = {file.name: file.read_bytes().decode("utf-8") for file in CORPUS.glob("*.txt")}


@pytest.fixture(scope="module")
def answer(engine: Engine) -> Answer:
    return engine.ask("which NGOs were suspended in January")


def test_a_list_has_its_members_each_in_the_quotes_that_it_cites(answer: Answer) -> None:
    assert [member.name for member in answer.members] == [
        "ECHO", "Erkindik Kanaty", "Kazakhstan International Bureau for Human Rights and Rule of Law",
        "International Legal Initiative",
    ]  # fmt: skip
    quotes = {quote.n: quote.citation.text for quote in answer.quotes}
    for member in answer.members:
        assert member.citations
        assert all(any(variant in quotes[n] for variant in member.variants) for n in member.citations)
    assert answer.looked_at is not None
    assert answer.looked_at.documents == 5


def test_sources_that_differ_are_told_unasked(answer: Answer) -> None:
    assert answer.status is Status.CONFLICTING
    dates = next(c for c in answer.conflicts if c.aspect == "date")
    assert dates.kind is Disagreement.CONFLICT
    assert {" ".join(value.split()) for value, _ in dates.values} == {"25 January 2020", "25 January"}
    [(value, years)] = dates.years
    assert value == "25 January"
    assert 2021 in years
    assert 2020 not in years, "its document is of a year in which 1 February was a Monday"
    later = next(c for c in answer.conflicts if c.kind is Disagreement.LATER)
    assert [value for value, _ in later.values] == ["fined", "to cancel fines"]
    assert [(c.aspect, c.about) for c in answer.conflicts if "three months" in str(c.values)] == [
        ("duration", "to suspend")
    ]
    assert any(
        c.kind is Disagreement.SCOPE and "At least three organisations" in dict(c.values) for c in answer.conflicts
    )


def test_every_value_and_every_speaker_stands_in_its_file(answer: Answer) -> None:
    quotes = {quote.n: quote for quote in answer.quotes}
    for conflict in answer.conflicts:
        assert all(value in quotes[n].citation.text for value, numbers in conflict.values for n in numbers)
    for quote in answer.quotes:
        for words in (
            quote.said and quote.said.speaker,
            quote.said and quote.said.verb,
            quote.said and quote.said.author,
        ):
            assert not words or FILES[quote.document.source][words.char_start : words.char_end] == words.text


def test_a_recital_is_of_its_author_and_a_quotation_of_its_speaker(answer: Answer) -> None:
    recital = next(q.said for q in answer.quotes if q.citation.label == "recital O")
    assert recital is not None
    assert (recital.standing, recital.author and recital.author.text) == ("recital", "European Parliament")
    spoken = next(q.said for q in answer.quotes if q.document.source.startswith("commonspace"))
    assert spoken is not None
    assert spoken.quoted
    assert spoken.speaker is not None
    assert "Peter Stano" in spoken.speaker.text


def test_words_that_do_not_stand_in_the_source_are_not_sent(engine: Engine, answer: Answer) -> None:
    first = answer.conflicts[0]
    lies = replace(first, values=(("never said", first.values[0][1]), first.values[1]))
    member = replace(answer.members[0], name="Nobody", variants=("Nobody",))
    sent = Verifier(engine.catalogue).answer(replace(answer, conflicts=(lies,), members=(member,)))
    assert (sent.conflicts, sent.members) == ([], [])
    assert sent.status is Status.ANSWERED, "no conflict is left that could make it conflicting"


def test_a_reprint_is_marked_as_the_repetition_of_what_it_reprints(answer: Answer) -> None:
    first = answer.quotes[0]
    reprint = replace(first, n=9, document=replace(first.document, id="other", date="2024"))
    marked = {quote.n: quote.repeats for quote in marked_repeats([reprint, *answer.quotes])}
    assert marked[9] == first.n
    assert all(repeats is None for n, repeats in marked.items() if n != 9)


def test_another_question_has_no_list_and_no_conflict(engine: Engine) -> None:
    other = engine.ask("What did Gerald Staberock say?")
    assert (other.members, other.looked_at, other.conflicts) == ((), None, ())
    assert other.status is Status.ANSWERED


def test_a_sentence_with_another_number_repeats_nothing(answer: Answer) -> None:
    text = "In the first week of that month the regional court fined 12 organisations that had written on the vote"
    [first, *_] = answer.quotes
    quotes = [
        replace(first, n=n, document=replace(first.document, id=str(n)), citation=replace(first.citation, text=words))
        for n, words in ((1, text), (2, text), (3, text.replace("12", "14")))
    ]
    assert [quote.repeats for quote in marked_repeats(quotes)] == [None, 1, None]
