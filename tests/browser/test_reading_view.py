"""Around the text that is read: marks on pages of any width, mouse and keys, many places, a server that is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from making import document, put, unit
from playwright.sync_api import Page, Route, expect
from serving import served, served_files
from test_pdf import lines, make_pdf
from test_reading import id_of

from api.app import create_app
from indexer.index import Index

MANY = 4_600  # paragraphs, and places of a word
# The width of the first box as a share of the width of its words on the drawn page.
OF_PAGE = """() => {
  const box = document.querySelector(".boxed").getBoundingClientRect();
  const sheet = document.querySelector(".sheet:has(.boxed)").getBoundingClientRect();
  return [(box.left - sheet.left) / sheet.width, box.width / sheet.width];
}"""
PRESS = "(pressed) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {bubbles: true, ...pressed}))"


@pytest.fixture(scope="module")
def paged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over one PDF of two pages."""
    folder = tmp_path_factory.mktemp("paged")
    (folder / "files").mkdir()
    pages = [
        lines("4. The mission met twelve judges of the supreme court."),
        lines("5. It saw no prison, since none was opened to it."),
    ]
    (folder / "files" / "mission.pdf").write_bytes(make_pdf(pages))
    with served_files(folder) as at:
        yield at


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a long document with the word "giraffe" in each paragraph, on a server of its own."""
    texts = [
        f"{n}. A giraffe was seen in district {n}, {'and the herd moved on ' * (n % 7)}." for n in range(1, MANY + 1)
    ]
    folder = tmp_path_factory.mktemp("many") / "index"
    index = Index(folder, create=True)
    about = document("giraffes.txt", title="Giraffes")
    put(index, about, texts, unit(MANY, 8))
    index.close()
    with served(create_app(folder)) as at:
        yield f"{at}/documents/{about.id}"


def box_of(page: Page) -> tuple[float, float]:
    """Where the mark begins and how wide it is, in parts of the page's width."""
    expect(page.locator(".boxed").first).to_be_visible()
    page.wait_for_timeout(500)  # until what follows a change of width is done
    left, width = page.evaluate(OF_PAGE)
    return left, width


def test_the_mark_lies_on_the_same_words_however_wide_the_window_is(page: Page, paged: str) -> None:
    passage = f"{paged}/documents/{id_of(page, paged, 'mission')}#p1"
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(passage)
    wide = box_of(page)
    assert 0.2 < wide[1] < 0.9
    page.set_viewport_size({"width": 1210, "height": 700})
    assert box_of(page) == pytest.approx(wide, abs=0.02), "in a window made narrower"
    page.set_viewport_size({"width": 1900, "height": 900})
    assert box_of(page) == pytest.approx(wide, abs=0.02), "in a window made wider"
    for width in (360, 800):
        page.goto("about:blank")
        page.set_viewport_size({"width": width, "height": 740})
        page.goto(passage)
        expect(page.locator(".paragraph.cited")).to_be_visible()
        page.wait_for_timeout(500)  # pages that are not shown are not drawn meanwhile
        page.get_by_role("button", name="Pages").click()
        assert box_of(page) == pytest.approx(wide, abs=0.02), f"in a window of {width} pixels"
        expect(page.locator(".boxed").first).to_be_in_viewport()
    page.set_viewport_size({"width": 640, "height": 740})
    assert box_of(page) == pytest.approx(wide, abs=0.02), "in a narrow window that was resized"


def test_the_pages_come_to_the_passage_when_a_narrow_window_is_made_wide(page: Page, paged: str) -> None:
    page.set_viewport_size({"width": 800, "height": 500})
    page.goto(f"{paged}/documents/{id_of(page, paged, 'mission')}#p2")
    expect(page.locator(".paragraph.cited")).to_be_visible()
    page.wait_for_timeout(500)
    assert page.locator(".sheet canvas").count() == 0
    page.set_viewport_size({"width": 1300, "height": 500})
    expect(page.locator(".sheet:nth-child(2) .boxed").first).to_be_in_viewport()
    expect(page.locator(".pane-pages .note")).to_be_empty()


