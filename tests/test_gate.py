"""The gate lets better and equal results pass, and stops worse ones with their questions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from making_results import make_result, write_results

from eval import results
from eval.gate import gate, write_baseline
from eval.results import QuestionResult, Result

MEASURES = ("nDCG@10", "hit@1")


@pytest.fixture
def frozen(tmp_path: Path) -> tuple[Path, Path, Result]:
    """A result, the baseline made of it, and what it holds."""
    made = make_result("pincite", quality=0.8, questions=100)
    (folder,) = write_results(tmp_path / "old", made)
    write_baseline(folder, tmp_path / "baseline.json", MEASURES)
    return folder, tmp_path / "baseline.json", made


def changed(result: Result, values: dict[str, float]) -> Result:
    """The result with other values of nDCG@10 for these questions."""

    def other(question: QuestionResult) -> QuestionResult:
        if question.id not in values:
            return question
        return replace(question, values={**question.values, "nDCG@10": values[question.id]})

    return replace(result, questions=tuple(map(other, result.questions)))


def at(folder: Path, result: Result) -> Path:
    results.write(folder, result)
    return folder


def test_the_same_result_passes(frozen: tuple[Path, Path, Result]) -> None:
    folder, baseline, _ = frozen
    code, text = gate(folder, baseline)
    assert code == 0
    assert text.endswith("The gate is passed.")


def test_a_better_result_passes(frozen: tuple[Path, Path, Result], tmp_path: Path) -> None:
    _, baseline, made = frozen
    best = changed(made, {question.id: 1.0 for question in made.questions})
    assert gate(at(tmp_path / "new", best), baseline)[0] == 0


def test_a_significant_drop_fails_even_if_it_is_small(frozen: tuple[Path, Path, Result], tmp_path: Path) -> None:
    _, baseline, made = frozen
    found = [q for q in made.questions if q.values["nDCG@10"] == 1][:30]
    worse = changed(made, {q.id: 0.98 for q in found})
    code, text = gate(at(tmp_path / "new", worse), baseline)
    assert code == 1
    assert "nDCG@10 on sample drops significantly (p <.001)" in text
    assert "more than" not in text
    assert f"- {found[0].id}: 1.000 to 0.980" in text
    assert text.count("\n- ") == 30


def test_a_large_drop_fails_even_if_few_questions_cannot_show_it(
    frozen: tuple[Path, Path, Result], tmp_path: Path
) -> None:
    _, baseline, made = frozen
    lost = [q.id for q in made.questions if q.values["nDCG@10"] == 1][:3]
    code, text = gate(at(tmp_path / "new", changed(made, dict.fromkeys(lost, 0.0))), baseline, max_drop=0.02)
    assert code == 1
    assert "drops by 0.030, more than 0.02" in text
    assert "significantly" not in text
    assert gate(at(tmp_path / "new", changed(made, dict.fromkeys(lost, 0.0))), baseline, max_drop=0.05)[0] == 0


def test_a_small_drop_that_may_be_chance_passes(frozen: tuple[Path, Path, Result], tmp_path: Path) -> None:
    _, baseline, made = frozen
    lost = next(q.id for q in made.questions if q.values["nDCG@10"] == 1)
    assert gate(at(tmp_path / "new", changed(made, {lost: 0.0})), baseline)[0] == 0


def test_a_question_that_is_no_longer_asked_counts_as_lost(frozen: tuple[Path, Path, Result], tmp_path: Path) -> None:
    _, baseline, made = frozen
    code, text = gate(at(tmp_path / "new", replace(made, questions=made.questions[10:])), baseline, as_json=True)
    assert code == 1
    first = json.loads(text)["measures"][0]
    assert first["measure"] == "nDCG@10"
    assert first["worse"][0][0] in {q.id for q in made.questions[:10]}


def test_a_baseline_that_cannot_be_held_against_is_an_error_and_no_pass(
    frozen: tuple[Path, Path, Result], tmp_path: Path
) -> None:
    folder, baseline, made = frozen
    with pytest.raises(ValueError, match="no result on sample"):
        gate(at(tmp_path / "new", replace(made, dataset="other")), baseline)
    with pytest.raises(FileNotFoundError):
        gate(folder, tmp_path / "none.json")
    for text in ("{}", "[]", "{", '{"datasets": {}}', '{"datasets": {"sample": {"nDCG@10": {}}}}'):
        (tmp_path / "bad.json").write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match="no baseline"):
            gate(folder, tmp_path / "bad.json")
    with pytest.raises(ValueError, match="has no speed"):
        write_baseline(folder, tmp_path / "b.json", ["speed"])


def test_the_baseline_is_the_same_bytes_each_time_and_holds_no_words(frozen: tuple[Path, Path, Result]) -> None:
    folder, baseline, made = frozen
    before = baseline.read_bytes()
    write_baseline(folder, baseline, MEASURES)
    assert baseline.read_bytes() == before
    held = json.loads(before)["datasets"]["sample"]
    assert tuple(held) == MEASURES
    assert len(held["hit@1"]) == len(made.questions)
