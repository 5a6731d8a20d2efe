"""Moving about: back and reload lead to where the reader was, skipping skips, a browser may store nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from serving import served_files

SECTIONS = 30
EACH = 9  # paragraphs in a section, after its heading
WHERE = "() => Math.round(document.querySelector('#p60').getBoundingClientRect().top)"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over a long report with headings, and a short one that it refers to."""
    folder = tmp_path_factory.mktemp("reports")
    (folder / "files").mkdir()
    note = "The Committee took note of the situation in the province and of what the State party had said of it. "
    parts = []
    for section in range(1, SECTIONS + 1):
        parts.append(f"## Concerns of the {section}th session")
        parts += [f"{note * 4}This is said of case {section}.{n}." for n in range(1, EACH + 1)]
    parts[59] += " See A/HRC/28/5, para. 1."
    (folder / "files" / "long.md").write_text("# Report of the Committee\n\n" + "\n\n".join(parts) + "\n")
    (folder / "files" / "b.txt").write_text(
        "A/HRC/28/5\n\nReport of the Working Group\n\n1. It met in March.\n\n2. It met in June.\n"
    )
    with served_files(folder) as at:
        yield at


@pytest.fixture
def storeless(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of a browser that blocks all site data; it fails its test for a script error."""
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text('{"profile": {"default_content_setting_values": {"cookies": 2}}}')
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=path, args=["--headless", "--no-sandbox", "--disable-gpu"]
    )
    opened = context.pages[0]
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def open_long(page: Page, address: str) -> None:
    """Open the long report from the list of documents and read on to paragraph 60."""
    page.goto(f"{address}/documents")
    page.locator(".documents a", has_text="Report of the Committee").click()
    page.wait_for_selector(f"#p{SECTIONS * (EACH + 1)}", state="attached")
    page.evaluate("scrollBy(0, document.querySelector('#p60').getBoundingClientRect().top - 210)")
    page.wait_for_timeout(400)
    assert page.evaluate(WHERE) == 210


def expect_back(page: Page) -> None:
    """Expect paragraph 60 where it was, with what surrounds it drawn."""
    expect(page.locator("#p60")).to_be_in_viewport()
    page.wait_for_timeout(500)
    assert abs(page.evaluate(WHERE) - 210) < 3


def test_a_browser_that_stores_nothing_searches_and_opens_documents(storeless: Page, reports: str) -> None:
    storeless.goto(f"{reports}/?q=working+group+met+in+March")
    with pytest.raises(Exception, match="Access is denied"):
        storeless.evaluate("sessionStorage")
    storeless.locator(".passages h2 a").first.click()
    expect(storeless.locator(".paragraph.cited")).to_be_in_viewport()
    storeless.get_by_role("link", name="Results", exact=True).click()
    expect(storeless.locator(".passages .passage").first).to_be_visible()


def test_a_browser_that_stores_nothing_says_how_long_the_tray_lasts(storeless: Page, reports: str) -> None:
    lasts = "The tray lasts until this page is closed or reloaded"
    storeless.goto(f"{reports}/?q=working+group+met+in+March")
    storeless.locator(".passages .to-keep").first.click()
    expect(storeless.locator("#note")).to_contain_text(lasts)
    expect(storeless.locator("#kept")).to_have_text("1")
    storeless.get_by_role("link", name="Tray").click()
    expect(storeless.locator(".kept > li")).to_have_count(1)
    expect(storeless.locator(".tray > .meta")).to_contain_text(lasts)
    storeless.locator(".kept .to-keep").first.click()
    expect(storeless.locator("#note")).to_have_text("Taken out of the tray")
    expect(storeless.locator(".kept > li")).to_have_count(0)


def test_a_tray_that_has_no_room_says_that_nothing_was_kept(page: Page, reports: str) -> None:
    page.goto(f"{reports}/?q=working+group+met+in+March")
    page.evaluate(
        """() => {
          for (let size = 2 ** 22, n = 0; size >= 1; n += 1) {
            try { localStorage.setItem(`full${n}`, "x".repeat(size)); } catch { size = Math.floor(size / 2); }
          }
        }"""
    )
    keep = page.locator(".passages .to-keep").first
    keep.click()
    expect(page.locator("#note")).to_contain_text("no room left")
    expect(keep).to_have_attribute("aria-pressed", "false")
    page.evaluate("localStorage.clear()")
    keep.click()
    expect(page.locator("#note")).to_have_text("Kept in the tray")


def test_back_inside_a_document_leads_to_where_the_reader_was(page: Page, reports: str) -> None:
    open_long(page, reports)
    page.locator(".outline a", has_text="25th session").evaluate("link => link.click()")
    expect(page.locator(".paragraph.cited.heading")).to_be_in_viewport()
    page.wait_for_timeout(400)
    page.go_back()
    expect(page.locator(".paragraph.cited")).to_have_count(0)
    expect_back(page)
    page.go_forward()
    expect(page.locator(".paragraph.cited.heading")).to_be_in_viewport()


def test_back_from_a_reference_to_another_document_leads_to_where_the_reader_was(page: Page, reports: str) -> None:
    open_long(page, reports)
    page.locator("#p61 .said .ref").last.evaluate("link => link.click()")
    expect(page.locator(".paragraph.cited")).to_contain_text("It met in March.")
    page.go_back()
    expect(page.get_by_role("heading", name="Report of the Committee", level=1)).to_be_attached()
    expect_back(page)
    expect(page.locator(".paragraph.cited")).to_have_count(0)


@pytest.mark.parametrize("cited", ["", "#p200"])
def test_a_reload_keeps_the_place_and_the_highlight(page: Page, reports: str, cited: str) -> None:
    open_long(page, reports)
    if cited:
        page.goto(page.url + cited)
        expect(page.locator(".cited")).to_be_in_viewport()
        page.evaluate("scrollBy(0, document.querySelector('#p60').getBoundingClientRect().top - 210)")
        page.wait_for_timeout(400)
    page.reload()
    page.wait_for_selector("#p60", state="attached")
    expect_back(page)
    expect(page.locator(f"{cited}.paragraph.cited")).to_have_count(1 if cited else 0)


def test_an_address_with_another_paragraph_leads_there_whatever_was_read_before(page: Page, reports: str) -> None:
    open_long(page, reports)
    page.evaluate("location.hash = 'p150'")
    expect(page.locator("#p150.cited")).to_be_in_viewport()
    page.evaluate("location.hash = ''")
    expect(page.locator(".document h1")).to_be_in_viewport()
    expect(page.locator(".paragraph.cited")).to_have_count(0)


def test_results_are_one_click_away_however_many_paragraphs_were_opened(page: Page, reports: str) -> None:
    page.goto(f"{reports}/?q=working+group+met+in+March")
    page.locator(".passages h2 a", has_text="Working Group").first.click()
    expect(page.locator(".paragraph.cited")).to_be_in_viewport()
    for number in (1, 2):
        page.locator(f"#p{number} .place").click()
        expect(page.locator(".cited")).to_have_id(f"p{number}")
    page.get_by_role("link", name="Results", exact=True).click()
    expect(page.locator(".passages .passage").first).to_be_visible()


@pytest.mark.parametrize("path", ["/?q=working+group+met+in+March", "/documents", "/timeline", "document"])
def test_skipping_to_the_content_moves_the_focus_and_asks_nothing(page: Page, reports: str, path: str) -> None:
    if path == "document":
        open_long(page, reports)
    else:
        page.goto(reports + path)
        page.wait_for_load_state("networkidle")
    at = page.url
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#view")).to_be_focused()
    page.wait_for_timeout(300)
    assert asked == []
    assert page.url == at
    page.keyboard.press("Tab")
    assert page.evaluate("document.getElementById('view').contains(document.activeElement)")


def test_of_several_steps_back_the_last_one_counts(page: Page, reports: str) -> None:
    open_long(page, reports)
    for section in (25, 12, 28):
        page.locator(".outline a", has_text=f"the {section}th session").evaluate("link => link.click()")
        page.wait_for_timeout(400)
    page.evaluate(
        "() => { history.back(); setTimeout(() => history.back(), 5); setTimeout(() => history.back(), 10); }"
    )
    expect(page).to_have_url(re.compile("^[^#]+$"))
    expect_back(page)
    expect(page.locator(".paragraph.cited")).to_have_count(0)
