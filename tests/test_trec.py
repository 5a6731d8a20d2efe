"""Runs and judgements on disk: the same bytes for the same contents, and nothing lost on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval import trec

IDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
SCORES = st.floats(-1e4, 1e4, allow_nan=False).map(lambda score: round(score, 6))
RUNS = st.dictionaries(IDS, st.dictionaries(IDS, SCORES, min_size=1, max_size=6), max_size=5)
GRADES = st.dictionaries(IDS, st.dictionaries(IDS, st.integers(0, 4), min_size=1, max_size=6), max_size=5)


@given(run=RUNS)
def test_a_run_is_read_as_it_was_written_whatever_its_ids_hold(
    run: dict[str, dict[str, float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("run") / "run.trec"
    trec.write_run(path, run, "a system")
    assert trec.read_run(path) == run


@given(qrels=GRADES)
def test_judgements_are_read_as_they_were_written(
    qrels: dict[str, dict[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("qrels") / "qrels.trec"
    trec.write_qrels(path, qrels)
    assert trec.read_qrels(path) == qrels


@given(run=RUNS)
def test_a_run_is_the_same_bytes_in_whatever_order_it_was_made(
    run: dict[str, dict[str, float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("run")
    turned = {question: dict(reversed(run[question].items())) for question in reversed(run)}
    trec.write_run(folder / "a", run, "s")
    trec.write_run(folder / "b", turned, "s")
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()


def test_a_run_has_six_columns_a_fixed_format_and_unix_line_ends(tmp_path: Path) -> None:
    trec.write_run(tmp_path / "r", {"q2": {"d": 1}, "q1": {"my file.pdf#3": 0.25, "b": 1 / 3, "a": 1 / 3}}, "our run")
    assert (tmp_path / "r").read_bytes() == (
        b"q1 Q0 b 1 0.333333 our%20run\n"
        b"q1 Q0 a 2 0.333333 our%20run\n"
        b"q1 Q0 my%20file.pdf#3 3 0.250000 our%20run\n"
        b"q2 Q0 d 1 1.000000 our%20run\n"
    )


def test_ties_stand_in_the_order_in_which_trec_eval_breaks_them() -> None:
    pytrec_eval = pytest.importorskip("pytrec_eval")
    for relevant in "abc":
        evaluator = pytrec_eval.RelevanceEvaluator({"q": {relevant: 1}}, {"recip_rank"})
        scores = {"a": 1.0, "b": 1.0, "c": 1.0}
        found = evaluator.evaluate({"q": scores})["q"]["recip_rank"]
        assert found == pytest.approx(1 / (trec.ranked(scores).index(relevant) + 1))


def test_scores_that_differ_beyond_single_precision_are_a_tie_as_in_trec_eval() -> None:
    assert trec.ranked({"a": 100.000002, "b": 100.000001}) == ["b", "a"]


def test_a_ranking_without_fitting_scores_keeps_its_order() -> None:
    ranking = ["c", "a", "b"]
    assert trec.ranked(trec.scores_of(ranking)) == ranking


def test_the_judgements_of_a_beir_folder_are_understood(shared_data: Path) -> None:
    qrels = trec.read_qrels(shared_data / "scifact" / "qrels" / "test.tsv")
    assert len(qrels) == 300
    assert all(qrels.values())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("q Q0 d 1 0.5\n", "5 columns instead of 6"),
        ("q Q0 d 1 high s\n", "could not convert"),
        ("q Q0 d 1 nan s\n", "cannot be ranked"),
        ("q Q0 d 1 2 s\nq Q0 d 2 1 s\n", "line 2: d comes twice"),
    ],
)
def test_a_file_that_is_no_run_is_refused_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "r").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        trec.read_run(tmp_path / "r")


def test_an_empty_id_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        trec.encoded("")
