"""What came of asking for an answer: whether it was given, is right, cites what it should, and quotes word for word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.answer_measures import exact_match, list_recall, token_f1
from eval.collection import golden_spans
from eval.dataset import Question
from eval.measures import mean
from eval.spans import Span, citation_precision, citation_recall, verbatim_share
from search.engine import Engine
from search.results import Answer, Status


@dataclass(frozen=True, slots=True)
class Told:
    """``answered`` is what was decided; ``confidence`` and ``correct`` are those of the answer that would be given if
    it had to be, so that risk can be drawn over coverage; ``values`` are by name of measure."""

    answered: bool
    confidence: float
    correct: bool
    values: Mapping[str, float]


def ask(engine: Engine, question: Question, gold: Mapping[str, int]) -> Told:
    """Ask a question; ``gold`` are the units that are right for it. Raises `BadQuery`."""
    decided = engine.ask(question.text)
    insisted = decided if decided.sentences else engine.ask(question.text, insist=True)
    spans = golden_spans(engine.index, question, gold)
    values = {"quotes verbatim": verbatim} if (verbatim := _verbatim(engine, insisted)) is not None else {}
    if question.answerable:
        values |= _values(question, spans, decided)
    correct = question.answerable and citation_recall(spans, _quoted(insisted)) > 0
    return Told(decided.status is not Status.UNANSWERABLE, insisted.confidence, correct, values)


def _values(question: Question, gold: Sequence[Span], answer: Answer) -> dict[str, float]:
    cited = _quoted(answer)
    values: dict[str, float] = {}
    if gold:
        values["citation precision"] = citation_precision(gold, cited)
        values["citation recall"] = citation_recall(gold, cited)
        values["answer cites gold"] = float(values["citation recall"] > 0)
    if question.answers:
        language = question.language or "en"
        sentences = [sentence.text for sentence in answer.sentences]
        values["exact match"] = max((exact_match(s, question.answers, language) for s in sentences), default=0.0)
        values["token F1"] = max((token_f1(s, question.answers, language) for s in sentences), default=0.0)
        values["answer contained"] = mean([float(any(list_recall(sentences, [a], language) for a in question.answers))])
        if question.kind == "list":
            values["list recall"] = list_recall(sentences, question.answers, language)
    return values


def _quoted(answer: Answer) -> list[Span]:
    return [Span(q.document.source, q.citation.char_start, q.citation.char_end) for q in answer.quotes]


def _verbatim(engine: Engine, answer: Answer) -> float | None:
    ids = {quote.document.source: quote.document.id for quote in answer.quotes}
    quotes = [(quote.citation.text, span) for quote, span in zip(answer.quotes, _quoted(answer), strict=True)]
    return verbatim_share(quotes, lambda source: engine.catalogue.text_of(ids[source]))
