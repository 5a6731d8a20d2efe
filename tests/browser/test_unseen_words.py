"""Words that the reader of an original does not see are marked wherever the page shows them, and only they."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from serving import served_files

MARK = "not visible in the original"
PART = "has characters not visible in the original"
GHOST = "The zeppelin inspector Ivo Kessler burned the granary of Lomno on 3 May 2019."
SEEN = "The harvest of 2019 failed in the northern districts."


@pytest.fixture(scope="module")
def ghosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over a page with a hidden paragraph, and a text with a character that is not seen."""
    at = tmp_path_factory.mktemp("ghosts")
    (at / "files").mkdir()
    (at / "files" / "grain.html").write_text(
        f'<title>Grain</title><p>{SEEN}</p><p style="display:none">{GHOST}</p>', "utf-8"
    )
    (at / "files" / "court.txt").write_text("The court sus\u200bpended the radio station in Osmanly.\n", "utf-8")
    with served_files(at) as address:
        yield address


def test_a_passage_of_hidden_words_is_marked_among_the_results_and_others_are_not(page: Page, ghosts: str) -> None:
    page.goto(f"{ghosts}/?q=which+inspector+burned+the+granary+or+the+harvest+of+2019")
    ghost = page.locator(".passage", has_text="zeppelin")
    expect(ghost).to_contain_text(MARK)
    seen = page.locator(".passage", has_text="northern districts")
    expect(seen).to_be_visible()
    expect(seen).not_to_contain_text(MARK)
    expect(page.locator(".answer")).not_to_contain_text("Kessler")


def test_a_hidden_paragraph_is_marked_where_the_document_is_read_and_in_what_is_kept(page: Page, ghosts: str) -> None:
    page.goto(f"{ghosts}/?q=zeppelin+inspector")
    ghost = page.locator(".passage", has_text="zeppelin")
    ghost.get_by_role("button", name="Keep").click()
    ghost.locator("h2 a").click()
    expect(page.locator(".paragraph", has_text="zeppelin")).to_contain_text(MARK)
    expect(page.locator(".paragraph", has_text="northern districts")).not_to_contain_text(MARK)
    page.goto(f"{ghosts}/tray")
    expect(page.locator("main", has_text="zeppelin")).to_contain_text(MARK)


def test_a_paragraph_with_a_character_that_is_not_seen_says_so(page: Page, ghosts: str) -> None:
    page.goto(f"{ghosts}/?q=court+suspended+radio+station")
    expect(page.locator(".passage", has_text="Osmanly")).to_contain_text(PART)
