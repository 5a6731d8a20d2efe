"""Copies and light rewrites of one claim take one place, say where they are from, and hide nothing else."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from killing import QuickEmbedder
from making import document, put

import indexer.embedding
from indexer.index import Index
from search.engine import Engine
from search.query import Mode, Query

COPIES = 700
OTHERS = [
    "The harvest of the northern districts was stored before the border closed, the ministry said.",
    "No harvest was stolen at the border, according to two witnesses who were there that night.",
    "A court heard the case of the stolen harvest in May and found nobody guilty of it.",
]
CLAIM = (
    "The council stole the harvest at the border in the night of the third of May, when the guards of the "
    "northern gate were asleep, and it was carried in eleven lorries to the stores of the governor, where it was "
    "seen by nobody for a whole year, until the governor himself sold it to a trader of the capital for less than "
    "half of what it was worth, as everybody in the district knew and nobody dared to say before the council was "
    "dismissed in the following spring."
)


class Near(QuickEmbedder):
    """Questions are nearest to the claim."""

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return np.tile(direction(1.0), (len(texts), 1))


def direction(cosine: float) -> np.ndarray:
    vector = np.zeros(8, np.float32)
    vector[:2] = cosine, np.sqrt(1 - cosine**2)
    return vector


def rewritten(draw: random.Random) -> str:
    """The claim with a word or two changed."""
    words = CLAIM.split()
    for _ in range(draw.randrange(3)):
        words[draw.randrange(len(words))] = draw.choice(["said", "old", "northern", "again", "seven"])
    return " ".join(words)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("flooded")
    draw = random.Random(1)
    index = Index(folder, create=True)
    for n in range(COPIES):
        put(index, document(f"copy {n}.txt", title=f"Copy {n}"), [rewritten(draw)], direction(0.99).reshape(1, -1))
    for n, text in enumerate(OTHERS):
        put(index, document(f"other {n}.txt", title=f"Other {n}"), [text], direction(0.7).reshape(1, -1))
    index.require({"model": "quick", "revision": "1", "passages": "any"})
    index.save_vectors()
    index.close()
    return Engine.open(folder)


@pytest.mark.parametrize("mode", list(Mode))
def test_hundreds_of_copies_take_one_place_and_leave_the_others(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    monkeypatch.setattr(indexer.embedding, "load", lambda *_, **__: Near())
    found = engine.search(Query("who stole the harvest at the border", limit=5, mode=mode, rerank=False))
    claims = [hit for hit in found.hits if hit.document.source.startswith("copy")]
    others = {hit.document.source for hit in found.hits} - {claims[0].document.source}
    assert len(claims) == 1
    assert others == {f"other {n}.txt" for n in range(len(OTHERS))}
    assert len(claims[0].duplicates) == COPIES - 1
    assert {twin.document.source for twin in claims[0].duplicates} | {claims[0].document.source} == {
        f"copy {n}.txt" for n in range(COPIES)
    }
    assert found.total == 1 + len(OTHERS)
