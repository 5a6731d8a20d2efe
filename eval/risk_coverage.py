"""What refusing buys: how often an answer is wrong against how many questions are answered.

El-Yaniv and Wiener (JMLR 2010): coverage is the share of questions answered, risk the share of those answered that are
wrong. To answer a question that the documents do not answer is wrong; to refuse is not, it costs coverage.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from eval.results import QuestionResult


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: how sure the system was that it can be answered, and whether its answer would be right."""

    confidence: float
    answerable: bool
    correct: bool

    @property
    def wrong(self) -> bool:
        """Whether it would be a mistake to answer."""
        return not (self.answerable and self.correct)


@dataclass(frozen=True, slots=True)
class Point:
    """Where a system stands on the curve; the last two are shares of answerable and of unanswerable questions."""

    coverage: float
    risk: float
    refused_answerable: float
    refused_unanswerable: float
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """Risk at each coverage from 1/n to 1.

    ``auc`` is the area under it, the mean risk (AURC), and ``best_auc`` that of an order without fault, so that
    ``auc - best_auc`` is what a better confidence could still save (Geifman, Uziel and El-Yaniv, ICLR 2019).
    """

    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    auc: float
    best_auc: float


def judged(questions: Iterable[QuestionResult]) -> list[Judged]:
    """Questions that say how sure the system was; an answer whose correctness is not known counts as wrong."""
    return [Judged(q.confidence, q.answerable, bool(q.correct)) for q in questions if q.confidence is not None]


def curve(questions: Sequence[Judged]) -> Curve:
    """Answer the surest question first. Among equally sure ones the risk is what a random order gives on average.

    Raises ValueError without questions.
    """
    if not questions:
        raise ValueError("no questions, no curve")
    risk = _risks(questions)
    wrong = sum(question.wrong for question in questions)
    right = len(questions) - wrong
    best = [max(0, place - right) / place for place in range(1, len(questions) + 1)]
    coverage = tuple(place / len(questions) for place in range(1, len(questions) + 1))
    return Curve(coverage, tuple(risk), sum(risk) / len(risk), sum(best) / len(best))


def point(questions: Sequence[Judged], answered: Sequence[bool], threshold: float | None = None) -> Point:
    """Where these decisions to answer or to refuse put the system. Raises ValueError if they are not one a question."""
    pairs = list(zip(questions, answered, strict=True))
    given = [question for question, yes in pairs if yes]
    return Point(
        coverage=_share([yes for _, yes in pairs]),
        risk=_share([question.wrong for question in given]),
        refused_answerable=_share([not yes for question, yes in pairs if question.answerable]),
        refused_unanswerable=_share([not yes for question, yes in pairs if not question.answerable]),
        threshold=threshold,
    )


def operating_point(questions: Iterable[QuestionResult]) -> Point | None:
    """Where the system's own decisions put it; None if it made none."""
    decided = [q for q in questions if q.answered is not None]
    if not decided:
        return None
    seen = [Judged(q.confidence or 0.0, q.answerable, bool(q.correct)) for q in decided]
    return point(seen, [bool(q.answered) for q in decided])


def choose(questions: Sequence[Judged], most_refused: float = 0.05) -> Point:
    """Refuse as much as can be while at most this share of answerable questions is refused by mistake.

    A question is answered if its confidence reaches the threshold. Raises ValueError without an answerable question.
    """
    sure = sorted(question.confidence for question in questions if question.answerable)
    if not sure:
        raise ValueError("without an answerable question there is nothing to choose by")
    threshold = sure[min(int(most_refused * len(sure) + 1e-9), len(sure) - 1)]
    return point(questions, [question.confidence >= threshold for question in questions], threshold)


def _risks(questions: Sequence[Judged]) -> list[float]:
    risks: list[float] = []
    errors = 0
    ordered = sorted(questions, key=lambda question: -question.confidence)
    for _, equals in groupby(ordered, key=lambda question: question.confidence):
        group = list(equals)
        wrong = sum(question.wrong for question in group)
        before = len(risks)
        risks += [(errors + place * wrong / len(group)) / (before + place) for place in range(1, len(group) + 1)]
        errors += wrong
    return risks


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0
