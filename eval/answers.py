"""How well answers over rows of text do: the answer contained and both sources cited, or the right sentence first.

Asked as a user asks, without a writer. A question that is refused has no answer, and counts as such; beside it stands
what would have been said if it had to be, and for questions without an answer how many are refused at which price.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.answer_measures import list_recall
from eval.collection import collect
from eval.dataset import Question, read
from eval.measures import mean
from search.engine import Engine
from search.results import Answer

SHARES = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the questions without an answer that a threshold refuses

Row = Mapping[str, Any]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.answers", description=__doc__)
    parser.add_argument("--data", required=True, help="a data set in BEIR layout with answers.jsonl")
    parser.add_argument("--work", type=Path, default=Path(".pincite/eval"), help="where its index is kept")
    parser.add_argument("--questions", type=int, help="ask only so many, the first of them")
    parser.add_argument("--rows", type=Path, help="write what came of each question, and go on from what is there")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    arguments = parser.parse_args(argv)
    dataset = read(arguments.data)
    engine = Engine(collect(dataset, arguments.work).index)
    rows = list(asked(engine, dataset.questions[: arguments.questions], arguments.rows))
    engine.close()
    measured = measure(rows)
    print(json.dumps(measured) if arguments.json else "\n".join(f"{name}: {value}" for name, value in measured.items()))
    return 0


def asked(engine: Engine, questions: Sequence[Question], kept: Path | None = None) -> Iterator[Row]:
    """Yield what came of each question; those in the file ``kept`` are not asked again."""
    lines = kept.read_text("utf-8").splitlines() if kept and kept.exists() else []
    done = {row["id"]: row for row in map(json.loads, lines)}
    for question in questions:
        if question.id not in done:
            done[question.id] = outcome(engine, question)
            if kept:
                with kept.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(done[question.id], ensure_ascii=False) + "\n")
        yield done[question.id]


def outcome(engine: Engine, question: Question) -> Row:
    """Ask one question, and once more so that it must answer if it did not."""
    decided = engine.ask(question.text)
    insisted = decided if decided.sentences else engine.ask(question.text, insist=True)
    wanted = {row for row, _ in question.relevant}
    return {
        "id": question.id,
        "kind": question.kind,
        "answerable": question.answerable,
        "answered": bool(decided.sentences),
        "confidence": insisted.confidence,
        "extractable": not {a.lower() for a in question.answers} <= {"yes", "no"},
        "contained": _contained(insisted, question),
        "sources": len(wanted & _sources(insisted)),
        "wanted": len(wanted),
        "first": bool(wanted & _sources(insisted, most=1)),
        "sentences": len(insisted.sentences),
    }


def _contained(answer: Answer, question: Question) -> bool:
    sentences = [sentence.text for sentence in answer.sentences]
    return any(list_recall(sentences, [wanted]) for wanted in question.answers)


def _sources(answer: Answer, most: int | None = None) -> set[str]:
    """Return the rows that the first sentences of an answer cite; lists and disagreements beside them do not count."""
    quotes = {quote.n: quote.document.source for quote in answer.quotes}
    return {quotes[n] for sentence in answer.sentences[:most] for n in sentence.citations}


def measure(rows: Sequence[Row]) -> dict[str, Any]:
    """Shares of the questions that have an answer; and if some have none, what refusing so many of those costs."""
    own = [row for row in rows if row["answerable"]]
    others = [row for row in rows if not row["answerable"]]
    extractable = [row for row in own if row["extractable"]]
    measured: dict[str, Any] = {
        "questions": len(own),
        "answered": _share(own, lambda row: row["answered"]),
        "answer contained": _share(own, lambda row: row["answered"] and row["contained"]),
        "answer contained, if it must answer": _share(own, lambda row: row["contained"]),
        "answer contained, if it must, yes and no left out": _share(extractable, lambda row: row["contained"]),
        "all sources cited": _share(own, lambda row: row["answered"] and row["sources"] == row["wanted"]),
        "all sources cited, if it must answer": _share(own, lambda row: row["sources"] == row["wanted"]),
        "right source first": _share(own, lambda row: row["answered"] and row["first"]),
        "sentences": round(mean(float(row["sentences"]) for row in own), 2),
    }
    if others:
        measured["others"] = len(others)
        measured["others refused"] = _share(others, lambda row: not row["answered"])
        measured["frontier (others refused, answered, right source first)"] = frontier(own, others)
    return measured


def _share(rows: Sequence[Row], holds: Any) -> float:
    return round(mean(float(bool(holds(row))) for row in rows), 3) if rows else 0.0


def frontier(own: Sequence[Row], others: Sequence[Row]) -> list[tuple[float, float, float]]:
    """Return, for thresholds on the confidence, what they refuse of ``others``, leave of ``own``, and is right."""
    confidences = sorted(row["confidence"] for row in others)
    points = []
    for share in SHARES:
        least = confidences[min(int(share * len(others)), len(others) - 1)] if share else 0.0
        kept = [row for row in own if row["confidence"] >= least]
        refused = _share(others, lambda row, least=least: row["confidence"] < least)
        right = sum(row["first"] for row in kept) / max(len(own), 1)
        points.append((refused, round(len(kept) / max(len(own), 1), 3), round(right, 3)))
    return points


if __name__ == "__main__":
    raise SystemExit(main())
