"""What goes out: only words that stand in their source."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from api import wire
from api.verified import UNVERIFIED, Verifier
from indexer.document import Document, Passage
from search.query import Mode
from search.results import Answer, Citation, Conflict, Hit, Quote, Results, Sentence, Status

TEXT = "The court met. It released three prisoners. Nobody objected 🙂 then."
DOCUMENT = Document("d1", "court.txt", "The court", None, "2020-05", "en", "text/plain", "0" * 64)


class OneText:
    """A catalogue of one document."""

    def text_of(self, document_id: str) -> str:
        return {"d1": TEXT}[document_id]


class Dropped:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def citation(words: str, start: int | None = None) -> Citation:
    at = TEXT.index(words) if start is None else start
    return Citation(1, 1, "para 1", "operative", None, at, at + len(words), words, "elsewhere")


def quote(n: int, words: str, start: int | None = None) -> Quote:
    return Quote(n, DOCUMENT, citation(words, start))


def answer(quotes: tuple[Quote, ...], sentences: tuple[Sentence, ...], conflicts: tuple[Conflict, ...] = ()) -> Answer:
    return Answer("who?", Status.ANSWERED, sentences, quotes, conflicts, (), 1.0, "7")


def sent(given: Answer) -> tuple[wire.Answer, int]:
    dropped = Dropped()
    return Verifier(OneText(), dropped).answer(given), dropped.count  # type: ignore[arg-type]


def test_a_quote_that_stands_in_its_source_is_sent_as_it_stands() -> None:
    words = "It released three prisoners."
    body, dropped = sent(answer((quote(1, words),), (Sentence(words, (1,), ((12, 27),)),)))
    assert body.citations[0].quote == body.citations[0].text == words
    assert body.citations[0].permalink == "/documents/d1#p1"
    assert body.sentences[0].names == [[12, 27]]
    assert dropped == 0


def test_offsets_count_characters_also_behind_an_emoji() -> None:
    body, dropped = sent(answer((quote(1, "then."),), (Sentence("then.", (1,)),)))
    assert (body.citations[0].quote, dropped) == ("then.", 0)


@pytest.mark.parametrize("wrong", [quote(2, "It released four prisoners.", 15), quote(2, "The court met.", 1)])
def test_a_quote_that_is_not_in_its_source_is_dropped_and_counted(wrong: Quote) -> None:
    right = quote(1, "The court met.")
    sentences = (Sentence("The court met.", (1, 2)), Sentence("It released four prisoners.", (2,)))
    body, dropped = sent(answer((right, wrong), sentences))
    assert [c.n for c in body.citations] == [1]
    assert [(s.text, s.citations) for s in body.sentences] == [("The court met.", [1])]
    assert body.answer == "The court met."
    assert dropped == 1


def test_an_answer_whose_every_quote_fails_is_no_answer() -> None:
    body, dropped = sent(answer((quote(1, "Invented.", 3),), (Sentence("Invented.", (1,)),)))
    assert body.status is Status.UNANSWERABLE
    assert (body.answer, body.sentences, body.citations) == ("", [], [])
    assert body.reasons == [UNVERIFIED]
    assert dropped == 1


def test_a_quote_of_a_document_that_is_gone_is_dropped() -> None:
    gone = replace(quote(1, "The court met."), document=replace(DOCUMENT, id="gone"))
    body, dropped = sent(answer((gone,), (Sentence("The court met.", (1,)),)))
    assert (body.citations, dropped) == ([], 1)


def test_a_conflict_needs_two_values_that_are_quoted() -> None:
    quotes = (quote(1, "The court met."), quote(2, "never there", 2))
    sentences = (Sentence("The court met.", (1,)),)
    body, _ = sent(answer(quotes, sentences, (Conflict("when", (("one", (1,)), ("two", (2,)))),)))
    assert body.conflicts == []


def test_a_passage_that_is_not_in_its_source_is_not_sent() -> None:
    words = "The court met."
    passage = Passage("d1:0", "d1", 1, 1, 0, len(words), words, 4)
    good = Hit(1, 0.9, passage, DOCUMENT, citation(words), explain={"dense": 0.5})
    bad = replace(good, rank=2, passage=replace(passage, text="The court sat."))
    nested = replace(good, duplicates=(bad,))
    dropped = Dropped()
    verifier = Verifier(OneText(), dropped)  # type: ignore[arg-type]
    found = Results("court", Mode.HYBRID, 2, 1.0, "7", {"year": (("2020", 2),)}, (nested, bad))
    body = verifier.results(found, explain=False)
    assert [hit.rank for hit in body.hits] == [1]
    assert body.hits[0].duplicates == []
    assert body.hits[0].explain is None
    assert body.facets["year"][0].count == 2
    assert dropped.count == 2


@pytest.mark.parametrize("date", ["2021-2", "20210211", "２０２１", "2021-02-11T00:00", "0000", "2021-00", ""])
def test_a_date_that_is_not_one_is_refused(date: str) -> None:
    with pytest.raises(ValidationError):
        wire.FilterFields(date_from=date)
