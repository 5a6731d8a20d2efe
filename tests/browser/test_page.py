"""The page in a real Chromium, over a real server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from serving import served, wait_until_ready

from api.app import create_app
from indexer.build import build
from indexer.index import Index

QUESTION = "which NGOs were suspended in January"


def ask(page: Page, question: str) -> None:
    page.locator("#q").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer:not([aria-busy])")


def test_the_box_has_the_focus_and_keys_bring_it_back(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).not_to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    expect(page.locator("#q")).to_be_focused()
    expect(page.locator("#q")).to_have_value("")


def test_the_start_shows_the_documents_and_the_promise(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".documents li")).to_have_count(5)
    expect(page.get_by_text("Nothing leaves this machine.")).to_be_visible()


def test_a_question_is_answered_with_citations_above_the_passages(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, QUESTION)
    expect(page.locator(".answer .cite").first).to_have_text("[1]")
    assert page.locator(".answer .sources li").count() >= 1
    assert page.locator(".passages .passage").count() >= 3
    expect(page.locator(".passage mark").first).to_be_visible()
    expect(page.locator("#status")).to_contain_text("Answer with")
    assert page.url.endswith("/?q=which+NGOs+were+suspended+in+January")


def test_a_citation_opens_the_document_at_its_paragraph_and_back_leads_to_the_results(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, QUESTION)
    page.locator(".answer .cite").first.click()
    cited = page.locator(".paragraph.cited")
    expect(cited).to_be_in_viewport()
    number = re.search(r"#p(\d+)$", page.url)
    assert number is not None
    expect(cited).to_have_id(f"p{number[1]}")
    page.get_by_role("link", name="Results", exact=True).click()
    expect(page.locator(".answer .cite").first).to_be_visible()
    expect(page.locator("#q")).to_have_value(QUESTION)


def test_a_permalink_opens_a_paragraph_on_its_own(page: Page, address: str) -> None:
    found = page.request.get(f"{address}/v1/search", params={"q": "recital O suspended NGOs"}).json()
    page.goto(address + found["hits"][0]["citation"]["permalink"])
    expect(page.locator(".paragraph.cited")).to_be_in_viewport()


def test_the_margin_has_numbers_and_the_document_s_own_labels(page: Page, address: str) -> None:
    listed = page.request.get(f"{address}/v1/documents", params={"q": "ep-resolution"}).json()["documents"]
    page.goto(f"{address}/documents/{listed[0]['id']}")
    row = page.locator(".paragraph", has=page.get_by_text("recital O", exact=True))
    expect(row.locator("p")).to_contain_text("O.")
    row.locator(".place").click()
    expect(row).to_have_class(re.compile("cited"))


def test_results_come_while_typing_and_the_answer_only_on_enter(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#q").press_sequentially("prisoners", delay=20)
    page.wait_for_selector(".passage")
    assert page.locator(".answer").count() == 0
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer:not([aria-busy])")


def test_back_and_forward_walk_through_searches_and_filters(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, QUESTION)
    page.wait_for_selector("aside fieldset")
    page.locator("aside input[type=checkbox]").first.check()
    page.wait_for_selector(".chip")
    assert "source=" in page.url
    page.go_back()
    expect(page.locator(".chip")).to_have_count(0)
    page.go_forward()
    expect(page.locator(".chip")).to_have_count(1)
    page.locator(".chip").click()
    expect(page.locator(".chip")).to_have_count(0)
    assert "source=" not in page.url


def test_a_question_that_nothing_answers_says_so(page: Page, address: str) -> None:
    body = {
        "question": "x",
        "status": "unanswerable",
        "answer": "",
        "writer": "extractive",
        "took_ms": 1,
        "index_version": "1",
        "sentences": [],
        "citations": [],
        "conflicts": [],
        "passages": [],
        "reasons": ["no document names Peru"],
    }
    stream(page, [("passages", []), ("done", body)])
    page.goto(address)
    ask(page, "Peru")
    expect(page.locator(".answer h2")).to_have_text("Nothing in these documents answers this")
    expect(page.locator(".answer li")).to_have_text("No document names Peru")


def test_sources_that_disagree_are_shown_side_by_side(page: Page, address: str) -> None:
    answer = page.request.post(f"{address}/v1/ask", data={"question": QUESTION}).json()
    n = answer["citations"][0]["n"]
    values = [{"value": "three months", "citations": [n]}, {"value": "four months", "citations": [n]}]
    answer |= {"status": "conflicting", "conflicts": [{"about": "for how long", "values": values}]}
    stream(page, [("done", answer)])
    page.goto(address)
    ask(page, QUESTION)
    expect(page.locator(".conflict h3")).to_contain_text("Sources disagree: for how long")
    expect(page.locator(".conflict q")).to_have_text(["three months", "four months"])


def test_a_citation_is_copied_with_its_quote_and_place(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, QUESTION)
    page.locator(".answer").get_by_role("button", name="Copy citation 1").click()
    expect(page.locator(".answer button").first).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“")
    assert re.search(r"/documents/\w+#p\d+\)$", copied)


def test_a_document_full_of_markup_stays_text(browser: Browser, page: Page, tmp_path: Path) -> None:
    payloads = [
        "<script>window.ran=1</script>",
        "<img src=x onerror=window.ran=1>",
        '"><svg onload=window.ran=1>',
        "javascript:window.ran=1",
        "</title><script>window.ran=1</script>",
        "{{constructor.constructor('window.ran=1')()}}",
    ]
    files = tmp_path / "files"
    files.mkdir()
    text = "\n\n".join(f"Paragraph {n} about harvest {payload} and grain." for n, payload in enumerate(payloads))
    (files / "<img src=x onerror=window.ran=1>.txt").write_text(f"{payloads[0]}\n\n{text}\n")
    index = Index(tmp_path / "index", create=True)
    build(index, [files])
    index.close()
    with served(create_app(tmp_path / "index")) as at:
        wait_until_ready(at)
        page.goto(at)
        expect(page.locator(".documents li")).to_have_count(1)
        ask(page, f"harvest {payloads[1]}")
        page.locator(".passage h3 a").first.click()
        page.wait_for_selector(".paragraph")
        assert page.evaluate("window.ran") is None
        assert page.locator("main script, main img, main svg").count() == 0


def test_a_server_that_went_away_is_told_and_comes_back(page: Page, sample_index: Path) -> None:
    with served(create_app(sample_index)) as at:
        wait_until_ready(at)
        page.goto(at)
        page.wait_for_selector(".documents")
    page.locator("#q").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer")
    with served(create_app(sample_index), port=int(at.rpartition(":")[2])):
        page.get_by_role("button", name="Try again").click()
        page.wait_for_selector(".passage")


def test_the_first_run_says_what_to_do_and_takes_files(page: Page, tmp_path: Path) -> None:
    with served(create_app(tmp_path / "index")) as at:
        page.goto(at)
        expect(page.get_by_role("heading", name="No documents yet")).to_be_visible()
        expect(page.locator("pre")).to_have_text("pincite index FOLDER")
        page.locator("#files").set_input_files(
            [
                {
                    "name": "report.txt",
                    "mimeType": "text/plain",
                    "buffer": b"Report\n\nThe committee met in Oslo in June 2019.\n",
                },
                {"name": "noise.bin", "mimeType": "application/octet-stream", "buffer": b"\x00\x01" * 50},
            ]
        )
        expect(page.locator(".files .indexed")).to_contain_text("report.txt indexed")
        expect(page.locator(".files .refused")).to_contain_text("noise.bin refused:")
        wait_until_ready(at)
        page.reload()
        expect(page.locator(".documents li")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1600])
def test_nothing_is_wider_than_the_window(browser: Browser, address: str, width: int, scheme: Any) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(address)
    ask(page, QUESTION)
    page.wait_for_selector(".passage h3 a")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".passage h3 a").first.click()
    page.wait_for_selector(".cited")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_every_control_has_a_name_and_the_keyboard_reaches_the_passages(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, QUESTION)
    page.wait_for_selector(".passage")
    nameless = page.evaluate(
        "[...document.querySelectorAll('button, a[href], input')].filter(e => !(e.getAttribute('aria-label')"
        " || e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)"
    )
    assert nameless == []
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".passage h3 a").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".passage h3 a").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".paragraph.cited")).to_be_in_viewport()


def test_the_reference_is_drawn_without_another_host(page: Page, address: str) -> None:
    page.goto(f"{address}/docs")
    expect(page.locator(".operation")).to_have_count(13)


def stream(page: Page, events: list[tuple[str, Any]]) -> None:
    """Answer every question with these events."""
    import json

    body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    page.route("**/v1/ask", lambda route: route.fulfill(body=body, content_type="text/event-stream"))
