"""Data sets are read in the layouts that are in use, and a folder that is none says so."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from eval.dataset import SAMPLE, SAMPLE_SETS, BadDataset, Gold, below, read, sample


def lines(file: Path, rows: list[dict[str, Any]]) -> None:
    """Write one JSON object a line, packed if the name ends so."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if file.suffix == ".gz":
        file.write_bytes(gzip.compress(text.encode()))
    else:
        file.write_text(text, encoding="utf-8")


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    """Three rows, three questions; one has two right rows and one has none."""
    folder = tmp_path / "beir"
    rows = [{"_id": f"d{n}", "title": f"Title {n}", "text": f"Text {n}."} for n in (1, 2, 3)]
    lines(folder / "corpus.jsonl", rows)
    lines(folder / "queries.jsonl", [{"_id": f"q{n}", "text": f"Question {n}?"} for n in (1, 2, 3)])
    (folder / "qrels").mkdir()
    (folder / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq3\td3\t1\n")
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t1\nq2\td3\t1\nq2\td1\t0\n"
    )
    return folder


def test_a_beir_folder_gives_its_rows_questions_and_grades_of_the_test_split(beir: Path) -> None:
    dataset = read(str(beir))
    assert [row.title for row in dataset.texts()] == ["Title 1", "Title 2", "Title 3"]
    assert [q.relevant for q in dataset.questions] == [(("d1", 2), ("d2", 1)), (("d3", 1),), ()]
    assert not dataset.judged


def test_a_packed_corpus_gives_the_same_rows(beir: Path) -> None:
    rows = list(read(str(beir)).texts())
    packed = beir / "corpus.jsonl.gz"
    packed.write_bytes(gzip.compress((beir / "corpus.jsonl").read_bytes()))
    (beir / "corpus.jsonl").unlink()
    assert list(read(str(beir)).texts()) == rows


def test_answers_beside_the_questions_say_which_have_none(beir: Path) -> None:
    lines(
        beir / "answers.jsonl", [{"_id": "q1", "answers": ["two"]}, {"_id": "q3", "answerable": False, "answers": []}]
    )
    dataset = read(str(beir))
    assert [q.answerable for q in dataset.questions] == [True, True, False]
    assert dataset.questions[0].answers == ("two",)
    assert dataset.judged


def test_a_folder_of_documents_has_questions_with_gold_by_label_or_place(tmp_path: Path) -> None:
    asked = [
        {"id": 1, "question": "What?", "gold": [{"source": "a.txt", "label": "recital O"}]},
        {"id": 2, "question": "Where?", "gold": [{"source": "a.txt", "start": 3, "end": 9}], "kind": "fact"},
    ]
    lines(tmp_path / "questions.jsonl", asked)
    dataset = read(str(tmp_path))
    assert dataset.folder == tmp_path
    assert [q.gold for q in dataset.questions] == [(Gold("a.txt", "recital O"),), (Gold("a.txt", None, 3, 9),)]
    assert not list(dataset.texts())


def test_a_folder_of_data_sets_means_each_of_them(beir: Path) -> None:
    (beir.parent / "empty").mkdir()
    assert below(str(beir.parent)) == [str(beir)]
    assert below(str(beir)) == [str(beir)]
    assert below("ir_datasets:beir/scifact/test") == ["ir_datasets:beir/scifact/test"]


def test_a_folder_that_is_no_data_set_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadDataset, match="is not a folder"):
        read(str(tmp_path / "nowhere"))
    with pytest.raises(BadDataset, match=r"neither corpus\.jsonl nor questions\.jsonl"):
        read(str(tmp_path))
    (tmp_path / "corpus.jsonl").write_text("")
    with pytest.raises(BadDataset, match=r"no \.tsv"):
        read(str(tmp_path))


def test_the_gold_of_the_shipped_questions_stands_in_the_sample_documents_as_quoted() -> None:
    for file in SAMPLE_SETS:
        quoted = {row["id"]: row["gold"] for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())}
        for question in sample(file).questions:
            assert question.answerable == bool(question.gold)
            for gold, row in zip(question.gold, quoted[question.id], strict=True):
                text = (SAMPLE / gold.source).read_bytes().decode("utf-8")
                assert text[gold.start : gold.end] == row["quote"]


@pytest.mark.parametrize("name", ["scifact", "upr", "wikiqa_test", "xquad_ru2en"])
def test_the_shared_data_sets_are_whole(shared_data: Path, name: str) -> None:
    dataset = read(str(shared_data / name))
    ids = {row.id for row in dataset.texts()}
    judged = [q for q in dataset.questions if q.relevant]
    assert len(judged) >= 240
    assert all(unit in ids for q in judged for unit, _ in q.relevant)
