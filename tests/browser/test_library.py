"""All documents: the first run, adding, failing, trying again, removing, what changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from serving import served, wait_until_ready

from api.app import create_app

REPORT = {
    "name": "report.txt",
    "mimeType": "text/plain",
    "buffer": b"Report\n\nThe committee met in Oslo in June 2019.\n",
}
NOISE = {"name": "noise.bin", "mimeType": "application/octet-stream", "buffer": b"\x00\x01" * 50}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[str]:
    """A server whose index does not exist yet."""
    with served(create_app(tmp_path / "index")) as at:
        yield at


def add(page: Page, *files: Any) -> None:
    page.locator("#files").set_input_files(list(files))


def test_the_first_run_says_what_to_do_and_takes_files(page: Page, empty: str) -> None:
    page.goto(empty)
    expect(page.get_by_role("heading", name="No documents yet")).to_be_visible()
    expect(page.locator("pre")).to_have_text("pincite index FOLDER")
    add(page, REPORT)
    expect(page.locator(".documents li")).to_have_count(1)
    wait_until_ready(empty)


def test_the_first_run_offers_the_sample_documents(page: Page, empty: str) -> None:
    page.goto(empty)
    page.get_by_role("button", name="Add the sample documents").click()
    expect(page.locator(".documents li")).to_have_count(5, timeout=60_000)


def test_of_two_files_the_one_that_fails_says_why_and_can_be_tried_again(page: Page, empty: str) -> None:
    page.goto(f"{empty}/documents")
    add(page, REPORT, NOISE)
    lines = page.locator(".files li")
    expect(lines.nth(0)).to_contain_text("report.txt added")
    expect(lines.nth(1)).to_contain_text("noise.bin refused:")
    expect(page.locator(".drop > p")).to_have_text("1 added, 1 failed.")
    page.get_by_role("button", name="Retry noise.bin").click()
    expect(lines.nth(1)).to_contain_text("refused:")
    wait_until_ready(empty)
    page.reload()
    expect(page.locator(".documents li")).to_have_count(1)
    page.get_by_text("1 file could not be read").click()
    expect(page.locator(".unread li")).to_contain_text("noise.bin")
    page.get_by_role("button", name="Русский").click()
    page.get_by_text("Не удалось прочитать 1 файл").click()
    expect(page.locator(".unread li")).to_have_text(re.compile(r"^noise.bin [а-яё]"))


def test_a_file_that_could_not_be_sent_is_sent_on_retry(page: Page, empty: str) -> None:
    page.goto(f"{empty}/documents")
    page.route("**/v1/documents", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    add(page, REPORT)
    expect(page.locator(".files li")).to_contain_text("not sent: The server does not answer.")
    page.unroute("**/v1/documents")
    page.get_by_role("button", name="Retry report.txt").click()
    expect(page.locator(".files li")).to_contain_text("report.txt added")


def test_a_folder_is_added_with_the_folders_in_it(page: Page, empty: str, tmp_path: Path) -> None:
    (tmp_path / "letters" / "old").mkdir(parents=True)
    (tmp_path / "letters" / "new.txt").write_text("The committee met in Oslo in June 2019.\n")
    (tmp_path / "letters" / "old" / "first.txt").write_text("The committee was founded in Bergen in May 2001.\n")
    page.goto(f"{empty}/documents")
    page.locator("#folder").set_input_files(tmp_path / "letters")
    expect(page.locator(".documents li")).to_have_count(2)


def test_files_are_added_by_dropping_them(page: Page, empty: str) -> None:
    page.goto(f"{empty}/documents")
    page.wait_for_selector(".drop")
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["Statement\\n\\nTwo were released in May."], "statement.txt", {type: "text/plain"}));
          const drop = new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true});
          document.querySelector(".drop").dispatchEvent(drop);
        }"""
    )
    expect(page.locator(".documents li, .files li").first).to_contain_text("statement")


def test_documents_are_found_and_removed_after_a_question(page: Page, empty: str) -> None:
    page.goto(f"{empty}/documents")
    second = {**REPORT, "name": "second.txt", "buffer": b"Second\n\nThe court sat in Bergen in July 2019.\n"}
    add(page, REPORT, second)
    expect(page.locator(".documents li")).to_have_count(2)
    wait_until_ready(empty)
    page.goto(f"{empty}/documents")
    page.locator("#find-document").fill("secon")
    expect(page.locator(".documents li")).to_have_count(1)
    assert page.url.endswith("/documents?q=secon")
    page.get_by_role("button", name="Remove Second").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.locator(".documents li a")).to_have_count(1)
    page.get_by_role("button", name="Remove Second").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No document fits.")).to_be_visible()
    assert page.request.get(f"{empty}/v1/documents").json()["total"] == 1


def test_what_changed_since_the_last_visit_is_told(page: Page, empty: str) -> None:
    page.goto(f"{empty}/documents")
    add(page, REPORT)
    expect(page.locator(".documents li")).to_have_count(1)
    wait_until_ready(empty)
    page.goto(f"{empty}/documents")
    expect(page.locator(".documents li")).to_have_count(1)
    expect(page.locator(".changes")).to_have_count(0)
    second = {**REPORT, "name": "second.txt", "buffer": b"Second\n\nThe court sat in Bergen in July 2019.\n"}
    add(page, second)
    expect(page.locator(".documents li")).to_have_count(2)
    page.goto(f"{empty}/documents")
    expect(page.locator(".changes")).to_contain_text("1 new")
    expect(page.locator(".documents li", has_text="Second").locator(".badge")).to_have_text("new")


def test_a_document_that_was_removed_elsewhere_is_told(page: Page, address: str) -> None:
    page.goto(f"{address}/documents/none")
    expect(page.get_by_role("alert")).to_contain_text("There is no such document")


def test_the_page_goes_on_when_the_server_was_restarted(page: Page, sample_index: Path) -> None:
    with served(create_app(sample_index)) as at:
        wait_until_ready(at)
        page.goto(f"{at}/?q=suspended+NGOs")
        page.wait_for_selector(".passage .words")
    with served(create_app(sample_index), port=int(at.rpartition(":")[2])):
        page.locator(".passage h2 a").first.click()
        expect(page.locator(".paragraph.cited")).to_be_in_viewport()
        page.get_by_role("link", name="Documents").click()
        expect(page.locator(".documents li")).to_have_count(5)
