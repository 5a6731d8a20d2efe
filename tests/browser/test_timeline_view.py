"""The timeline view: from a question to its dated statements and on to the paragraph."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from test_asking import ask

QUESTION = "which NGOs were suspended in January"


def test_all_documents_are_told_by_year_each_row_opening_its_paragraph(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Timeline").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Timeline")
    years = page.locator(".years-told h2")
    expect(years.last).to_be_visible()
    said = [text for text in years.all_inner_texts() if text.isdecimal()]
    assert said == sorted(said)
    row = page.locator(".told", has=page.locator("mark", has_text="22\u00a0February 2020")).first
    row.locator(".where").click()
    expect(page.locator(".paragraph.cited")).to_be_in_viewport()
    expect(page.locator(".paragraph.cited mark").first).to_contain_text("22\u00a0February 2020")
    page.go_back()
    expect(page.locator(".told").first).to_be_visible()


def test_a_question_says_how_its_dates_were_read_and_leads_to_its_timeline(page: Page, address: str) -> None:
    page.goto(address)
    ask(page, QUESTION)
    read = page.locator(".dates-read")
    expect(read).to_contain_text("“January” was read as that date in any year.")
    expect(read.get_by_role("link", name="January 2021")).to_be_visible()
    page.locator(".to-timeline").click()
    expect(page.locator(".dates-read")).to_contain_text("Only such dates are told.")
    rows = page.locator(".told")
    expect(rows.first).to_be_visible()
    few = rows.count()
    page.get_by_role("link", name="Tell all dates").click()
    page.wait_for_url("**by_question=false**")
    expect(rows.nth(few)).to_be_visible()


def test_the_address_holds_what_is_told(page: Page, address: str) -> None:
    page.goto(f"{address}/timeline")
    expect(page.locator(".told").first).to_be_visible()
    page.get_by_label("From").fill("2021")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**since=2021**")
    expect(page.locator(".years-told h2").first).to_have_text("2021")
    page.get_by_label("Dates that are only mentioned").check()
    page.wait_for_url("**kind=mentioned**")
    expect(page.locator(".told.mentioned").first).to_be_visible()
    page.reload()
    expect(page.get_by_label("From")).to_have_value("2021")
    expect(page.get_by_label("Dates that are only mentioned")).to_be_checked()
    page.go_back()
    expect(page.locator(".told.mentioned")).to_have_count(0)


def test_more_rows_come_below_and_the_keyboard_goes_through_them(page: Page, address: str) -> None:
    page.goto(f"{address}/timeline?kind=event&kind=document&kind=mentioned")
    expect(page.locator(".told")).to_have_count(50)
    page.get_by_role("button", name="More").click()
    expect(page.locator(".told .where").nth(50)).to_be_focused()
    expect(page.locator(".years-told h2").last).to_have_text("Year not said")
    page.keyboard.press("k")
    expect(page.locator(".told .where").nth(49)).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("#status")).to_have_text("Copied: Plain text")


def test_it_goes_on_until_all_documents_are_read(page: Page, address: str) -> None:
    answers = 0

    def slow(route):  # type: ignore[no-untyped-def]
        nonlocal answers
        answers += 1
        body = route.fetch().json()
        if answers < 3:
            body |= {"documents_read": answers, "rows": body["rows"][:answers], "total": answers}
        route.fulfill(json=body)

    page.route("**/v1/timeline?**", slow)
    page.goto(f"{address}/timeline")
    expect(page.locator("#status")).to_have_text(re.compile(r"^\d\d dated statements$"))
    assert answers == 3


def test_nothing_dated_so_is_said(page: Page, address: str) -> None:
    page.goto(f"{address}/timeline?since=1800&until=1801")
    expect(page.get_by_text("Nothing is dated so.")).to_be_visible()


def test_it_speaks_russian(page: Page, address: str) -> None:
    page.add_init_script("localStorage.setItem('language', 'ru')")
    page.goto(f"{address}/timeline?q=NGOs+in+January")
    expect(page.get_by_role("heading", level=1)).to_have_text("Хронология")
    expect(page.locator(".dates-read")).to_contain_text("«January» прочитано как эта дата в любом году.")
