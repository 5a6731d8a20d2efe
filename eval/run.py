"""Runs one system on one data set: each question is asked as a user would ask it, timed, ranked and judged."""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval import measures, results
from eval.asking import Told, ask
from eval.collection import Collection, collect, golden, golden_spans, is_in_a_passage
from eval.dataset import Dataset, Question
from eval.results import QuestionResult, Result, Stage
from eval.spans import Span, span_measures
from indexer.document import Document, Passage
from indexer.passages import SIZES, Sizes
from search.engine import Engine
from search.query import MAX_QUERY, BadQuery, Mode, Query, clean
from search.ranking import RANKING, Found, Ranking
from search.results import Hit

DEPTH = 100  # units that a run lists
LOOKED_AT = 5  # hits that a reader looks at: gold below is lost
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class System:
    """What is measured: a name for it and every setting that ranks."""

    name: str = "pincite"
    mode: Mode = Mode.HYBRID
    rerank: bool = True
    model: str | None = None
    ranking: Ranking = RANKING
    sizes: Sizes = SIZES

    def settings(self) -> dict[str, Any]:
        """Return every setting by name."""
        return {"mode": self.mode.value, "rerank": self.rerank, **asdict(self.ranking), "sizes": asdict(self.sizes)}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an evaluation is: passages indexed, or questions asked."""

    doing: str
    done: int
    total: int | None


def run(
    dataset: Dataset, system: System, work: Path, folder: Path, report: Callable[[Progress], None] = lambda _: None
) -> Result:
    """Index what is not indexed yet below ``work``, ask every question, and write the result into ``folder``.

    One that was stopped goes on from there. Raises `BadDataset`, `IndexBusy`, `ModelUnavailable`.
    """
    _forget_peak()
    indexed = 0

    def more(passages: int) -> None:
        nonlocal indexed
        indexed += passages
        report(Progress(f"{dataset.name}: indexing", indexed, None))

    collection = collect(dataset, work, system.model, system.sizes, more)
    engine = Engine(collection.index, system.model, system.ranking)
    try:
        asked = list(_asked(engine, dataset, system, folder / "partial.jsonl", report))
        result = _result(engine, collection, dataset, system, asked)
    finally:
        engine.close()
    results.write(folder, result)
    (folder / "partial.jsonl").unlink(missing_ok=True)
    return result


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what came of it: the units found, best first, and those that are right."""

    question: Question
    gold: dict[str, int]
    ranking: tuple[str, ...]
    ms: float
    lost: Stage | None
    spans: Mapping[str, float]
    told: Told | None


def _asked(
    engine: Engine, dataset: Dataset, system: System, partial: Path, report: Callable[[Progress], None]
) -> Iterator[Asked]:
    """Ask what was not asked yet, and keep each answer at once: an evaluation may take minutes."""
    partial.parent.mkdir(parents=True, exist_ok=True)
    kept = _kept(partial, system)
    engine.ranker.embedded("ready")
    with partial.open("a", encoding="utf-8") as notes:
        if not kept:
            notes.write(json.dumps(system.settings()) + "\n")
        for n, question in enumerate(dataset.questions, 1):
            gold = golden(engine.index, question)
            if question.id not in kept:
                kept[question.id] = _ask(engine, question, system, gold, dataset.judged)
                notes.write(json.dumps(kept[question.id]) + "\n")
                notes.flush()
            row = kept[question.id]
            told = Told(**row["told"]) if row["told"] else None
            yield Asked(question, gold, tuple(row["ranking"]), row["ms"], row["lost"], row["spans"], told)
            report(Progress(f"{dataset.name}: asking", n, len(dataset.questions)))


def _kept(partial: Path, system: System) -> dict[str, Any]:
    if not partial.exists():
        return {}
    settings, *rows = partial.read_text(encoding="utf-8").splitlines() or [""]
    if settings != json.dumps(system.settings()):
        partial.unlink()
        return {}
    whole = [json.loads(row) for row in rows if row.endswith("}")]
    return {row["id"]: row for row in whole}


def _ask(engine: Engine, question: Question, system: System, gold: dict[str, int], judged: bool) -> dict[str, Any]:
    """Search as a user does, timed; rank to the depth of a run; and where the data set is made for it, ask."""
    query = Query(question.text[:MAX_QUERY], mode=system.mode, rerank=system.rerank)
    row: dict[str, Any] = {"id": question.id, "ranking": [], "ms": 0.0, "lost": None, "spans": {}, "told": None}
    try:
        began = time.perf_counter()
        results = engine.search(query)
        row["ms"] = (time.perf_counter() - began) * 1000
    except BadQuery:
        return row
    text = clean(query.text)
    with engine.index.store.reading():
        found = engine.ranked(text, engine.ranker.terms(text), query)
        row["ranking"] = _units(engine, found)
        row["lost"] = _lost(engine, question, found, gold)
    if question.gold:
        shown = [[_span(one) for one in (hit, *hit.duplicates)] for hit in results.hits]
        row["spans"] = span_measures(golden_spans(engine.index, question, gold), shown)
    if judged:
        row["told"] = asdict(ask(engine, question, gold))
    return row


