"""The dense file: checked before it is read, never of another generation, exact or close to it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import faiss
import numpy as np
import pytest
from making import document, put, unit

from indexer import vectors
from indexer.index import Index
from indexer.vectors import Vectors


def saved(folder: Path, generation: int = 3) -> Path:
    """A saved dense index of 50 vectors, and where its file lies."""
    Vectors.build(np.arange(50, dtype=np.int64), unit(50, 16), generation).save(folder)
    return folder / f"dense-{generation}.faiss"


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    saved(tmp_path)
    loaded = Vectors.load(tmp_path, 3)
    assert loaded is not None
    query = unit(50, 16)[7]
    assert loaded.search(query, 3)[0] == (7, pytest.approx(1))


def test_a_flipped_byte_anywhere_is_noticed(tmp_path: Path) -> None:
    file = saved(tmp_path)
    whole = file.read_bytes()
    places = {0, 1, len(whole) - 1, *random.Random(0).sample(range(len(whole)), 200)}
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        file.write_bytes(damaged)
        assert Vectors.load(tmp_path, 3) is None, place
    file.write_bytes(whole)
    assert Vectors.load(tmp_path, 3) is not None


def test_a_file_cut_short_or_grown_is_noticed(tmp_path: Path) -> None:
    file = saved(tmp_path)
    whole = file.read_bytes()
    for content in (b"", whole[:-1], whole[: len(whole) // 2], whole + b"\0"):
        file.write_bytes(content)
        assert Vectors.load(tmp_path, 3) is None


def test_another_generation_is_not_loaded(tmp_path: Path) -> None:
    saved(tmp_path, 3)
    assert Vectors.load(tmp_path, 4) is None
    assert Vectors.load(tmp_path, 2) is None


@pytest.mark.parametrize("manifest", ["", "{}", "[]", "null", '{"file": 1}', '{"file": "../x", "sha256": 1}', "\0"])
def test_a_manifest_that_says_nothing_of_use_is_like_none(tmp_path: Path, manifest: str) -> None:
    saved(tmp_path)
    (tmp_path / "dense.json").write_text(manifest)
    assert Vectors.load(tmp_path, 3) is None


def test_saving_leaves_one_dense_file_and_nothing_half_written(tmp_path: Path) -> None:
    for generation in (1, 2, 3):
        saved(tmp_path, generation)
    assert sorted(f.name for f in tmp_path.iterdir()) == ["dense-3.faiss", "dense.json"]


def test_it_is_built_again_from_the_store_when_it_is_damaged(tmp_path: Path) -> None:
    index = Index(tmp_path, create=True)
    put(index, document("a.txt"), [f"passage {i}" for i in range(20)], unit(20, 16))
    query = unit(20, 16)[4]
    before = index.dense(query, 5)
    [file] = tmp_path.glob("dense-*.faiss")
    file.write_bytes(file.read_bytes()[:-8] + b"\xff" * 8)
    again = Index(tmp_path)
    assert again.dense(query, 5) == before
    assert Vectors.load(tmp_path, again.store.generation) is not None, "and saved for the next time"


def test_a_stale_file_from_before_a_write_is_not_used(tmp_path: Path) -> None:
    index = Index(tmp_path, create=True)
    put(index, document("a.txt"), ["first"], unit(1, 16, seed=1))
    index.dense(unit(1, 16)[0], 1)
    put(index, document("b.txt"), ["second"], unit(1, 16, seed=2))
    [(key, score)] = Index(tmp_path).dense(unit(1, 16, seed=2)[0], 1)
    assert score == pytest.approx(1, abs=1e-2)
    assert index.catalogue.passages([key])[key].text == "second"
    assert json.loads((tmp_path / "dense.json").read_text())["generation"] == index.store.generation


def test_the_best_key_wins_a_tie(tmp_path: Path) -> None:
    one = np.repeat(unit(1, 16), 5, axis=0)
    found = Vectors.build(np.array([9, 3, 7, 1, 5], dtype=np.int64), one, 1).search(one[0], 5)
    assert [key for key, _ in found] == [1, 3, 5, 7, 9]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> tuple[Vectors, np.ndarray, np.ndarray]:
    """An index that counts as large, over vectors in clusters as texts are."""
    monkeypatch.setattr(vectors, "EXACT_UP_TO", 1000)
    rng = np.random.default_rng(0)
    data = np.repeat(unit(100, 32, seed=3), 60, axis=0) + 0.15 * rng.normal(size=(6000, 32)).astype(np.float32)
    data = (data / np.linalg.norm(data, axis=1, keepdims=True)).astype(np.float32)
    keys = np.arange(10, 60_010, 10, dtype=np.int64)
    return Vectors.build(keys, data, 1), keys, data


def test_a_large_index_is_approximate_and_finds_nearly_all_of_the_best(
    many: tuple[Vectors, np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    built, keys, data = many
    built.save(tmp_path)
    loaded = Vectors.load(tmp_path, 1)
    assert loaded is not None
    found = 0
    for query in data[::600]:
        best = {int(key) for key in keys[np.argsort(-(data @ query))[:10]]}
        answer = loaded.search(query, 10)
        found += len(best & {key for key, _ in answer})
        assert answer[0][1] == pytest.approx(1, abs=5e-3), "the query itself is in the index"
    assert found >= 95


def test_a_filter_cuts_a_large_index_too(many: tuple[Vectors, np.ndarray, np.ndarray]) -> None:
    built, keys, data = many
    allowed = [int(key) for key in keys[5::7]]
    found = built.search(data[0], 50, allowed)
    assert len(found) == 50
    assert {key for key, _ in found} <= set(allowed)


def test_what_is_near_by_chance_is_told_from_a_sample_of_a_small_and_a_large_index(
    many: tuple[Vectors, np.ndarray, np.ndarray],
) -> None:
    small = unit(40, 16)
    cosines = small @ small[0]
    found = Vectors.build(np.arange(40, dtype=np.int64), small, 1).chance(small[0])
    assert found == pytest.approx((cosines.mean(), cosines.std()), abs=1e-5)
    built, _, data = many
    mean, deviation = built.chance(data[0])
    assert mean == pytest.approx((data @ data[0]).mean(), abs=0.05)
    assert deviation == pytest.approx((data @ data[0]).std(), rel=0.3)


def test_the_deviation_of_a_handful_of_passages_is_never_nothing() -> None:
    one = unit(1, 16)
    assert Vectors.build(np.arange(1, dtype=np.int64), one, 1).chance(one[0])[1] > 0


def test_faiss_itself_would_not_notice(tmp_path: Path) -> None:
    """Why the checksum is there; when this fails, FAISS has learnt it."""
    file = saved(tmp_path)
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    assert faiss.deserialize_index(np.frombuffer(bytes(damaged), dtype=np.uint8)).ntotal == 50
