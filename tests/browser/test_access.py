"""For everyone: axe finds nothing on any view, the keyboard reaches everything, nothing is wider than the window."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from serving import served
from test_asking import QUESTION, ask, stream

from api.app import create_app

VIEWS = [
    "home",
    "typed",
    "answer",
    "refusal",
    "conflict",
    "document",
    "documents",
    "tray",
    "timeline",
    "help",
    "menu",
    "empty",
    "unsent",
    "russian",
    "trouble",
]


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server without an index."""
    with served(create_app(tmp_path_factory.mktemp("nothing") / "index")) as at:
        yield at


def show_home(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".documents li")


def show_typed(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#q").press_sequentially("prisoners")
    page.wait_for_selector(".passage .words")


def show_answer(page: Page, address: str) -> None:
    page.goto(address)
    ask(page)
    page.locator(".why summary").first.click()


def show_refusal(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, "who won the football world cup of 2018 in Peru")


def show_conflict(page: Page, address: str) -> None:
    answer = page.request.post(f"{address}/v1/ask", data={"question": QUESTION}).json()
    values = [{"value": "three", "citations": [1]}, {"value": "four", "citations": [2]}]
    stream(page, [("done", answer | {"status": "conflicting", "conflicts": [{"about": "how many", "values": values}]})])
    page.goto(address)
    ask(page)


def show_document(page: Page, address: str) -> None:
    found = page.request.get(f"{address}/v1/documents", params={"q": "ep-resolution"}).json()["documents"][0]
    page.goto(f"{address}/documents/{found['id']}#p20")
    page.wait_for_selector(".cited")
    page.locator(".find input").fill("human rights")
    page.wait_for_selector("mark.at")


def show_documents(page: Page, address: str) -> None:
    page.goto(f"{address}/documents")
    page.wait_for_selector(".documents li")


def show_tray(page: Page, address: str) -> None:
    page.goto(f"{address}/?q=suspended+NGOs")
    page.locator(".passages .to-keep").first.click()
    page.goto(f"{address}/tray")
    page.wait_for_selector(".kept li")


def show_timeline(page: Page, address: str) -> None:
    page.goto(f"{address}/timeline?q=which+NGOs+were+suspended+in+January")
    page.wait_for_selector(".told .where")


def show_help(page: Page, address: str) -> None:
    show_home(page, address)
    page.get_by_role("button", name="Keyboard").click()
    page.wait_for_selector("dialog[open]")


def show_menu(page: Page, address: str) -> None:
    page.goto(f"{address}/?q=suspended+NGOs")
    page.locator(".passages .menu summary").first.click()
    page.wait_for_selector(".choices button >> visible=true")


def show_trouble(page: Page, address: str) -> None:
    page.route("**/v1/**", lambda route: route.abort())
    page.goto(f"{address}/documents")
    page.wait_for_selector("[role=alert]")


def show_unsent(page: Page, address: str) -> None:
    page.route("**/v1/documents", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    show_documents(page, address)
    page.locator("#files").set_input_files([{"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"}])
    page.get_by_role("button", name="Retry a.txt").wait_for()


def show_russian(page: Page, address: str) -> None:
    page.add_init_script("localStorage.setItem('language', 'ru')")
    show_refusal(page, address)
    page.locator("aside input").first.wait_for(state="attached")


def show_empty(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(".empty")


SHOW: dict[str, Callable[[Page, str], None]] = {name: globals()[f"show_{name}"] for name in VIEWS}


def violations(page: Page) -> list[str]:
    """What axe finds, each with the elements it is about."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {[node['html'][:150] for node in v['nodes']]}" for v in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(page: Page, address: str, nothing: str, view: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    SHOW[view](page, nothing if view == "empty" else address)
    page.wait_for_timeout(50)
    assert violations(page) == []


def test_axe_sees_a_fault(page: Page, address: str) -> None:
    show_home(page, address)
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert violations(page)[0].startswith("button-name")


@pytest.mark.parametrize(("language", "width"), [("en", 320), ("en", 800), ("en", 1440), ("ru", 320), ("ru", 800)])
@pytest.mark.parametrize("view", ["home", "answer", "document", "documents", "tray", "timeline", "conflict"])
def test_nothing_is_wider_than_the_window(page: Page, address: str, view: str, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.add_init_script(f"localStorage.setItem('language', '{language}')")
    SHOW[view](page, address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.evaluate("[q.clientWidth, q.closest('form').clientWidth, q.closest('form').scrollWidth]")
    assert box[0] > 140, "the box has room for words"
    assert box[2] <= box[1], "nothing sticks out of it"


def test_a_whole_errand_is_run_without_a_mouse(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer:not([aria-busy])")
    page.wait_for_selector(".passage .words")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".passage h2 a").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".passage h2 a").nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("c")
    expect(page.locator("#status")).to_have_text("Copied: Plain text")
    page.keyboard.press("t")
    expect(page.locator("#kept")).to_have_text("1")
    page.keyboard.press("Enter")
    cited = page.locator(".paragraph.cited")
    expect(cited).to_be_in_viewport()
    first = cited.get_attribute("id")
    page.keyboard.press("j")
    expect(cited).not_to_have_id(str(first))
    page.keyboard.press("k")
    expect(cited).to_have_id(str(first))
    page.keyboard.press("f")
    page.keyboard.type("fined")
    expect(page.locator("mark.at")).to_be_in_viewport()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.go_back()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("prisoners")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=prisoners**")


def test_tab_reaches_every_control_in_the_order_of_reading(page: Page, address: str) -> None:
    show_answer(page, address)
    page.locator(".skip").focus()
    seen: list[tuple[float, float]] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        place = page.evaluate(
            "() => { const e = document.activeElement, r = e.getBoundingClientRect();"
            " return [e.matches(':focus-visible'), r.top + scrollY, r.width] }"
        )
        assert place[0], "where the focus is can be seen"
        assert place[2] > 0
        seen.append((place[1], place[2]))
    assert len(set(seen)) > 20


@pytest.mark.parametrize("key", ["j", "k", "c", "t", "f", "?", "/"])
def test_a_key_typed_into_the_box_is_only_a_letter(page: Page, address: str, key: str) -> None:
    page.goto(address)
    page.keyboard.type(f"a{key}b")
    expect(page.locator("#q")).to_have_value(f"a{key}b")


def test_printing_gives_the_words_and_their_whole_citations(page: Page, address: str, tmp_path: Path) -> None:
    show_answer(page, address)
    page.emulate_media(media="print")
    for hidden in ("body > header", "aside", ".actions", ".sort"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert "/documents/" in page.locator(".sources a").first.evaluate("a => getComputedStyle(a, '::after').content")
    expect(page.locator(".answer .sentences")).to_be_visible()


def test_the_live_region_says_what_happened(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("#q").press_sequentially("prisoners")
    expect(page.locator("#status")).to_have_text(re.compile(r"^\d+ passages\. Press Enter for an answer\.$"))
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_text(re.compile(r"Answer with|Nothing in these documents"))


def test_who_asks_for_less_motion_gets_none(browser: Browser, address: str) -> None:
    page = browser.new_page(reduced_motion="reduce")
    page.goto(address)
    assert page.evaluate("getComputedStyle(document.body).animationName") == "none"
    page.close()
