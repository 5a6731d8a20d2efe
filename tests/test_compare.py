"""Comparing results on disk, and what is on disk."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from making_results import make_result, write_results

from eval import entrants, results, trec
from eval.compare import compare, found_contrasts
from eval.contrast import contrasts, lost_at
from eval.entrants import Entrant
from eval.results import QuestionResult
from eval.tables import markdown


def test_a_result_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = make_result("ours", quality=0.7, refuses=True)
    (folder,) = write_results(tmp_path, made)
    read = results.read(folder)
    assert read.run.keys() == made.run.keys()
    assert {q.id: q.lost for q in read.questions} == {q.id: q.lost for q in made.questions}
    again = tmp_path / "again"
    results.write(again, read)
    for name in ("result.json", "questions.jsonl", "run.trec", "qrels.trec"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("questions.jsonl", lambda text: text + text[: text.index("\n") + 1], "comes twice"),
        ("questions.jsonl", lambda text: text[text.index("\n") + 1 :], "counts 60 questions"),
        ("questions.jsonl", lambda text: text.replace('"id"', '"text": "x", "id"', 1), "does not: \\['text'\\]"),
        ("questions.jsonl", lambda text: text.replace('"lost": null', '"lost": "somewhere"', 1), "unknown stage"),
        ("result.json", lambda text: text[:-9], "not JSON"),
        ("result.json", lambda text: text.replace('"dataset"', '"set"'), "does not: \\['set'\\]"),
    ],
)
def test_a_result_that_is_not_whole_is_refused_by_its_file(tmp_path: Path, name: str, change, says: str) -> None:  # type: ignore[no-untyped-def]
    (folder,) = write_results(tmp_path, make_result("ours", quality=0.7))
    file = folder / name
    file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        results.read(folder)


def test_a_much_better_system_is_seen_to_be_better_on_the_questions_that_it_gained(tmp_path: Path) -> None:
    old, new = make_result("old", quality=0.4), make_result("new", quality=0.9, seed=1)
    folders = write_results(tmp_path, old, new)
    (contrast,) = found_contrasts(entrants.load(folders), ["nDCG@10"])
    assert (contrast.baseline, contrast.system, contrast.mark()) == ("old", "new", "▲")
    assert contrast.difference == pytest.approx(new.measures["nDCG@10"] - old.measures["nDCG@10"], abs=1e-5)
    assert contrast.low < contrast.difference < contrast.high
    assert contrast.p < 0.001
    assert len(contrast.wins) + contrast.ties + len(contrast.losses) == contrast.questions == 60
    assert contrast.detectable is not None
    assert contrast.detectable < contrast.difference


def test_each_loss_names_the_stage_that_lost_the_passage() -> None:
    kept = {"a": 1.0, "b": 1.0, "c": 1.0, "d": 0.2, "e": 0.4}
    lost = {"a": 0.0, "b": 0.5, "c": 0.0, "d": 0.9, "e": 0.0}
    deep = {"b": 1.0, "e": 1.0}
    old = Entrant("sample", "old", {"MRR@10": kept}, {"d": "not in a passage"})
    new = Entrant("sample", "new", {"MRR@10": lost, "Recall@100": deep}, {"a": "fusion", "d": "reranking"})
    (contrast,) = contrasts(old, [new], "MRR@10")
    assert [(change.question, change.where) for change in contrast.losses] == [
        ("a", "fusion"),
        ("c", "not told"),
        ("b", "ranked lower"),
        ("e", "ranked lower"),
    ]
    assert lost_at(contrast.losses) == {"fusion": 1, "not told": 1, "ranked lower": 2}
    assert [(change.question, change.where) for change in contrast.wins] == [("d", "not in a passage")]


def test_a_question_that_one_result_lacks_is_zero_in_measures_of_rankings_and_left_out_of_others(
    tmp_path: Path,
) -> None:
    whole = make_result("whole", quality=1.0, questions=10)
    cited = tuple(replace(q, values={**q.values, "token F1": 0.5}) for q in whole.questions)
    folders = write_results(
        tmp_path,
        replace(whole, questions=cited),
        replace(whole, system="part", questions=cited[:6]),
    )
    ranked, tokens = found_contrasts(entrants.load(folders), ["nDCG@10", "token F1"])
    assert (ranked.questions, ranked.baseline_mean, ranked.mean) == (10, 1.0, 0.6)
    assert (tokens.questions, tokens.difference) == (6, 0.0)


def test_several_systems_are_corrected_for_being_several(tmp_path: Path) -> None:
    made = [make_result(f"s{n}", quality=0.5 + 0.08 * n, seed=n) for n in range(4)]
    found = found_contrasts(entrants.load(write_results(tmp_path, *made)), ["MRR@10"])
    assert [contrast.system for contrast in found] == ["s1", "s2", "s3"]
    assert all(contrast.p_holm >= contrast.p for contrast in found)
    assert min(found, key=lambda c: c.p).p_holm == pytest.approx(min(1.0, 3 * min(c.p for c in found)))


def test_runs_of_other_tools_are_compared_by_their_judgements(tmp_path: Path) -> None:
    old, new = make_result("old", quality=0.4), make_result("new", quality=0.9)
    trec.write_run(tmp_path / "theirs.run", old.run, "theirs")
    trec.write_qrels(tmp_path / "qrels.trec", old.qrels)
    (folder,) = write_results(tmp_path / "results", new)
    code, text = compare([tmp_path / "theirs.run", folder], qrels=tmp_path / "qrels.trec", measures=["MRR@10"])
    assert code == 0
    assert "against theirs, 60 questions" in text
    assert "| MRR@10  | new " in text
    with pytest.raises(ValueError, match="bare run: name the judgements"):
        compare([tmp_path / "theirs.run", folder])


def test_the_same_system_of_two_days_is_told_apart(tmp_path: Path) -> None:
    made = make_result("ours", quality=0.5)
    folders = write_results(tmp_path, made, replace(made, date="2026-11-23"))
    assert [e.name for e in entrants.load(folders)] == ["ours (2026-11-22-0a1b2c3)", "ours (2026-11-23-0a1b2c3)"]
    assert [e.name for e in entrants.load([tmp_path])] == [e.name for e in entrants.load(folders)]


def test_the_same_run_in_two_places_is_told_apart_by_its_path(tmp_path: Path) -> None:
    made = make_result("ours", quality=0.5)
    folders = write_results(tmp_path / "a", made) + write_results(tmp_path / "b", made)
    assert [e.name for e in entrants.load(folders)] == [f"ours ({folder})" for folder in folders]
    assert len(entrants.load([folders[0], folders[0]])) == 1


def test_results_by_other_judgements_are_not_compared(tmp_path: Path) -> None:
    folders = write_results(tmp_path, make_result("a", quality=0.5), make_result("b", quality=0.5, questions=61))
    with pytest.raises(ValueError, match="other judgements of sample"):
        compare(folders)


def test_what_cannot_be_compared_is_said_in_words(tmp_path: Path) -> None:
    (folder,) = write_results(tmp_path, make_result("a", quality=0.5))
    with pytest.raises(ValueError, match="nothing to compare"):
        compare([folder])
    with pytest.raises(ValueError, match="no system is called 'c'; there are a"):
        compare([folder], baseline="c")
    with pytest.raises(FileNotFoundError, match="is not there"):
        compare([folder, tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no result"):
        compare([tmp_path / "empty"])


def test_as_json_a_comparison_is_one_line_without_any_words_of_a_question(tmp_path: Path) -> None:
    folders = write_results(tmp_path, make_result("a", quality=0.9), make_result("b", quality=0.5))
    _, text = compare(folders, measures=["nDCG@10"], as_json=True)
    assert "\n" not in text
    (record,) = json.loads(text)["contrasts"]
    assert record["system"] == "b"
    assert record["ties"] + len(record["wins"]) + len(record["losses"]) == 60


def test_a_question_result_needs_no_more_than_its_id() -> None:
    assert QuestionResult("q").lost is None


def test_a_table_is_aligned_and_its_bars_are_escaped() -> None:
    assert markdown(["name", "n"], [["a|b", "1.5"], ["北京", "−12"]]).splitlines() == [
        "| name |   n |",
        "| ---- | --: |",
        "| a\\|b | 1.5 |",
        "| 北京 | −12 |",
    ]
    with pytest.raises(ValueError, match="cells"):
        markdown(["a"], [["1", "2"]])
