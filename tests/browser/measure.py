"""What the page costs: bytes, first paint, layout shift, and the time from a key press to results.

`make page-bench` prints it. The time from key press to results is taken over 100,000 passages: real texts of
../shared/data with the keyword index as it is always made, but with random unit vectors instead of embedded ones, since
embedding as many takes hours; what is found is then not what the question means, the work to find it is the same.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import shutil
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from making import document, parts, unit
from playwright.sync_api import Browser, Page, sync_playwright
from serving import served, wait_until_ready

from api.app import create_app
from indexer.build import build
from indexer.index import Index
from indexer.store import StoredPassage
from indexer.words import index_words
from search.engine import Engine
from search.query import Query

ROOT = Path(__file__).parent.parent.parent
SCRATCH = ROOT / ".pincite"
SHARED = ROOT.parent / "shared" / "data"
TEXTS = "scale_ungdc_100k/corpus.jsonl.gz"
DIMENSIONS = 384
PER_DOCUMENT = 50
QUESTION = "which NGOs were suspended in January"
TYPED = (
    "nuclear weapons", "climate change", "human rights defenders", "apartheid in South Africa", "refugees",
    "Security Council reform", "debt of developing countries", "Palestine", "terrorism", "landmines",
)  # fmt: skip
# Counts what moved without the user's doing, and notes the first paint.
WATCH = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const e of list.getEntries()) if (!e.hadRecentInput) window.moved += e.value;
}).observe({type: "layout-shift", buffered: true});
"""
# Types the last letter and waits until the passages for it are on the page; milliseconds.
KEYPRESS = """(words) => new Promise((done) => {
  const box = document.getElementById("q");
  const view = document.getElementById("view");
  box.value = words;
  const began = performance.now();
  const watch = new MutationObserver(() => {
    const list = view.querySelector(".passages");
    if (!list || list === window.before || !list.querySelector(".words")) return;
    watch.disconnect();
    window.before = list;
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  });
  watch.observe(view, {childList: true, subtree: true});
  box.dispatchEvent(new InputEvent("input", {bubbles: true}));
})"""


def bytes_of(page: Page, address: str) -> int:
    """Return the bytes of all parts of the page, of a walk through every view but the pages of a PDF."""
    sizes: dict[str, int] = {}
    page.on("response", lambda r: sizes.update({r.url: len(r.body())}) if "/v1/" not in r.url else None)
    page.goto(address)
    page.locator("#q").fill(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".passage .words")
    page.locator(".passage h2 a").first.click()
    page.wait_for_selector(".cited")
    for path in ("/documents", "/timeline", "/tray"):
        page.goto(address + path)
        page.wait_for_selector("#view h1")
        page.wait_for_load_state("networkidle")  # its icons are there
    return sum(size for url, size in sizes.items() if "/page/" in url or url == f"{address}/")


