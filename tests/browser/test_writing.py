"""The page where a writer is on: what it says of it, and what it shows of what was written and dropped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from endpoint import endpoint, says
from fixed import FixedEngine
from playwright.sync_api import Page, Route, expect
from serving import served, wait_until_ready

from api.app import create_app
from api.writer import Writer, address_of

TEXTS = {
    "report.txt": ("en", ["On 25 January 2021, the tax authorities suspended the organisation KIBHR. It appealed."]),
}
WRITTEN = "KIBHR was suspended on 25 January 2021 [1]. It was loved <b>dearly</b> [1]."


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a writer."""
    engine = FixedEngine(tmp_path_factory.mktemp("made") / "index", TEXTS)
    with endpoint(says(WRITTEN)) as service:
        writer = Writer(address_of(service.url), "tiny", "sk-secret")
        with served(create_app(engine.index.folder, writer=writer, open_engine=lambda: engine)) as at:
            wait_until_ready(at)
            yield at


def test_the_page_says_what_goes_where_and_shows_what_was_written_and_dropped(page: Page, writing: str) -> None:
    page.goto(writing)
    expect(page.locator("#privacy")).to_contain_text("are sent to tiny at 127.0.0.1:")
    expect(page.locator("#privacy")).not_to_contain_text("Nothing leaves")
    page.locator("#q").fill("which organisation was suspended")
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer:not([aria-busy])")
    expect(page.locator(".answer .sentences")).to_have_text("KIBHR was suspended on 25 January 2021. [1]")
    expect(page.locator(".answer .sources blockquote")).to_have_text(TEXTS["report.txt"][1][0].split(" It ")[0])
    expect(page.get_by_text("Written by tiny at")).to_be_visible()
    page.locator(".answer .dropped summary").click()
    expect(page.locator(".answer .dropped s")).to_have_text("It was loved <b>dearly</b>.")
    expect(page.locator(".answer .dropped .meta")).to_contain_text("[1]")


def test_it_says_so_in_russian(page: Page, writing: str) -> None:
    page.goto(writing)
    page.locator("#language").click()
    expect(page.locator("#privacy")).to_contain_text("отправляются модели tiny на 127.0.0.1:")


def test_an_index_that_is_kept_elsewhere_is_named_in_the_readers_language(page: Page, address: str) -> None:
    page.route(address, _with_kept)
    page.goto(address)
    privacy = page.locator("#privacy")
    expect(privacy).to_contain_text("The index is kept at sql.example.org: the text of the documents,")
    expect(privacy).not_to_contain_text("Nothing leaves")
    page.locator("#language").click()
    expect(privacy).to_contain_text("Индекс хранится на sql.example.org")


def _with_kept(route: Route) -> None:
    plain = route.fetch()
    route.fulfill(response=plain, body=plain.text().replace('id="privacy"', 'id="privacy" data-kept="sql.example.org"'))