def test_a_page_is_drawn_as_sharp_as_the_window_becomes_wide(page: Page, paged: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{paged}/documents/{id_of(page, paged, 'mission')}#p1")
    page.get_by_role("button", name="Pages").click()
    canvas = page.locator(".sheet canvas").first
    expect(canvas).to_be_visible()
    page.set_viewport_size({"width": 900, "height": 740})
    page.wait_for_function(
        "() => { const c = document.querySelector('.sheet canvas'); return c.width >= 0.95 * c.clientWidth; }"
    )
    expect(page.locator(".boxed").first).to_be_visible()


def test_a_mouse_that_rests_over_the_text_does_not_take_the_reader_s_place(page: Page, many: str) -> None:
    page.goto(f"{many}#p20")
    expect(page.locator(".cited")).to_have_id("p20")
    page.mouse.move(700, 300)  # over a paragraph before the cited one
    for n in range(21, 27):
        page.keyboard.press("j")
        expect(page.locator(".cited")).to_have_id(f"p{n}")
        page.wait_for_timeout(200)  # the text has moved below the pointer
    page.keyboard.press("k")
    expect(page.locator(".cited")).to_have_id("p25")
    page.mouse.move(700, 320)
    page.mouse.move(702, 340)
    expect(page.locator("#p25 .tools")).to_have_count(0)
    page.keyboard.press("c")
    page.wait_for_function("() => navigator.clipboard.readText().then((words) => words.includes('district 25,'))")
    page.keyboard.press("t")
    expect(page.locator("#p25 .to-keep")).to_have_attribute("aria-pressed", "true")


def test_the_buttons_follow_a_mouse_that_moves(page: Page, many: str) -> None:
    page.goto(f"{many}#p20")
    expect(page.locator("#p20 .tools")).to_be_attached()
    for n in (22, 19):
        page.locator(f"#p{n} .said").hover()
        expect(page.locator(f"#p{n} .to-copy")).to_be_visible()
    page.locator("#p22 .said").click()
    page.keyboard.press("j")
    expect(page.locator(".cited")).to_have_id("p23")


def test_j_goes_on_from_where_the_text_was_scrolled_to(page: Page, many: str) -> None:
    page.goto(f"{many}#p20")
    expect(page.locator(".cited")).to_have_id("p20")
    page.evaluate("document.getElementById('p80').scrollIntoView({block: 'start'})")
    page.wait_for_timeout(300)
    page.keyboard.press("j")
    expect(page.locator(".cited")).not_to_have_id("p21")
    number = int(str(page.locator(".cited").get_attribute("id"))[1:])
    assert 70 <= number <= 90


def test_finding_starts_where_the_reader_is_and_knows_every_place(page: Page, many: str) -> None:
    page.goto(f"{many}#p2000")
    expect(page.locator(".cited")).to_have_id("p2000")
    box = page.locator(".find input")
    count = page.locator(".find .meta")
    box.fill("giraffe")
    expect(count).to_have_text("2,000 of 4,600")
    expect(page.locator(".cited")).to_have_id("p2000")
    expect(page.locator("mark.at")).to_be_in_viewport()
    page.goto(f"{many}#p4599")
    expect(page.locator(".cited")).to_have_id("p4599")
    box.fill("giraffe")
    expect(count).to_have_text("4,599 of 4,600")
    page.keyboard.press("Enter")
    expect(count).to_have_text("4,600 of 4,600")
    page.keyboard.press("Enter")
    expect(count).to_have_text("1 of 4,600")
    expect(page.locator("#note")).to_have_text("On from the beginning")
    expect(page.locator(".cited")).to_have_id("p1")
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("4,600 of 4,600")
    expect(page.locator("#note")).to_have_text("On from the end")
    expect(page.locator(".cited")).to_have_id("p4600")
    box.fill("in district 7,")
    expect(count).to_have_text("1 of 1")
    expect(page.locator(".cited")).to_have_id("p7")


def test_finding_steps_from_one_thousand_places_into_the_next(page: Page, many: str) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/find?" in r.url else None)
    page.goto(f"{many}#p1")
    expect(page.locator(".cited")).to_have_id("p1")
    box = page.locator(".find input")
    box.fill("giraffe")
    count = page.locator(".find .meta")
    expect(count).to_have_text("1 of 4,600")
    page.evaluate(
        """() => { for (let n = 0; n < 999; n++) document.querySelector(".find input").dispatchEvent(
             new KeyboardEvent("keydown", {key: "Enter", bubbles: true})) }"""
    )
    expect(count).to_have_text("1,000 of 4,600")
    assert len(asked) == 1
    box.press("Enter")
    expect(count).to_have_text("1,001 of 4,600")
    expect(page.locator(".cited")).to_have_id("p1001")
    assert len(asked) == 2


def test_text_that_cannot_be_fetched_says_so_and_comes_when_the_server_is_back(page: Page, many: str) -> None:
    page.goto(f"{many}#p20")
    expect(page.locator(".cited")).to_have_id("p20")
    page.wait_for_timeout(500)
    page.route("**/paragraphs?**", lambda route: route.abort())
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight * 0.9)")
    notice = page.locator(".block .notice").filter(has_text="The server does not answer.")
    expect(notice.filter(visible=True).first).to_be_in_viewport()
    page.wait_for_timeout(2_500)  # it fails again meanwhile
    expect(notice.first).to_be_in_viewport()
    page.unroute("**/paragraphs?**")
    expect(notice).to_have_count(0)
    page.wait_for_function(
        """() => [...document.querySelectorAll(".paragraph")].some(
             (row) => row.getBoundingClientRect().top > 140 && row.getBoundingClientRect().top < innerHeight)"""
    )


