"""Citations that are copied, and passages that are kept, put in order and exported."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from test_asking import ask

FORMATS = {
    "Plain text": r"^“.+” \(.+http://127",
    "Markdown": r"^> .+\[.+\]\(<http",
    "BibTeX": r"^@misc\{",
    "RIS": r"^TY  - ",
    "CSL-JSON": r"^\[",
    "OSCOLA": r"^‘.+’\n",
}


def copied(page: Page) -> str:
    expect(page.locator("#note")).to_contain_text("Copied")
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("name", FORMATS)
def test_a_citation_is_copied_in_each_format_with_quote_and_label(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/?q=Erkindik+Kanaty+suspended")
    first = page.locator(".passage").first
    first.locator(".menu summary").click()
    first.locator(".choices").get_by_role("button", name=name).click()
    text = copied(page)
    assert re.search(FORMATS[name], text, flags=re.S)
    assert "Erkindik Kanaty" in text
    assert "recital O" in text


def test_the_format_chosen_last_is_the_one_that_c_copies(page: Page, address: str) -> None:
    page.goto(f"{address}/?q=Erkindik+Kanaty+suspended")
    first = page.locator(".passage").first
    first.locator(".menu summary").click()
    first.locator(".choices").get_by_role("button", name="CSL-JSON").click()
    copied(page)
    page.evaluate("navigator.clipboard.writeText('')")
    page.keyboard.press("Escape")
    page.locator(".passage h2 a").first.focus()
    page.locator("#note").evaluate("note => (note.textContent = '')")
    page.keyboard.press("c")
    assert json.loads(copied(page))[0]["locator"] == "recital O"


def test_a_paragraph_of_a_document_is_copied_and_its_permalink_too(page: Page, address: str) -> None:
    found = page.request.get(f"{address}/v1/documents", params={"q": "ep-resolution"}).json()["documents"][0]
    page.goto(f"{address}/documents/{found['id']}#p20")
    row = page.locator(".paragraph.cited")
    row.locator(".to-copy").click()
    assert "#p20)" in copied(page)
    row.locator(".menu summary").click()
    row.get_by_role("button", name="Link to the paragraph").click()
    expect(page.locator("#note")).to_contain_text("#p20")
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}/documents/{found['id']}#p20"


def test_a_browser_that_does_not_let_copy_shows_the_words_to_take(page: Page, address: str) -> None:
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    page.goto(f"{address}/?q=Erkindik+Kanaty+suspended")
    page.locator(".passage .to-copy").first.click()
    expect(page.get_by_role("dialog").locator("textarea")).to_have_value(re.compile("Erkindik Kanaty"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def keep_three(page: Page, address: str) -> None:
    page.goto(address)
    ask(page)
    for n in range(3):
        page.locator(".passages .to-keep").nth(n).click()
    expect(page.locator("#kept")).to_have_text("3")


def places(page: Page) -> list[str]:
    return page.locator(".kept .badge").all_inner_texts()


def test_passages_are_kept_put_in_order_and_taken_out(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1200, "height": 1600})
    keep_three(page, address)
    page.get_by_role("link", name="Tray, 3 passages").click()
    before = places(page)
    assert len(before) == 3
    page.get_by_role("button", name="Move down: 1").click()
    assert places(page) == [before[1], before[0], before[2]]
    expect(page.locator("#status")).to_have_text("Now number 2")
    page.locator(".kept > li").nth(2).drag_to(
        page.locator(".kept > li").nth(0), source_position={"x": 8, "y": 8}, target_position={"x": 8, "y": 8}
    )
    assert places(page) == [before[2], before[1], before[0]]
    page.reload()
    assert places(page) == [before[2], before[1], before[0]]
    page.locator(".kept .to-keep").first.click()
    expect(page.locator(".kept > li")).to_have_count(2)
    page.get_by_role("button", name="Empty the tray").click()
    page.get_by_role("dialog").get_by_role("button", name="Empty the tray").click()
    expect(page.get_by_text("Nothing is kept yet.")).to_be_visible()


def test_a_second_tab_sees_what_is_kept_in_the_first(page: Page, address: str) -> None:
    other = page.context.new_page()
    other.goto(f"{address}/tray")
    keep_three(page, address)
    expect(other.locator(".kept > li")).to_have_count(3)
    other.locator(".kept .to-keep").first.click()
    expect(page.locator("#kept")).to_have_text("2")
    expect(page.locator(".passages .to-keep[aria-pressed=true]")).to_have_count(2)


@pytest.mark.parametrize(("name", "suffix"), [("Markdown", "md"), ("Word (docx)", "docx"), ("CSV", "csv")])
def test_the_tray_is_exported_in_its_order(page: Page, address: str, tmp_path: Path, name: str, suffix: str) -> None:
    keep_three(page, address)
    page.goto(f"{address}/tray")
    page.get_by_label("Title").fill("Suspended: NGOs")
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    assert download.value.suggested_filename == f"Suspended NGOs.{suffix}"
    path = tmp_path / "export"
    download.value.save_as(path)
    text = path.read_bytes()
    if suffix == "docx":
        with zipfile.ZipFile(io.BytesIO(text)) as packed:
            text = packed.read("word/document.xml")
    said = re.sub(r"<[^>]+>", "", text.decode("utf-8-sig"))
    titles = page.locator(".kept h2").all_inner_texts()
    assert all(title.split(":")[0] in said for title in titles)
    if suffix == "csv":
        rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
        assert [row["title"] for row in rows] == titles
    else:
        assert "Suspended: NGOs" in said


def test_a_tray_that_something_else_wrote_does_no_harm(page: Page, address: str) -> None:
    page.goto(address)
    for junk in ("{", '[1, null, {"document": {}}]', '"x"'):
        page.evaluate("junk => localStorage.setItem('tray', junk)", junk)
        page.goto(f"{address}/tray")
        expect(page.get_by_text("Nothing is kept yet.")).to_be_visible()
