"""Measuring an engine: what is filled is what the data says, and what is told of it is so."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from making import unit

from eval import engines, filling
from indexer.index import Index

ROWS = 60


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Rows of speeches of 1999 and 2001, by two countries."""
    rows = [
        {"_id": f"S{n // 5}#{n}", "title": f"Speech {n // 5}, {1999 + n // 5 % 2 * 2}",
         "text": f"The delegation number {n} spoke about disarmament and of {n} treaties.",
         "metadata": {"iso": ("KAZ", "ARG")[n // 10 % 2], "year": str(1999 + n // 5 % 2 * 2)}}
        for n in range(ROWS)
    ]  # fmt: skip
    with gzip.open(tmp_path / "corpus.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


def test_each_row_is_a_passage_with_the_vector_of_its_place(data: Path) -> None:
    given = unit(ROWS, 16, seed=3)
    index = Index(data / "index", create=True)
    with index.only_writer():
        filling.fill(index, list(filling.batches(data, ROWS, given)))
    assert index.catalogue.count()[2] == ROWS
    for n in (0, 7, ROWS - 1):
        key, cosine = index.dense(given[n], 1)[0]
        assert f"number {n} spoke" in index.catalogue.passages([key])[key].text
        assert cosine == pytest.approx(1, abs=1e-3)
    assert {(d.publisher, d.date) for d in index.catalogue.documents(limit=-1)[1]} == {
        (publisher, date) for publisher in ("KAZ", "ARG") for date in ("1999", "2001")
    }
    index.close()


def test_the_model_reads_of_a_row_what_a_build_has_it_read(data: Path) -> None:
    made = filling.by_model(data, 3, data / "vectors.npy")
    read = [text for batch in filling.batches(data, 3, None) for entry in batch for text in entry.embedded.values()]
    np.testing.assert_allclose(filling.unit(made), filling.load().embed_passages(read), atol=2e-3)
    os.utime(data / "vectors.npy", (0, 0))
    filling.by_model(data, 3, data / "vectors.npy")
    assert (data / "vectors.npy").stat().st_mtime == 0  # made once


def read(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    return {key: value for line in capsys.readouterr().out.splitlines() for key, value in json.loads(line).items()}


def test_what_is_empty_is_filled_and_what_is_filled_is_measured(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engines, "_SETTLED", 0)
    given = ["--data", str(data), "--index", str(data / "index"), "--memory", f"parent={os.getppid()}"]
    engines.main([*given, "--seconds", "0"])
    filled = read(capsys)
    assert filled["passages"] == ROWS
    assert "recall_at_10" not in filled
    engines.main([*given, "--seconds", "0.1"])
    told = read(capsys)
    assert "write_s" not in told
    assert told["recall_at_10"] == {"none": 1, engines.NARROW: 1, engines.WIDE: 1}
    assert told["dense_ms, filter: none"]["8"]["failed"] == 0
    assert told["memory_mb"]["parent"] >= told["memory_mb"]["asking"] > 10 or not Path("/proc/self").exists()


def test_an_index_that_misses_the_nearest_has_no_full_recall(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = Index(data / "index", create=True)
    with index.only_writer():
        filling.fill(index, list(filling.batches(data, ROWS, None)))
    asked = list(filling.unit(np.stack([filling.drawn(n) for n in range(5)])))
    found = index.dense
    monkeypatch.setattr(index, "dense", lambda query, k, filters: found(query, k + 1, filters)[1:])
    assert engines.recall(index, asked)["none"] == pytest.approx(0.9)
    index.close()