def _span(hit: Hit) -> Span:
    return Span(hit.document.source, hit.passage.char_start, hit.passage.char_end)


# -- units: what is judged


def _units(engine: Engine, found: Sequence[Found]) -> list[str]:
    """Name what each passage stands for, best first, each once: its row, or the paragraphs that it holds."""
    named = (unit for one in found for unit in units(engine, one.document, one.passage))
    return list(dict.fromkeys(named))[:DEPTH]


def units(engine: Engine, document: Document, passage: Passage) -> list[str]:
    """Return the units of a passage: `eval.collection.golden` says what a unit is."""
    if engine.catalogue.original(document.id) == Path(document.source):  # a row has no folder
        return [document.source]
    return [f"{document.source}#{number}" for number in range(passage.first, passage.last + 1)]


def _lost(engine: Engine, question: Question, found: Sequence[Found], gold: dict[str, int]) -> Stage | None:
    """Say at which stage the best of the gold fell out of what a reader looks at; None if it is there."""
    if not gold:
        return "not a paragraph" if question.gold else None
    ranks = _ranks(engine, found, gold)
    if not ranks:
        return "not in either top" if any(is_in_a_passage(engine.index, unit) for unit in gold) else "not in a passage"
    if ranks[0] <= LOOKED_AT:
        return None
    before = sorted(found, key=lambda one: -(one.fused.score if one.fused.before is None else one.fused.before))
    return "reranking" if _ranks(engine, before, gold)[0] <= LOOKED_AT else "fusion"


def _ranks(engine: Engine, found: Sequence[Found], gold: dict[str, int]) -> list[int]:
    named = (units(engine, one.document, one.passage) for one in found)
    return [rank for rank, some in enumerate(named, 1) if gold.keys() & set(some)]


# -- the result


def _result(engine: Engine, collection: Collection, dataset: Dataset, system: System, asked: Sequence[Asked]) -> Result:
    qrels = {one.question.id: one.gold for one in asked if one.gold}
    ranked = {one.question.id: _scores(one.ranking) for one in asked}
    values = measures.measure(qrels, ranked)
    for one in asked:
        for name, value in {**one.spans, **(one.told.values if one.told else {})}.items():
            values.setdefault(name, {})[one.question.id] = value
    waits = [one.ms for one in asked] or [0.0]
    embedder = engine.embedder
    return Result(
        dataset.name, system.name, system.settings(), measures.means(values) | _refusals(asked),
        tuple(_question_result(one, values) for one in asked), ranked, qrels,
        p50_ms=float(np.percentile(waits, 50)), p95_ms=float(np.percentile(waits, 95)),
        index_seconds=collection.seconds, passages=engine.catalogue.count()[2],
        peak_memory_mb=peak_mb(), disk_mb=engine.index.size_on_disk() / 1e6,
        model=embedder.name, model_revision=embedder.revision, corpus_sha256=engine.index.store.corpus_hash(),
        commit=commit(), machine=machine(), python=platform.python_version(), date=today(),
    )  # fmt: skip


def _scores(ranking: Sequence[str]) -> dict[str, float]:
    """Score units by their place: what is in the file is the order that was shown, whatever scores led to it."""
    return {unit: float(DEPTH - place) for place, unit in enumerate(ranking)}


def _question_result(one: Asked, values: dict[str, dict[str, float]]) -> QuestionResult:
    q, told = one.question, one.told
    own = {name: of[q.id] for name, of in values.items() if q.id in of}
    return QuestionResult(
        q.id, q.kind, q.language or "", q.answerable, own, ms=one.ms, lost=one.lost,
        answered=told.answered if told else None, confidence=told.confidence if told else None,
        correct=told.correct if told else None,
    )  # fmt: skip


def _refusals(asked: Sequence[Asked]) -> dict[str, float]:
    """Return the share refused of the questions with and without an answer, where it was asked for answers."""
    found: dict[str, float] = {}
    for answerable, name in ((True, "answerable refused"), (False, "unanswerable refused")):
        told = [one.told for one in asked if one.told and one.question.answerable == answerable]
        if told:
            found[name] = measures.mean(float(not one.answered) for one in told)
    return found


def today() -> str:
    """Return the date, ISO 8601, in UTC."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d")


def commit() -> str:
    """Return the commit that is checked out, with "+" if files differ from it; "unknown" outside a checkout."""
    git = ["git", "-C", str(ROOT)]
    done = subprocess.run([*git, "describe", "--always", "--dirty=+", "--exclude=*"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def machine() -> str:
    """Return the processor, how many cores of it, and the system."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = named[0] if named else model
    return f"{model}, {os.cpu_count()} cores, {platform.system()}"


def _forget_peak() -> None:
    """Have Linux measure the peak memory of this process from now on; elsewhere it is that of its whole life."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak_mb() -> float:
    """Return the most memory that this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) * 1024 / 1e6
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 1e6 if sys.platform == "darwin" else used * 1024 / 1e6