def test_try_again_fetches_the_text_at_once(page: Page, many: str) -> None:
    page.clock.install()  # so that nothing is tried again by itself
    page.goto(f"{many}#p20")
    page.clock.run_for(1_000)
    expect(page.locator(".cited")).to_have_id("p20")
    page.route("**/paragraphs?**", lambda route: route.abort())
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight * 0.5)")
    again = page.locator(".block .notice").get_by_role("button", name="Try again")
    for _ in range(40):
        page.clock.run_for(20)
        if again.count() > 1:
            break
        page.wait_for_timeout(50)
    tops = again.evaluate_all("(buttons) => buttons.map((b) => b.getBoundingClientRect().top)")
    at = next((i for i, top in enumerate(tops) if 140 < top < 800), -1)
    assert at >= 0
    page.unroute("**/paragraphs?**")
    again.nth(at).click()
    page.clock.run_for(1_000)
    expect(page.locator(".block .notice")).to_have_count(0)


def test_a_paragraph_that_could_not_be_reached_is_gone_to_when_it_can_be(page: Page, many: str) -> None:
    page.goto(f"{many}#p20")
    expect(page.locator(".cited")).to_have_id("p20")

    def fail(route: Route) -> None:
        route.fulfill(status=503, json={"type": "urn:pincite:loading", "status": 503, "detail": "x", "hint": "y"})

    page.route("**/paragraphs?**", fail)
    page.evaluate("location.hash = '#p3456'")
    notice = page.locator(".block .notice").filter(has_text=re.compile("The index is being loaded"))
    expect(notice.first).to_be_in_viewport()
    page.unroute("**/paragraphs?**")
    expect(page.locator(".cited")).to_have_id("p3456")
    expect(page.locator(".cited")).to_be_in_viewport()


def test_a_document_that_was_removed_is_not_asked_for_again_and_again(page: Page, many: str) -> None:
    page.goto(f"{many}#p20")
    expect(page.locator(".cited")).to_have_id("p20")
    page.wait_for_timeout(500)
    asked: list[str] = []

    def fail(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=404, json={"type": "urn:pincite:not-found", "status": 404, "detail": "x", "hint": "y"})

    page.route("**/paragraphs?**", fail)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight * 0.9)")
    expect(page.locator(".block .notice").first).to_contain_text("There is no such document")
    page.wait_for_timeout(500)
    before = len(asked)
    page.wait_for_timeout(3_000)
    assert len(asked) == before


def test_the_keys_work_in_a_layout_of_other_letters(page: Page, many: str) -> None:
    page.goto(f"{many}#p20")
    expect(page.locator(".cited")).to_have_id("p20")
    page.evaluate(PRESS, {"key": "о", "code": "KeyJ"})
    expect(page.locator(".cited")).to_have_id("p21")
    page.evaluate(PRESS, {"key": "л", "code": "KeyK"})
    expect(page.locator(".cited")).to_have_id("p20")
    page.evaluate(PRESS, {"key": "с", "code": "KeyC"})
    page.wait_for_function("() => navigator.clipboard.readText().then((words) => words.includes('district 20,'))")
    page.evaluate(PRESS, {"key": "а", "code": "KeyF"})
    expect(page.locator(".find input")).to_be_focused()
    page.evaluate(PRESS, {"key": "л", "code": "KeyK", "ctrlKey": True})
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.evaluate(PRESS, {"key": ".", "code": "Slash"})
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    page.evaluate(PRESS, {"key": ",", "code": "Slash", "shiftKey": True})
    expect(page.locator("dialog.help")).to_be_visible()


def test_a_latin_layout_means_the_letters_that_it_writes(page: Page, many: str) -> None:
    page.goto(f"{many}#p20")
    expect(page.locator(".cited")).to_have_id("p20")
    page.evaluate(PRESS, {"key": "h", "code": "KeyJ"})  # Dvorak
    page.evaluate(PRESS, {"key": "z", "code": "Slash"})
    page.evaluate(PRESS, {"key": "-", "code": "Slash"})  # German
    page.evaluate(PRESS, {"key": ".", "code": "Slash"})  # Turkish
    expect(page.locator("#q")).not_to_be_focused()
    expect(page.locator(".cited")).to_have_id("p20")
    page.evaluate(PRESS, {"key": "j", "code": "KeyC"})
    expect(page.locator(".cited")).to_have_id("p21")