def first_paint(browser: Browser, address: str) -> float:
    """Return the milliseconds until something is painted, with an empty cache."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(".documents li")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return float(painted)


def shift(page: Page, address: str) -> float:
    """Return how much moved, as Chromium counts it, on the way from the start to a document and all documents."""
    page.add_init_script(WATCH)
    moved = 0.0
    page.goto(address)
    page.wait_for_selector(".documents li")
    page.locator("#q").press_sequentially(QUESTION, delay=30)
    page.wait_for_selector(".passage .words")
    page.wait_for_timeout(700)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer .sources")
    page.wait_for_selector(".passage .words")
    page.wait_for_timeout(700)
    page.locator(".answer .cite").last.click()
    page.wait_for_selector(".cited")
    page.wait_for_timeout(700)
    moved += page.evaluate("window.moved")
    page.goto(f"{address}/documents")
    page.wait_for_selector(".documents li")
    page.wait_for_timeout(300)
    return moved + float(page.evaluate("window.moved"))


def keypresses(page: Page, address: str, typed: Sequence[str], rounds: int) -> list[float]:
    """Return the milliseconds from each key press to its results; no two queries are the same."""
    page.goto(address)
    page.wait_for_selector(".documents li")
    taken = [page.evaluate(KEYPRESS, f"{words} {n}") for n in range(rounds + 1) for words in typed]
    return taken[len(typed) :]  # the first round warms up


def searches(folder: Path, typed: Sequence[str], rounds: int) -> list[float]:
    """Return the milliseconds of processor time of each search while typing, without the browser."""
    engine = Engine.open(folder)
    taken = []
    for n in range(rounds + 1):
        for words in typed:
            began = time.process_time()
            engine.search(Query(f"{words} {n}", limit=10, rerank=False, explain=True))
            taken.append(1000 * (time.process_time() - began))
    engine.close()
    return taken[len(typed) :]  # the first round warms up


def large_index(folder: Path, file: Path, passages: int) -> None:
    """Write an index of ``passages`` real texts with random unit vectors; one that is there is kept."""
    if (folder / "done").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    index = Index(folder, create=True)
    vectors = unit(passages, DIMENSIONS)
    with index.store.writing():
        for n, texts in enumerate(_documents(file, passages)):
            about = document(f"speeches-{n:05}.txt", title=f"Speeches, part {n + 1}", date=str(1946 + n % 79))
            text, paragraphs, cut = parts(about.id, texts)
            hashes = [hashlib.sha256(f"{n} {i}".encode()).digest() for i in range(len(texts))]
            stored = [
                StoredPassage(p, index_words(p.text, "en"), index_words(about.title, "en"), h)
                for p, h in zip(cut, hashes, strict=True)
            ]
            index.store.put_vectors(hashes, vectors[n * PER_DOCUMENT :][: len(texts)])
            index.store.add(about, "/speeches", (len(text), 1), "described", text, paragraphs, stored)
    index.save_vectors()
    index.close()
    (folder / "done").touch()


def _documents(file: Path, passages: int) -> Iterator[list[str]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        texts: list[str] = []
        for _, line in zip(range(passages), lines, strict=False):
            texts.append(json.loads(line)["text"])
            if len(texts) == PER_DOCUMENT:
                yield texts
                texts = []
        if texts:
            yield texts


def _percentiles(taken: Sequence[float]) -> str:
    ordered = sorted(taken)
    return f"p50 {ordered[len(ordered) // 2]:.0f} ms, p95 {ordered[int(len(ordered) * 0.95)]:.0f} ms"


def main() -> None:
    """Measure and print, one figure a line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--passages", type=int, default=100_000)
    options.add_argument("--data", type=Path, default=SHARED)
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    sample, large = SCRATCH / "page-sample", SCRATCH / f"page-{asked.passages}"
    index = Index(sample, create=True)
    build(index, [ROOT / "corpus"])
    index.close()
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=["--headless", "--no-sandbox", "--disable-gpu"])
        with served(create_app(sample)) as address:
            wait_until_ready(address)
            print(f"bytes of the page                 {bytes_of(browser.new_page(), address):,}")
            painted = statistics.median(first_paint(browser, address) for _ in range(9))
            print(f"first paint, median of 9          {painted:.0f} ms")
            print(f"layout shift                      {shift(browser.new_page(), address):.4f}")
        if not (asked.data / TEXTS).exists():
            print("key press to results: needs ../shared/data")
            return
        large_index(large, asked.data / TEXTS, asked.passages)
        with served(create_app(large)) as address:
            wait_until_ready(address, 600)
            pressed = keypresses(browser.new_page(), address, TYPED, asked.rounds)
        over = f"{asked.passages:,} passages, {len(pressed)} queries"
        print(f"key press to results, {over}: {_percentiles(pressed)}")
        print(f"processor time of the search, the same: {_percentiles(searches(large, TYPED, asked.rounds))}")
        browser.close()


if __name__ == "__main__":
    main()
