"""Runs and judgements in the formats of trec_eval, the same bytes for the same contents.

A run is ``{question: {document: score}}``, judgements (qrels) are ``{question: {document: grade}}``. An id that holds
white space is percent-encoded in the file and decoded when read, since white space parts the columns.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, unquote

import numpy as np

Run = Mapping[str, Mapping[str, float]]
Qrels = Mapping[str, Mapping[str, int]]
Value = TypeVar("Value", int, float)

_UNSAFE = re.compile(r"[\s%]")


def ranked(scores: Mapping[str, float]) -> list[str]:
    """Documents, best first, in the order in which trec_eval reads them from the file that `write_run` writes.

    trec_eval sorts by score in single precision, then by id from last to first, and never looks at the rank column.
    """
    order = [(float(np.float32(_written(score))), encoded(document), document) for document, score in scores.items()]
    return [document for _, _, document in sorted(order, reverse=True)]


def scores_of(ranking: Sequence[str]) -> dict[str, float]:
    """Scores that keep this order, for a ranking whose own scores do not (page furniture put last, say)."""
    return {document: float(len(ranking) - place) for place, document in enumerate(ranking)}


def write_run(path: Path, run: Run, tag: str) -> None:
    """Write ``question Q0 document rank score tag`` by question and rank, scores with six decimals."""
    lines = [
        f"{encoded(question)} Q0 {encoded(document)} {rank} {_written(run[question][document])} {encoded(tag)}\n"
        for question in sorted(run)
        for rank, document in enumerate(ranked(run[question]), 1)
    ]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def read_run(path: Path) -> dict[str, dict[str, float]]:
    """Read a run, also another tool's. Raises ValueError, naming the line, if it is none or ranks a document twice."""
    return _read(path, (6,), lambda fields: float(fields[4]))


def write_qrels(path: Path, qrels: Qrels) -> None:
    """Write ``question 0 document grade`` by question and document."""
    lines = [
        f"{encoded(question)} 0 {encoded(document)} {qrels[question][document]}\n"
        for question in sorted(qrels)
        for document in sorted(qrels[question])
    ]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Read judgements; or BEIR's three columns under a heading. Raises ValueError as `read_run` does."""
    return _read(path, (4, 3), lambda fields: int(fields[-1]))


def encoded(identifier: str) -> str:
    """Return the id as it stands in a file. Raises ValueError if it is empty."""
    if not identifier:
        raise ValueError("an id is empty")
    return _UNSAFE.sub(lambda found: quote(found[0], safe=""), identifier)


def _written(score: float) -> str:
    if not math.isfinite(score):
        raise ValueError(f"{score} is no score: it cannot be ranked")
    return f"{score:.6f}"


def _read(path: Path, widths: tuple[int, ...], value: Callable[[Sequence[str]], Value]) -> dict[str, dict[str, Value]]:
    table: dict[str, dict[str, Value]] = {}
    for place, fields in _rows(path):
        if place == 1 and fields[0] == "query-id":
            continue
        try:
            if len(fields) not in widths:
                raise ValueError(f"{len(fields)} columns instead of {' or '.join(map(str, widths))}")
            question, document = unquote(fields[0]), unquote(fields[1 if len(fields) == 3 else 2])
            held = table.setdefault(question, {})
            if document in held:
                raise ValueError(f"{document} comes twice for question {question}")
            held[document] = value(fields)
            _written(held[document])
        except ValueError as error:
            raise ValueError(f"{path}, line {place}: {error}") from None
    return table


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding="utf-8") as lines:
        for place, line in enumerate(lines, 1):
            if fields := line.split():
                yield place, fields
