"""Ablations: the system as it ships, and it again with one thing taken away or done another way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eval.run import System
from indexer.passages import SIZES
from search.query import Mode
from search.ranking import RANKING

SHIPS = System()


def ablations(model: str | None = None) -> dict[str, Sequence[System]]:
    """Return what can be ablated, by name; ``model`` is another model to compare with the one that ships.

    Those of ``passages`` and ``context`` embed the corpus again.
    """
    fusion, late = RANKING.fusion, RANKING.reranking

    def ranked(name: str, **changes: object) -> System:
        return replace(SHIPS, name=name, ranking=replace(RANKING, **changes))  # type: ignore[arg-type]

    def cut(name: str, **changes: object) -> System:
        return replace(SHIPS, name=name, sizes=replace(SIZES, **changes))  # type: ignore[arg-type]

    return {
        "sides": [
            replace(SHIPS, name="dense alone", mode=Mode.DENSE),
            replace(SHIPS, name="keywords alone", mode=Mode.LEXICAL),
        ],
        "fusion": [
            ranked("ranks fused", fusion=replace(fusion, by_rank=True)),
            *(ranked(f"keyword weight {w:g}", fusion=replace(fusion, keyword_weight=w)) for w in (1, 3, 5)),
            ranked("titles left out", title_weight=0.0),
        ],
        "reranker": [
            replace(SHIPS, name="not reranked", rerank=False),
            *(ranked(f"{n} reranked", reranking=replace(late, candidates=n)) for n in (4, 20)),
            ranked("nothing learned", reranking=replace(late, sentence=0.0)),
            ranked("multilingual model reranks", reranking=replace(late, english=False)),
        ],
        "passages": [
            cut("passages of 160 tokens", longest=160, joined=100, short=40),
            cut("passages of 480 tokens", longest=480, joined=300, short=120),
            cut("paragraphs alone", joined=0),
        ],
        "context": [cut("no title or headings", context=False)],
        "model": [replace(SHIPS, name=model, model=model)] if model else [],
    }
