"""The report as a file: what stands in it, and what does not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from making_results import make_result, write_results

from eval import plots, results
from eval.plots import Mark
from eval.report import report
from eval.results import Result


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """Results of three systems on two data sets."""
    for dataset in ("sample", "other set"):
        ours = make_result("pincite", quality=0.9, dataset=dataset, refuses=dataset == "sample")
        plain = make_result("bm25s", quality=0.3, dataset=dataset, seed=1, ms=3.0)
        near = make_result("near", quality=0.9, dataset=dataset, seed=2, ms=30.0)
        write_results(tmp_path, ours, plain, near)
    return tmp_path


def rendered(folder: Path, **options: str) -> str:
    assert report(folder, **options)[0] == 0  # type: ignore[arg-type]
    return (folder / "report.html").read_text(encoding="utf-8")


class Checker(HTMLParser):
    """Whether every element is closed, and what would load something."""

    void = frozenset(("meta", "br", "hr", "img", "input", "link"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_holds_nothing_that_loads(several: Path) -> None:
    page = rendered(several)
    checker = Checker()
    checker.feed(page)
    assert checker.open == []
    assert not checker.tags & {"script", "link", "img", "iframe", "object", "image", "use"}
    assert "src" not in checker.attributes
    assert not re.search(r"https?:|url\(|@import", page)


def test_each_data_set_has_its_tables_its_verdict_and_its_plots(several: Path) -> None:
    page = rendered(several)
    assert page.count("<h2>other set") == page.count("<h2>sample") == 1
    assert page.count("On nDCG@10 pincite is better than bm25s; not told apart from near.") == 2
    assert page.count('aria-label="nDCG@10 against latency"') == 2
    assert page.count('aria-label="Means by kind of question"') == 2
    assert page.count('aria-label="nDCG@10 by question: pincite against') == 4
    assert page.count('aria-label="Risk against coverage"') == 1  # only one data set has refusals
    for told in ("614241f622f53c4eeff9890bdc4f31cfecc418b3", "9f2c" * 16, "0a1b2c3", "2 cores, AVX2, 8 GB"):
        assert told in page


def test_the_markdown_table_marks_what_is_significantly_worse(several: Path) -> None:
    report(several)
    table = (several / "report.md").read_text(encoding="utf-8")
    (row,) = [line for line in table.split("### sample")[1].splitlines() if line.startswith("| bm25s")]
    assert "▼" in row
    (row,) = [line for line in table.split("### sample")[1].splitlines() if line.startswith("| near")]
    assert "▼" not in row


def test_the_report_is_the_same_bytes_for_the_same_results(several: Path) -> None:
    assert rendered(several) == rendered(several)


def test_the_baseline_can_be_another_system(several: Path) -> None:
    assert "On nDCG@10 bm25s is worse than pincite, near." in rendered(several, baseline="bm25s")
    with pytest.raises(ValueError, match="no system is called"):
        report(several, baseline="nobody")


def test_names_cannot_put_markup_on_the_page(tmp_path: Path) -> None:
    made = make_result("<em>x</em>", quality=0.5)
    kinds = tuple(replace(q, kind="<u>k</u>" if n % 2 else "other") for n, q in enumerate(made.questions))
    named = replace(made, dataset="<i>d</i>", settings={"note": "</code><script>"}, questions=kinds)
    results.write(tmp_path / "run" / "d" / "s", named)
    page = rendered(tmp_path)
    assert not re.search(r"<(em|i|u)>|</code><script", page)
    assert "&lt;em&gt;x&lt;/em&gt;" in page
    assert "&lt;u&gt;k&lt;/u&gt;" in page


def test_a_result_of_which_little_was_measured_still_has_a_page(tmp_path: Path) -> None:
    made = make_result("only", quality=0.5, questions=5)
    bare = Result("sample", "only", {}, {"AUC": 0.9, **made.measures}, made.questions, made.run, made.qrels)
    write_results(tmp_path, bare)
    page = rendered(tmp_path)
    assert "Against" not in page
    assert ">AUC</th>" in page
    assert "None" not in page
    assert "against latency" not in page


def test_as_json_the_report_says_where_it_is(several: Path, tmp_path: Path) -> None:
    code, text = report(several, out=tmp_path / "elsewhere", as_json=True)
    assert code == 0
    assert "\n" not in text
    assert Path(json.loads(text)["html"]).is_file()


def test_the_line_of_the_frontier_leaves_out_what_another_system_beats_in_both() -> None:
    marks = [
        Mark(0, "fast", 1, 0.5, 0.4, 0.6),
        Mark(1, "good", 10, 0.9, 0.8, 1.0),
        Mark(2, "beaten", 20, 0.7, 0.6, 0.8),
    ]
    drawn = plots.quality_latency(marks, "nDCG@10")
    found = re.search(r'class="frontier" points="([^"]*)"', drawn)
    assert found is not None
    assert len(found[1].split()) == 2
    assert "beaten: 0.700 (0.600 to 0.800), 20 ms" in drawn


def test_names_in_a_plot_do_not_cover_one_another() -> None:
    marks = [Mark(n, f"system {n}", 10, 0.5 + n / 1000, 0.4, 0.6) for n in range(5)]
    drawn = plots.quality_latency(marks, "nDCG@10")
    heights = sorted(float(y) for y in re.findall(r'class="label" x="[\d.]+" y="([\d.]+)"', drawn))
    assert len(heights) == 5
    assert all(b - a >= 10.9 for a, b in pairwise(heights))
