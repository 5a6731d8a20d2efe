"""Reading a document: opened at the cited paragraph, found in, as pages, however long it is."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from making import document, put, unit
from playwright.sync_api import Page, expect
from serving import served, served_files
from test_access import violations
from test_asking import QUESTION, ask
from test_pdf import lines, make_pdf

from api.app import create_app
from indexer.index import Index

LONG = 20_000  # paragraphs, about 1,000 pages


def id_of(page: Page, address: str, words: str) -> str:
    found = page.request.get(f"{address}/v1/documents", params={"q": words}).json()["documents"]
    return str(found[0]["id"])


@pytest.fixture(scope="module")
def long_document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a document of 20,000 paragraphs, on a server of its own."""
    drawn = random.Random(7)
    words = "the committee notes that the State party has not yet provided information on this matter".split()
    texts = [f"{n}. {' '.join(drawn.choices(words, k=drawn.randint(10, 90)))}." for n in range(1, LONG + 1)]
    texts[12_344] += " The needle lies here."
    texts[17_999] += " Another NEEDLE lies\nhere."
    folder = tmp_path_factory.mktemp("long") / "index"
    index = Index(folder, create=True)
    about = document("long.txt", title="A long report")
    put(index, about, texts, unit(LONG, 8))
    index.close()
    with served(create_app(folder)) as at:
        yield f"{at}/documents/{about.id}"


