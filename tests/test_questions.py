"""The question sets that ship with the project point at words that stand in the sample corpus."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
QUESTIONS = ROOT / "eval" / "questions"
SETS = ("sample.jsonl", "heldout.jsonl")
KINDS = {
    "fact",
    "list",
    "dated",
    "locator",
    "topic",
    "conflicting",
    "unanswerable",
    "misspelt name",
    "other language",
}
LABEL = re.compile(r"citation \d+|recital [A-Z]|para \d+|footnote \d+")

BY_OTHERS = ("third.jsonl", "fourth.jsonl", "fifth.jsonl", "sixth.jsonl", "seventh.jsonl", "eighth.jsonl")

each_set = pytest.mark.parametrize("name", SETS)
every_set = pytest.mark.parametrize("name", SETS + BY_OTHERS)


def questions(name: str) -> list[dict[str, Any]]:
    """Return the questions of one set, in file order."""
    lines = (QUESTIONS / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def source_text(source: str) -> str:
    """Return a corpus file as it stands: line ends are not converted, so offsets hold."""
    return (CORPUS / source).read_bytes().decode("utf-8")


@every_set
def test_a_set_has_at_least_eighty_questions_with_unique_ids(name: str) -> None:
    rows = questions(name)
    assert len(rows) >= 80
    assert len({row["id"] for row in rows}) == len(rows)


def test_no_question_stands_twice_in_or_across_the_sets() -> None:
    texts = [row["question"].strip().lower() for name in SETS for row in questions(name)]
    assert all(texts)
    assert len(set(texts)) == len(texts)


@each_set
def test_every_kind_is_known_and_every_known_kind_is_asked(name: str) -> None:
    assert {row["kind"] for row in questions(name)} == KINDS


@every_set
def test_every_quote_stands_at_its_offsets_in_the_corpus(name: str) -> None:
    for row in questions(name):
        for gold in row["gold"]:
            assert (CORPUS / gold["source"]).is_file(), row["id"]
            assert gold["quote"].strip() == gold["quote"] != "", row["id"]
            assert source_text(gold["source"])[gold["start"] : gold["end"]] == gold["quote"], row["id"]


@each_set
def test_a_quote_lies_in_one_line_and_its_label_has_a_known_form(name: str) -> None:
    for row in questions(name):
        for gold in row["gold"]:
            assert "\n" not in gold["quote"], row["id"]
            assert gold["label"] is None or LABEL.fullmatch(gold["label"]), row["id"]


@each_set
def test_an_answerable_question_has_gold_and_answers_and_an_unanswerable_one_has_neither(name: str) -> None:
    for row in questions(name):
        assert row["answerable"] == (row["kind"] != "unanswerable"), row["id"]
        assert bool(row["gold"]) == bool(row["answers"]) == row["answerable"], row["id"]
        assert ("near" in row) == (not row["answerable"]), row["id"]


@each_set
def test_a_quarter_is_unanswerable_and_half_of_that_is_close_to_the_subject(name: str) -> None:
    rows = questions(name)
    unanswerable = [row for row in rows if not row["answerable"]]
    assert len(unanswerable) >= len(rows) / 4
    assert sum(row["near"] for row in unanswerable) >= len(unanswerable) / 2


@each_set
def test_only_a_list_may_need_all_of_its_gold_paragraphs(name: str) -> None:
    assert {row["kind"] for row in questions(name) if row.get("all")} == {"list"}
