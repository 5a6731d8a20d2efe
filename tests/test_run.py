"""An evaluation asks every question, writes what came of it, and goes on where it was stopped."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from test_dataset import lines

from api import cli
from eval import results, run
from eval.collection import collect, golden
from eval.dataset import Gold, Question, read
from eval.run import System
from search.query import Mode

TEXTS = {
    "tea": "Tea is grown on the slopes above the lake and picked by hand in spring.",
    "fines": "The court fined two organisations in January and suspended them for three months.",
    "cats": "Cats sleep for most of the day and hunt voles at dusk.",
    "votes": "Parliament adopted the resolution by 598 votes to 43.",
}
QUESTIONS = {
    "q1": ("Which organisations were suspended by a court?", "fines"),
    "q2": ("When do cats hunt?", "cats"),
    "q3": ("Сколько голосов было за резолюцию?", "votes"),
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    lines(folder / "corpus.jsonl", [{"_id": name, "title": "", "text": text} for name, text in TEXTS.items()])
    lines(folder / "queries.jsonl", [{"_id": name, "text": text} for name, (text, _) in QUESTIONS.items()])
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("".join(f"{q}\t{d}\t1\n" for q, (_, d) in QUESTIONS.items()))
    return folder


def test_every_question_is_asked_and_what_came_of_it_is_written(data: Path, tmp_path: Path) -> None:
    made = run.run(read(str(data)), System(), tmp_path / "work", tmp_path / "out")
    kept = results.read(tmp_path / "out")
    assert [q.id for q in kept.questions] == list(QUESTIONS)
    assert kept.measures["hit@1"] == made.measures["hit@1"] == 1.0
    assert kept.qrels == {name: {unit: 1} for name, (_, unit) in QUESTIONS.items()}
    assert kept.passages == len(TEXTS)
    assert all(q.ms and q.lost is None for q in kept.questions)
    assert kept.p95_ms
    assert kept.disk_mb
    assert kept.peak_memory_mb
    assert len(kept.corpus_sha256) == 64


def test_the_same_index_and_questions_give_the_same_bytes(data: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run.run(read(str(data)), System(), tmp_path / "work", tmp_path / name)
    for file in ("run.trec", "qrels.trec"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_one_that_was_stopped_goes_on_with_the_questions_that_are_left(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = run._ask

    def stopped_at_the_second(engine: object, question: Question, *rest: object) -> object:
        if len(asked) == 1:
            raise KeyboardInterrupt
        asked.append(question.id)
        return ask(engine, question, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_ask", stopped_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        run.run(read(str(data)), System(), tmp_path / "work", tmp_path / "out")
    assert not (tmp_path / "out" / "result.json").exists()
    again: list[str] = []
    monkeypatch.setattr(run, "_ask", lambda e, q, *rest: (again.append(q.id), ask(e, q, *rest))[1])
    run.run(read(str(data)), System(), tmp_path / "work", tmp_path / "out")
    assert asked + again == list(QUESTIONS)
    assert not (tmp_path / "out" / "partial.jsonl").exists()


def test_what_was_asked_with_other_settings_is_asked_again(data: Path, tmp_path: Path) -> None:
    partial = tmp_path / "out" / "partial.jsonl"
    lines(partial, [System(mode=Mode.LEXICAL).settings(), {"id": "q2", "ranking": ["tea"], "ms": 1.0, "lost": None}])
    made = run.run(read(str(data)), System(), tmp_path / "work", tmp_path / "out")
    assert made.measures["hit@1"] == 1.0


def test_a_question_loses_its_gold_at_a_stage_that_is_named(data: Path, tmp_path: Path) -> None:
    dataset = read(str(data))
    lost = Question("q9", "When is tea picked?", relevant=(("nowhere", 1),))
    unplaced = Question("q8", "When is tea picked?", gold=(Gold("nowhere.txt", "recital O"),))
    dataset = replace(dataset, questions=(*dataset.questions, lost, unplaced))
    made = run.run(dataset, System(), tmp_path / "work", tmp_path / "out")
    stages = {q.id: q.lost for q in made.questions}
    assert stages == {"q1": None, "q2": None, "q3": None, "q9": "not in a passage", "q8": "not a paragraph"}


def test_a_collection_is_indexed_once_and_a_second_time_costs_nothing(data: Path, tmp_path: Path) -> None:
    told: list[int] = []
    first = collect(read(str(data)), tmp_path / "work", progress=told.append)
    assert sum(told) == len(TEXTS)
    generation = first.index.store.generation
    again = collect(read(str(data)), tmp_path / "work", progress=told.append)
    assert sum(told) == len(TEXTS)
    assert again.index.store.generation == generation
    assert again.seconds == pytest.approx(first.seconds, abs=0.1)


def test_gold_by_label_is_the_paragraph_that_bears_it(tmp_path: Path) -> None:
    (tmp_path / "law.txt").write_text("A. whereas it rains;\n\nB. whereas it snows;\n\nC. whereas it is dark;\n")
    asked = [{"id": "1", "question": "What about snow?", "gold": [{"source": "law.txt", "label": "recital B"}]}]
    lines(tmp_path / "questions.jsonl", asked)
    dataset = read(str(tmp_path))
    index = collect(dataset, tmp_path / "work").index
    labels = {p.label: p.number for p in index.catalogue.paragraphs(index.catalogue.named("law.txt")[0].id)}
    assert golden(index, dataset.questions[0]) == {f"law.txt#{labels['recital B']}": 1}


def test_the_command_prints_one_line_of_json_a_data_set(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--data", str(data), "--work", str(tmp_path / "work"), "--results", str(tmp_path / "out"), "--json"]
    assert cli.main(["eval", "run", *given]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    row = json.loads(line)
    assert row["dataset"] == "tiny"
    assert row["measures"]["nDCG@10"] == 1.0
    assert {"p50_ms", "p95_ms", "index_seconds"} <= row.keys()


def test_a_data_set_that_is_not_there_is_one_line_and_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["eval", "run", "--data", str(tmp_path / "nowhere")]) == 2
    assert "is not a folder" in capsys.readouterr().err
