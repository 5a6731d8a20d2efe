"""Copies and light rewrites of one claim take one place, say where they are from, and hide nothing else."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import numpy as np
import pytest
from killing import QuickEmbedder
from making import document, put

import indexer.embedding
from indexer.index import Index
from search.engine import Engine
from search.folding import fold
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


def pair(length: int, changed: Sequence[int]) -> tuple[str, str]:
    """Two texts of so many words that differ in those at these places."""
    words = [f"word{n}" for n in range(length)]
    return " ".join(words), " ".join(f"other{n}" if n in changed else word for n, word in enumerate(words))


@pytest.mark.parametrize("at", [0, 10, -1], ids=["first", "within", "last"])
def test_from_29_words_on_a_changed_word_makes_no_other_claim(at: int) -> None:
    for length in range(5, 60):
        groups = fold(pair(length, [at % length]), str)
        assert (len(groups) == 1) == (length >= 29), length


def test_from_56_words_on_two_changed_words_make_no_other_claim() -> None:
    assert [len(fold(pair(length, [10, 30]), str)) for length in (55, 56)] == [2, 1]


def test_a_short_text_with_a_word_more_at_its_end_is_a_copy_unless_it_is_a_number_or_a_denial() -> None:
    text = "the men who were held after the march in the capital were seen by the witness"
    for more, one in (("source", True), ("2019", False), ("not", False)):
        for longer in (f"{text} {more}", f"{more} {text}"):
            assert (len(fold([text, longer], str)) == 1) == one, longer


@pytest.mark.parametrize(
    "text",
    [
        "<12|14> of the 40 men who were held after the march",
        "<Ivo|Jan> Kessler was seen near the granary on the night of the fire",
        "Those who came on that night to the house of the witness were led by <Kessler|Novak>",
        "The hearing took place behind closed doors in the regional court on <3|4> May 2019",
        "The witness was <|not> present when they came to the house",
        "<|Not> all of the men who were held after the march in the capital were seen",
        "The state <may|shall> refuse a visa to those on the list",
        "Take steps to end all violence against <women|men> in prisons",
    ],
)
def test_short_texts_that_differ_in_one_word_that_counts_are_two_claims(text: str) -> None:
    both = [re.sub(r"<(.*?)\|(.*?)>", rf"\{n}", text).strip() for n in (1, 2)]
    assert len(fold(both, str)) == 2


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


def test_copies_that_are_not_folded_are_found(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.folding.SAME", 1.01)
    with pytest.raises(AssertionError):
        test_hundreds_of_copies_take_one_place_and_leave_the_others(engine, monkeypatch, Mode.LEXICAL)
