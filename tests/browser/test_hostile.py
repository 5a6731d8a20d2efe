"""Words that try to be more than words: in titles, file names, passages, questions and answers."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from making import document, put, unit
from playwright.sync_api import Page, Route
from serving import served
from test_asking import stream

from api.app import create_app
from indexer.index import Index

RUN = "window.ran=(window.ran||0)+1"
_PARTS = [
    "<script>{}</script>", "<img src=x onerror={}>", "<svg onload={}>", "<svg><script>{}</script></svg>",
    "<iframe srcdoc='<script>parent.{}</script>'>", "<body onload={}>", "<details open ontoggle={}>",
    "<video><source onerror={}></video>", "<math><mtext><img src=x onerror={}></mtext></math>",
    "<a href='javascript:{}'>x</a>", "javascript:{}", "data:text/html,<script>{}</script>",
    "<style>@import 'http://example.org/{}'</style>", "<link rel=stylesheet href=//example.org/{}>",
    "<img src=//example.org/{}>", "<meta http-equiv=refresh content='0;url=//example.org/{}'>",
    "<base href=//example.org/>{}", "<form action=//example.org/><input autofocus onfocus={}>",
    "<input autofocus onfocus={}>", "<template><script>{}</script></template>",
    "{{{{constructor.constructor('{}')()}}}}", "${{{}}}", "<%= {} %>", "<object data=javascript:{}>",
    "<embed src=javascript:{}>",
]  # fmt: skip
_AROUND = ["{}", '">{}', "'>{}", "</title>{}", "</textarea></script>{}", "<!-- -->{}", "&lt;{}", "\u202e{}"]
PAYLOADS = [around.replace("{}", part.format(RUN)) for part, around in itertools.product(_PARTS, _AROUND)]
ALL = document("all.txt", title=PAYLOADS[0])  # every payload is a paragraph of it
CHUNK = 20  # payloads in one search


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over an index whose every title, file name, publisher and paragraph is a payload."""
    folder = tmp_path_factory.mktemp("hostile") / "index"
    index = Index(folder, create=True)
    for n, payload in enumerate(PAYLOADS):
        name = f"{n} {payload}.txt"
        about = document(name, title=payload, publisher=payload, address=f"javascript:{RUN}")
        put(index, about, [f"{payload} harvest {n}", f"second {payload}"], unit(2, 8, seed=n))
    put(index, ALL, [f"{n} {payload}" for n, payload in enumerate(PAYLOADS)], unit(len(PAYLOADS), 8))
    index.close()
    with served(create_app(folder)) as at:
        yield at


@pytest.fixture
def watched(page: Page) -> tuple[Page, list[str]]:
    """A page and what its policy reported; what ran is counted in the page."""
    reports: list[str] = []
    page.expose_function("reportBreach", lambda directive: reports.append(directive))
    page.add_init_script("addEventListener('securitypolicyviolation', (e) => reportBreach(e.violatedDirective))")
    return page, reports


def assert_nothing_ran(page: Page, reports: list[str]) -> None:
    assert page.evaluate("window.ran") is None
    assert reports == []
    assert (
        page.locator("main :is(script, img, svg, iframe, object, embed, style, link, base, meta, video)").count() == 0
    )


def test_there_are_two_hundred_payloads_and_they_can_run(page: Page) -> None:
    assert len(set(PAYLOADS)) == 200
    page.set_content(PAYLOADS[1])
    page.wait_for_function("window.ran > 0")  # without the page's care, this one runs


def test_no_payload_runs_from_a_title_a_file_name_or_a_publisher(hostile: str, watched: tuple[Page, list[str]]) -> None:
    page, reports = watched
    page.goto(f"{hostile}/documents")
    for shown in range(50, len(PAYLOADS) + 1, 50):
        page.locator(".documents > li").nth(shown - 1).wait_for()
        page.locator(".more").click()
    page.locator(".documents > li").nth(len(PAYLOADS)).wait_for()
    assert sorted(page.locator(".documents li a").all_text_contents()) == sorted([*PAYLOADS, ALL.title])
    assert_nothing_ran(page, reports)


