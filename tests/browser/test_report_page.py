"""The report in a real browser, as wide as a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from making_results import make_result, write_results
from playwright.sync_api import Browser

from eval.report import report


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on two data sets, with six systems on one of them, and long names."""
    folder = tmp_path_factory.mktemp("report")
    names = ("pincite", "bm25s", "sentence-transformers + FAISS with a long name", "txtai", "haystack", "llamaindex")
    for dataset in ("sample", "a data set with a rather long name"):
        for seed, name in enumerate(names if dataset == "sample" else names[:3]):
            made = make_result(
                name, quality=0.8 - seed / 10, questions=40, refuses=True, dataset=dataset, seed=seed, ms=5 + 9 * seed
            )
            write_results(folder, made)
    report(folder)
    return folder / "report.html"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_fits_a_phone_and_asks_for_nothing(browser: Browser, written: Path, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 375, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(written.as_uri())
    for details in page.locator("summary").all():
        details.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    outside = """[...document.querySelectorAll('svg text')].filter(t => {
        const box = t.getBoundingClientRect();
        return box.width && (box.left < 0 || box.right > innerWidth);
    }).map(t => t.textContent)"""
    assert page.evaluate(outside) == []
    sizes = "[...document.querySelectorAll('figure svg text')].map(t => t.getBoundingClientRect().height)"
    assert min(page.evaluate(sizes)) >= 8
    assert asked == [written.as_uri()]
    assert said == []
    context.close()