@pytest.fixture(scope="module")
def paged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over one PDF of three pages."""
    folder = tmp_path_factory.mktemp("paged")
    (folder / "files").mkdir()
    pages = [
        lines("Report of the mission to Oslo"),
        lines("4. The mission met twelve judges of the supreme", "court on the second day of its visit."),
        lines("5. It saw no prison, since none was opened to it."),
    ]
    (folder / "files" / "mission.pdf").write_bytes(make_pdf(pages))
    with served_files(folder) as at:
        yield at


def test_a_citation_opens_the_document_at_its_paragraph_and_back_leads_to_the_results(page: Page, address: str) -> None:
    page.goto(address)
    ask(page)
    page.locator(".answer .cite").first.click()
    cited = page.locator(".paragraph.cited")
    expect(cited).to_be_in_viewport()
    number = re.search(r"#p(\d+)$", page.url)
    assert number is not None
    expect(cited).to_have_id(f"p{number[1]}")
    expect(page).to_have_title(re.compile(" – Pincite$"))
    page.get_by_role("link", name="Results", exact=True).click()
    expect(page.locator(".answer .cite").first).to_be_visible()
    expect(page.locator("#q")).to_have_value(QUESTION)


def test_a_permalink_opens_a_paragraph_on_its_own(page: Page, address: str) -> None:
    found = page.request.get(f"{address}/v1/search", params={"q": "recital O suspended NGOs"}).json()
    page.goto(address + found["hits"][0]["citation"]["permalink"])
    expect(page.locator(".paragraph.cited")).to_be_in_viewport()
    expect(page.locator("#q")).not_to_be_focused()


def test_the_words_that_are_cited_are_marked_in_their_paragraph(page: Page, address: str) -> None:
    citations = page.request.post(f"{address}/v1/ask", data={"question": QUESTION}).json()["citations"]
    given = next(c for c in citations if not c["label"])  # a sentence of a longer paragraph
    page.goto(
        f"{address}/documents/{given['document']['id']}?mark={given['char_start']}-{given['char_end']}#p{given['paragraph']}"
    )
    expect(page.locator(".paragraph.cited mark").first).to_be_visible()
    marked = "".join(page.locator(".paragraph.cited mark").all_text_contents())
    assert re.sub(r"\s", "", marked) == re.sub(r"\s", "", given["quote"])


def test_the_margin_has_numbers_and_the_document_s_own_labels(page: Page, address: str) -> None:
    page.goto(f"{address}/documents/{id_of(page, address, 'ep-resolution')}")
    row = page.locator(".paragraph", has=page.get_by_text("recital O", exact=True))
    expect(row.locator(".said")).to_contain_text("O.")
    row.locator(".place").click()
    expect(row).to_have_class(re.compile("cited"))
    assert re.search(r"#p\d+$", page.url)


def test_back_and_forward_walk_through_the_paragraphs_that_were_opened(page: Page, address: str) -> None:
    page.goto(f"{address}/documents/{id_of(page, address, 'ep-resolution')}#p20")
    expect(page.locator(".cited")).to_have_id("p20")
    page.locator("#p22 .place").click()
    expect(page.locator(".cited")).to_have_id("p22")
    page.go_back()
    expect(page.locator(".cited")).to_have_id("p20")
    page.go_forward()
    expect(page.locator(".cited")).to_have_id("p22")


def test_words_are_found_in_the_document_and_keys_go_from_one_to_the_next(page: Page, address: str) -> None:
    page.goto(f"{address}/documents/{id_of(page, address, 'ep-resolution')}")
    page.wait_for_selector(".paragraph")
    page.keyboard.press("f")
    box = page.get_by_role("searchbox", name="Find in this document")
    expect(box).to_be_focused()
    box.fill("human RIGHTS defenders")
    count = page.locator(".find .meta")
    expect(count).to_have_text(re.compile(r"^1 of \d+$"))
    expect(page.locator("mark.at")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(count).to_have_text(re.compile(r"^2 of \d+$"))
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text(re.compile(r"^(\d+) of \1$"))
    box.fill("no such words")
    expect(count).to_have_text("not found")
    expect(page.locator("mark")).to_have_count(0)


def test_the_contents_lead_to_each_heading(page: Page, address: str) -> None:
    page.goto(f"{address}/documents/{id_of(page, address, 'ngos-eu')}")
    page.wait_for_selector(".paragraph")
    links = page.locator(".outline a")
    if not links.count():
        pytest.skip("this document has no headings")
    if not links.last.is_visible():
        page.locator(".outline summary").click()
    links.last.click()
    expect(page.locator(".paragraph.cited.heading")).to_be_in_viewport()


def test_the_original_file_is_offered(page: Page, address: str) -> None:
    page.goto(f"{address}/documents/{id_of(page, address, 'ep-resolution')}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Original file").click()
    assert download.value.suggested_filename == "ep-resolution-2021-02-11.txt"


@pytest.fixture(scope="module")
def referring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over two documents, one of which refers to its own paragraphs and to the other."""
    folder = tmp_path_factory.mktemp("referring")
    (folder / "files").mkdir()
    body = "\n\n".join(f"{n}. The Committee took note of the situation in province {n}." for n in range(1, 9))
    (folder / "files" / "a.txt").write_text(
        "Report of the Committee\n\n" + body + "\n\n9. See paragraph 3 above, and A/HRC/28/5, para. 1.\n"
    )
    (folder / "files" / "b.txt").write_text(
        "A/HRC/28/5\n\nReport of the Working Group\n\n1. It met in March.\n\n2. It met in June.\n"
    )
    with served_files(folder) as at:
        yield at


def test_references_are_marked_in_text_and_margin_and_followed_on_click(page: Page, referring: str) -> None:
    home = f"{referring}/documents/{id_of(page, referring, 'a.txt')}"
    page.goto(home)
    row = page.locator(".paragraph", has_text="See paragraph 3 above")
    expect(row.locator(".said .ref").first).to_have_text("paragraph 3")
    expect(row.locator(".links a").first).to_have_attribute("aria-label", "Refers to paragraph 3")
    row.locator(".said .ref").first.click()
    expect(page.locator(".paragraph.cited .said")).to_contain_text("province 3")
    page.go_back()
    expect(row.locator(".links a").last).to_have_text("→ para. 1, Report of the Working Group")
    row.locator(".links a").last.click()
    expect(page.locator(".paragraph.cited .said")).to_have_text("1. It met in March.")
    page.go_back()
    assert violations(page) == []
    expect(row.locator(".said")).to_have_text("9. See paragraph 3 above, and A/HRC/28/5, para. 1.")
    page.locator(".find input").fill("paragraph 3 above")
    expect(row.locator("mark.at")).to_have_text("paragraph 3 above")


def test_a_document_is_read_though_its_references_cannot_be_had(page: Page, referring: str) -> None:
    page.route("**/references?**", lambda route: route.abort())
    page.goto(f"{referring}/documents/{id_of(page, referring, 'a.txt')}#p4")
    expect(page.locator(".paragraph.cited")).to_be_in_viewport()