def test_no_payload_runs_from_a_passage_a_facet_or_an_answer(hostile: str, watched: tuple[Page, list[str]]) -> None:
    page, reports = watched
    documents = page.request.get(f"{hostile}/v1/documents", params={"limit": 1000}).json()["documents"]
    for start in range(0, len(documents), CHUNK):
        hits = [hit(d, n) for n, d in enumerate(documents[start : start + CHUNK], 1)]
        facets = {f: [{"value": h["document"]["title"], "count": 1} for h in hits] for f in ("source", "publisher")}
        found = {
            "query": "x",
            "mode": "hybrid",
            "total": CHUNK,
            "took_ms": 1,
            "index_version": "1",
            "facets": facets,
            "hits": hits,
        }
        page.route("**/v1/search?*", partial(fulfil, 200, found))
        stream(page, [("done", answer(hits, conflicting=start % 40 == 0))])
        page.goto(f"{hostile}/?q={start}")
        page.wait_for_selector(".answer:not([aria-busy])")
        page.wait_for_selector(".passage .words")
        assert page.locator(".passage h2").count() == len(hits)
        assert_nothing_ran(page, reports)
        page.unroute("**/v1/search?*")
        page.unroute("**/v1/ask")


@pytest.mark.slow
def test_no_payload_runs_from_a_question(hostile: str, watched: tuple[Page, list[str]]) -> None:
    page, reports = watched
    refused = {"type": "urn:pincite:bad-query", "title": "No", "status": 422, "hint": "h"}
    page.goto(hostile)
    for payload in PAYLOADS:
        page.route("**/v1/search?*", partial(fulfil, 422, refused | {"detail": payload}))
        page.locator("#q").fill(payload)
        page.keyboard.press("Enter")
        page.wait_for_function("words => document.querySelector('.notice h2')?.textContent === words", arg=payload)
        page.unroute("**/v1/search?*")
        assert_nothing_ran(page, reports)


def test_no_payload_runs_from_a_paragraph_the_words_found_or_the_tray(
    hostile: str, watched: tuple[Page, list[str]]
) -> None:
    page, reports = watched
    page.goto(f"{hostile}/documents/{ALL.id}#p1")
    page.wait_for_function("n => document.querySelectorAll('.paragraph').length === n", arg=len(PAYLOADS))
    assert [t.split(" ", 1)[1] for t in page.locator(".said").all_text_contents()] == PAYLOADS
    page.locator(".paragraph.cited .to-keep").click()
    page.locator(".find input").fill(PAYLOADS[8])
    page.wait_for_selector("mark.at")
    assert_nothing_ran(page, reports)
    page.goto(f"{hostile}/tray")
    page.locator(".kept > li").wait_for()
    assert_nothing_ran(page, reports)


def fulfil(status: int, body: dict[str, Any], route: Route) -> None:
    route.fulfill(status=status, json=body)


def hit(about: dict[str, Any], n: int) -> dict[str, Any]:
    text = f"{about['title']} harvest"
    place = {"paragraph": 1, "paragraph_end": 1, "label": about["title"], "label_kind": None, "page": None}
    at = place | {"char_start": 0, "char_end": len(text), "text": text, "permalink": "/documents/x#p1"}
    return {
        "rank": n, "score": 1, "id": hashlib.sha256(text.encode()).hexdigest(), "text": text, "highlights": [[0, 5]],
        "document": about, "citation": at, "heading_path": [text], "duplicates": [], "explain": {"fused": 1},
    }  # fmt: skip


def answer(hits: list[dict[str, Any]], conflicting: bool) -> dict[str, Any]:
    citations = [
        h["citation"] | {"n": n, "quote": h["text"], "verified": True, "document": h["document"], "highlights": []}
        for n, h in enumerate(hits, 1)
    ]
    values = [{"value": c["quote"], "citations": [c["n"]]} for c in citations]
    return {
        "question": "x", "status": "conflicting" if conflicting else "answered", "answer": "x", "writer": "extractive",
        "took_ms": 1, "index_version": "1", "citations": citations, "passages": [], "reasons": [],
        "sentences": [{"text": c["quote"], "citations": [c["n"]], "names": [[0, 4]]} for c in citations],
        "conflicts": [{"about": hits[0]["text"], "values": values}] if conflicting else [],
    }  # fmt: skip
