"""Whether passages that mention the time a question names should gain by it: measured, and they should not.

``python -m eval.date_gain --index DIR`` (an index of the sample corpus) asks the shipped questions that name a date,
adds a gain to the score of each passage found that mentions a fitting one, and prints where the right one then stands.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from eval.dataset import SAMPLE_SETS
from search.askeddates import DateReading, dates_asked
from search.calendar import of_iso
from search.dates import date_expressions
from search.engine import Engine
from search.query import Query
from search.results import Hit

GAINS: Final = (0.0, 0.05, 0.1, 0.2, 0.4)  # of a score that goes from 0 to 1


def dated_questions(today: date) -> list[dict[str, Any]]:
    """Return the shipped questions that have an answer and name a date."""
    asked = [json.loads(line) for path in SAMPLE_SETS for line in path.read_text("utf-8").splitlines()]
    return [q for q in asked if q["answerable"] and dates_asked(q["question"], today)]


def fit(hit: Hit, asked: Sequence[DateReading]) -> float:
    """The share of the dates asked for that a passage mentions."""
    mentioned = [e.period for e in date_expressions(hit.passage.text, of_iso(hit.document.date))]
    return sum(any(reading.fits(period) for period in mentioned) for reading in asked) / len(asked)


def rank(question: dict[str, Any], hits: Sequence[Hit], fits: Sequence[float], gain: float) -> int | None:
    """The place of the right passage once each has gained, None if it was not found."""
    order = sorted(range(len(hits)), key=lambda i: -(hits[i].score + gain * fits[i]))
    return next((place for place, i in enumerate(order, 1) if _right(question, hits[i])), None)


def _right(question: dict[str, Any], hit: Hit) -> bool:
    p = hit.passage
    return any(
        hit.document.source == g["source"] and p.char_start < g["end"] and g["start"] < p.char_end
        for g in question["gold"]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a row for each gain."""
    parser = argparse.ArgumentParser(prog="python -m eval.date_gain", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--index", type=Path, required=True, help="an index of the sample corpus")
    engine = Engine.open(parser.parse_args(arguments).index)
    today = date.today()
    found = []
    for question in dated_questions(today):
        hits = engine.search(Query(question["question"], limit=50)).hits
        asked = dates_asked(question["question"], today)
        found.append((question, hits, [fit(hit, asked) for hit in hits]))
    print(f"| gain | hit@1 of {len(found)} | hit@5 | MRR |\n|---|---|---|---|")
    for gain in GAINS:
        ranks = [rank(question, hits, fits, gain) for question, hits, fits in found]
        at = [sum(r is not None and r <= k for r in ranks) for k in (1, 5)]
        print(f"| {gain} | {at[0]} | {at[1]} | {sum(1 / r for r in ranks if r) / len(ranks):.3f} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
