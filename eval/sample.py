"""How good search and answers are on the sample questions: `python -m eval.sample`.

Gold is a span of the source, so it survives a change of passage size: a hit counts if its passage holds the
whole of a gold quote, an answer if one of its quotes overlaps one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.build import build
from indexer.index import Index
from search.engine import Engine
from search.query import Query
from search.results import Answer, Results, Status

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "eval" / "questions" / "sample.jsonl"


@dataclass(frozen=True, slots=True)
class Scored:
    """One question with what came of it; ``rank`` of the first hit that holds a gold quote, None if none does."""

    question: dict[str, Any]
    rank: int | None
    answered: bool
    cited: bool
    verbatim: bool
    reasons: tuple[str, ...]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the measures; exit 1 if a quote is not verbatim."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--questions", type=Path, default=QUESTIONS, help="questions with gold, one JSON object a line"
    )
    options.add_argument("--corpus", type=Path, default=ROOT / "corpus", help="the folder that they are asked of")
    options.add_argument("--misses", action="store_true", help="list the questions that went wrong")
    options.add_argument("--json", action="store_true", help="print one line of JSON")
    given = options.parse_args(argv)
    questions = [json.loads(line) for line in given.questions.read_text(encoding="utf-8").splitlines() if line]
    with tempfile.TemporaryDirectory() as folder:
        index = Index(Path(folder), create=True)
        build(index, [given.corpus])
        scored = [score(Engine(index), question) for question in questions]
        index.close()
    measures = summary(scored)
    if given.json:
        print(json.dumps(measures))
    else:
        for name, value in measures.items():
            print(f"{name:40s} {value:.3f}" if isinstance(value, float) else f"{name:40s} {value}")
    if given.misses:
        _show_misses(scored)
    return 0 if measures["quotes verbatim"] == 1.0 else 1


def score(engine: Engine, question: dict[str, Any]) -> Scored:
    """Ask one question both ways, search and answer."""
    results = engine.search(Query(question["question"], limit=10))
    answer = engine.ask(question["question"])
    quotes = [(q.document, q.citation) for q in answer.quotes]
    verbatim = all(engine.catalogue.text_of(d.id)[c.char_start : c.char_end] == c.text for d, c in quotes)
    cited = any(
        d.source == gold["source"] and c.char_start < gold["end"] and gold["start"] < c.char_end
        for d, c in quotes
        for gold in question["gold"]
    )
    answered = answer.status is not Status.UNANSWERABLE
    return Scored(question, _rank(results, question), answered, cited, verbatim, _reasons(answer))


def _reasons(answer: Answer) -> tuple[str, ...]:
    return answer.reasons


def _rank(results: Results, question: dict[str, Any]) -> int | None:
    for hit in results.hits:
        for one in (hit, *hit.duplicates):
            c = one.citation
            if any(
                one.document.source == gold["source"] and c.char_start <= gold["start"] and gold["end"] <= c.char_end
                for gold in question["gold"]
            ):
                return hit.rank
    return None


def summary(scored: Sequence[Scored]) -> dict[str, float | int]:
    """Return the measures by name."""
    yes = [s for s in scored if s.question["answerable"]]
    no = [s for s in scored if not s.question["answerable"]]
    near = [s for s in no if s.question.get("near")]
    far = [s for s in no if not s.question.get("near")]
    return {
        "questions": len(scored),
        "answerable": len(yes),
        "hit@1": _share(s.rank == 1 for s in yes),
        "hit@5": _share(s.rank is not None and s.rank <= 5 for s in yes),
        "MRR@10": sum(1 / s.rank for s in yes if s.rank) / max(len(yes), 1),
        "answer cites gold": _share(s.cited for s in yes),
        "answerable refused": _share(not s.answered for s in yes),
        "unanswerable refused": _share(not s.answered for s in no),
        "unanswerable refused, near": _share(not s.answered for s in near),
        "unanswerable refused, far": _share(not s.answered for s in far),
        "quotes verbatim": _share(s.verbatim for s in scored),
    }


def _share(values: Any) -> float:
    counted = list(values)
    return sum(map(bool, counted)) / len(counted) if counted else 1.0


def _show_misses(scored: Sequence[Scored]) -> None:
    for s in scored:
        q = s.question
        if not q["answerable"] and s.answered:
            print(f"answered though unanswerable: {q['id']} {q['question']}")
        elif q["answerable"] and not s.answered:
            print(f"refused though answerable: {q['id']} {q['question']} ({'; '.join(s.reasons)})")
        if q["answerable"] and s.rank != 1:
            print(f"rank {s.rank}: {q['id']} [{q['kind']}] {q['question']}")


if __name__ == "__main__":
    sys.exit(main())
