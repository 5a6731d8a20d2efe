"""The seam: dense and keyword search, each under a filter, over whatever was written last."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from making import document, put, unit

from indexer.catalogue import Filters
from indexer.index import Index, IndexBusy, IndexMissing
from indexer.store import IndexUnusable


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = Index(tmp_path / "index", create=True)
    for n in range(4):
        about = document(f"{n}.txt", publisher="odd" if n % 2 else "even")
        texts = [f"word{n} passage{i} shared" for i in range(25)]
        put(made, about, texts, unit(25, 16, seed=n))
    return made


def brute_force(index: Index, query: np.ndarray, k: int, allowed: set[int] | None = None) -> list[int]:
    """The keys of the best ``k`` by inner product, computed one by one."""
    keys, vectors = index.store.vectors()
    scores = vectors @ query
    order = sorted(range(len(keys)), key=lambda i: (-scores[i], keys[i]))
    return [int(keys[i]) for i in order if allowed is None or int(keys[i]) in allowed][:k]


@pytest.mark.parametrize("k", [1, 7, 100, 500])
def test_dense_search_is_exact(index: Index, k: int) -> None:
    for query in unit(5, 16, seed=99):
        found = index.dense(query, k)
        assert [key for key, _ in found] == brute_force(index, query, k)
        assert all(a >= b for (_, a), (_, b) in itertools.pairwise(found))


def test_a_filter_cuts_before_ranking_on_both_sides(index: Index) -> None:
    odd = Filters(publisher=("odd",))
    allowed = set(index.catalogue.allowed(odd) or ())
    query = unit(1, 16, seed=7)[0]
    assert [key for key, _ in index.dense(query, 30, odd)] == brute_force(index, query, 30, allowed)
    words = index.keyword([["share"]], 30, odd)
    assert len(words) == 30
    assert {key for key, _ in words} <= allowed


def test_a_filter_that_nothing_passes_finds_nothing(index: Index) -> None:
    nothing = Filters(source=("gone.txt",))
    assert index.dense(unit(1, 16)[0], 10, nothing) == []
    assert index.keyword([["share"]], 10, nothing) == []


def test_keywords_find_the_passages_that_hold_any_of_the_stems_best_first(index: Index) -> None:
    found = index.keyword([["word2"], ["passage3", "nothing"]], 100)
    passages = index.catalogue.passages([key for key, _ in found])
    assert len(found) == 25 + 3
    assert passages[found[0][0]].text == "word2 passage3 shared"
    assert all(a >= b > 0 for (_, a), (_, b) in itertools.pairwise(found))


@pytest.mark.parametrize("stem", ['"', "OR", "NEAR(", "a*", "title:x", "-word", "^", "", "'", "word2 AND", "\\"])
def test_operators_of_the_query_language_are_words_like_others(index: Index, stem: str) -> None:
    assert index.keyword([[stem]], 10) == [] or stem == "word2 AND"


def test_no_stems_find_nothing(index: Index) -> None:
    assert index.keyword([], 10) == []
    assert index.keyword([[]], 10) == []


def test_a_new_generation_is_seen_at_once(index: Index) -> None:
    vector = unit(1, 16, seed=50)
    assert index.dense(vector[0], 1)[0][1] < 0.99
    put(index, document("new.txt"), ["brandnew"], vector)
    [(key, score)] = index.dense(vector[0], 1)
    assert score == pytest.approx(1, abs=1e-2)
    assert index.keyword([["brandnew"]], 10)[0][0] == key


def test_frequencies_and_neighbours_come_from_the_vocabulary(index: Index) -> None:
    assert index.document_frequency("share") == 100
    assert index.document_frequency("word1") == 25
    assert index.document_frequency("absent") == 0
    assert index.neighbours("word") == [(f"word{n}", 25) for n in range(4)]


def test_an_empty_index_answers_with_nothing(tmp_path: Path) -> None:
    empty = Index(tmp_path / "new" / "index", create=True)
    assert empty.dense(unit(1, 384)[0], 10) == []
    assert empty.keyword([["word"]], 10) == []
    assert empty.catalogue.count() == (0, 0, 0)


def test_a_folder_without_an_index_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="pincite index FOLDER"):
        Index(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_other_settings_than_the_index_was_made_with_are_refused_with_the_command(index: Index) -> None:
    index.require({"model": "one", "revision": "1"})
    index.require({"model": "one"})
    with pytest.raises(IndexUnusable, match="--rebuild"):
        index.require({"model": "two"})
    index.empty()
    index.require({"model": "two"})


def test_only_one_process_writes(index: Index) -> None:
    tries = (
        "import sys; from pathlib import Path; from indexer.index import Index, IndexBusy\n"
        "try:\n    with Index(Path(sys.argv[1])).only_writer(): print('wrote')\n"
        "except IndexBusy as busy: print(busy)"
    )
    command = [sys.executable, "-c", tries, str(index.folder)]
    root = Path(__file__).parent.parent
    with index.only_writer():
        with pytest.raises(IndexBusy), index.only_writer():
            pass
        said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root).stdout
        assert "Another process is writing" in said
    assert subprocess.run(command, capture_output=True, text=True, check=True, cwd=root).stdout == "wrote\n"


def test_searching_needs_no_right_to_write_the_dense_file(index: Index) -> None:
    query = unit(1, 16)[0]
    with index.only_writer():
        assert Index(index.folder).dense(query, 3) == index.dense(query, 3)
    assert not [name for name in os.listdir(index.folder) if name.endswith(".tmp")]


def test_the_size_on_disk_is_that_of_its_files(index: Index) -> None:
    assert index.size_on_disk() == sum(f.stat().st_size for f in index.folder.iterdir())


def test_a_number_with_a_dot_and_a_name_with_an_apostrophe_are_counted_as_they_are_found(index: Index) -> None:
    put(index, document("refs.txt"), ["See 124.40 by O'Brien.", "See 124.41 and 40.", "Nothing."])
    for stem in ("124.40", "o'brien"):
        assert index.document_frequency(stem) == len(index.keyword([[stem]], 10)) == 1
    assert index.document_frequency("124.42") == 0
    assert index.document_frequency("'") == 0