def test_a_long_document_opens_at_any_paragraph_and_draws_only_what_is_near(page: Page, long_document: str) -> None:
    page.goto(f"{long_document}#p15000")
    expect(page.locator(".cited")).to_have_id("p15000")
    expect(page.locator(".cited")).to_be_in_viewport()
    assert page.locator(".paragraph").count() < 2_000
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator("#p1")).to_be_in_viewport()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(f"#p{LONG}")).to_be_attached()
    assert page.locator(".paragraph").count() < 2_500


def test_words_are_found_anywhere_in_a_long_document(page: Page, long_document: str) -> None:
    page.goto(long_document)
    page.wait_for_selector(".paragraph")
    page.locator(".find input").fill("needle lies here")
    expect(page.locator("mark.at")).to_be_in_viewport()
    expect(page.locator(".cited")).to_have_id("p12345")
    page.keyboard.press("Enter")
    expect(page.locator(".cited")).to_have_id("p18000")
    expect(page.locator("mark.at")).to_have_text(re.compile("NEEDLE"))


def test_a_long_document_scrolls_without_a_halt(page: Page, long_document: str) -> None:
    page.goto(f"{long_document}#p9000")
    page.wait_for_selector(".cited")
    longest = page.evaluate(
        """() => new Promise((done) => {
          const gaps = [];
          let last = performance.now();
          const frame = (now) => {
            gaps.push(now - last);
            last = now;
            scrollBy(0, 250);
            if (gaps.length < 180) requestAnimationFrame(frame);
            else done(gaps.sort((a, b) => a - b)[170]);
          };
          requestAnimationFrame(frame);
        })"""
    )
    assert longest < 100, "milliseconds between frames, 95th percentile"


def test_a_pdf_shows_its_real_pages_beside_the_text_with_the_passage_marked(page: Page, paged: str) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.goto(paged)
    ask(page, "twelve judges of the supreme court")
    assert not [url for url in asked if "pdfjs" in url], "pdf.js is loaded only to show pages"
    page.set_viewport_size({"width": 1400, "height": 900})
    page.locator(".passage h2 a").first.click()
    expect(page.locator(".sheet .boxed").first).to_be_in_viewport()
    page.locator(".paragraph", has_text="twelve judges").locator(".place").click()
    boxes = page.locator(".sheet:nth-child(2) .boxed")
    expect(boxes).to_have_count(2)
    expect(boxes.first).to_be_in_viewport()
    expect(page.locator(".paragraph.cited .said")).to_contain_text("twelve judges")
    page.locator(".paragraph", has_text="It saw no prison").locator(".place").click()
    expect(page.locator(".sheet:nth-child(3) .boxed")).to_have_count(1)
    expect(page.locator(".sheet:nth-child(2) .boxed")).to_have_count(0)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert violations(page) == []


def test_on_a_narrow_screen_the_pages_and_the_text_take_turns(page: Page, paged: str) -> None:
    page.set_viewport_size({"width": 800, "height": 900})
    page.goto(f"{paged}/documents/{id_of(page, paged, 'mission')}#p2")
    expect(page.locator(".pane-pages")).to_be_hidden()
    page.get_by_role("button", name="Pages").click()
    expect(page.locator(".sheet canvas").first).to_be_visible()
    expect(page.locator(".paragraphs")).to_be_hidden()
    page.get_by_role("button", name="Text").click()
    expect(page.locator(".paragraph.cited")).to_be_in_viewport()


def test_a_pdf_whose_file_is_gone_is_still_read_as_text(page: Page, paged: str) -> None:
    problem = {
        "type": "urn:pincite:file-gone",
        "status": 410,
        "detail": "The file is no longer where it was.",
        "hint": "x",
    }
    page.route("**/original", lambda route: route.fulfill(status=410, json=problem))
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(f"{paged}/documents/{id_of(page, paged, 'mission')}")
    expect(page.locator(".pane-pages .note")).to_contain_text("The file is no longer where it was.")
    expect(page.locator(".paragraph").first).to_be_visible()
