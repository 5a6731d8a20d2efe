"""Results made for tests: values drawn with a seed, written to disk as a run would write them."""

from __future__ import annotations

import random
from pathlib import Path

from eval import results
from eval.measures import means, measure
from eval.results import STAGES, QuestionResult, Result

KINDS = ("fact", "list", "dated", "locator", "topic", "conflicting")


def make_result(
    system: str,
    *,
    quality: float,
    dataset: str = "sample",
    questions: int = 60,
    seed: int = 0,
    ms: float = 12.0,
    refuses: bool = False,
) -> Result:
    """A system that ranks the gold first on about ``quality`` of the questions; the luck is the seed's."""
    luck = random.Random(f"{dataset}/{seed}")
    run: dict[str, dict[str, float]] = {}
    qrels: dict[str, dict[str, int]] = {}
    for n in range(questions):
        rank = 0 if luck.random() < quality else luck.choice((1, 2, 4, 9, 150))
        qrels[f"q{n:03}"] = {"gold": 1}
        ranking = [f"d{place}" for place in range(100)]
        run[f"q{n:03}"] = {
            d: 1 / (place + 1) for place, d in enumerate([*ranking[:rank], "gold", *ranking[rank:]][:100])
        }
    values = measure(qrels, run)
    answered = tuple(_question(name, values, luck, ms, refuses) for name in qrels)
    unanswerable = tuple(_unanswerable(f"u{n:03}", luck, ms) for n in range(questions // 4 if refuses else 0))
    return Result(
        dataset=dataset,
        system=system,
        settings={"limit": 100, "mode": "hybrid", "seed": seed},
        measures=means(values),
        questions=answered + unanswerable,
        run=run,
        qrels=qrels,
        p50_ms=ms,
        p95_ms=ms * 2.4,
        index_seconds=31.2,
        passages=5200,
        peak_memory_mb=612.0,
        disk_mb=48.3,
        model="multilingual-e5-small",
        model_revision="614241f622f53c4eeff9890bdc4f31cfecc418b3",
        corpus_sha256="9f2c" * 16,
        commit="0a1b2c3",
        machine="2 cores, AVX2, 8 GB",
        python="3.11.9",
        date="2026-11-22",
        seed=seed,
    )


def write_results(root: Path, *made: Result) -> list[Path]:
    """Write each where it belongs below ``root``; returns their folders."""
    folders = [root / f"{r.date}-{r.commit}" / r.dataset / r.system for r in made]
    for folder, result in zip(folders, made, strict=True):
        results.write(folder, result)
    return folders


def _question(
    name: str, values: dict[str, dict[str, float]], luck: random.Random, ms: float, refuses: bool
) -> QuestionResult:
    own = {measure_name: of[name] for measure_name, of in values.items()}
    confidence = min(0.99, max(0.01, luck.gauss(0.55 + 0.3 * own["MRR@10"], 0.15)))
    return QuestionResult(
        id=name,
        kind=KINDS[int(name[1:]) % len(KINDS)],
        language="en",
        values=own,
        ms=round(luck.gauss(ms, ms / 5), 3),
        lost=None if own["Recall@100"] else luck.choice(STAGES),
        answered=confidence > 0.5 if refuses else None,
        confidence=confidence if refuses else None,
        correct=own["hit@1"] > 0 if refuses else None,
    )


def _unanswerable(name: str, luck: random.Random, ms: float) -> QuestionResult:
    confidence = min(0.99, max(0.01, luck.gauss(0.4, 0.15)))
    return QuestionResult(
        name,
        "unanswerable",
        "en",
        answerable=False,
        ms=ms,
        answered=confidence > 0.5,
        confidence=confidence,
        correct=False,
    )
