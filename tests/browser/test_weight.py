"""What the page weighs, and that nothing on it moves by itself."""

from __future__ import annotations

import pytest
from measure import bytes_of, first_paint, shift
from playwright.sync_api import Browser, Page

MOST_BYTES = 165_000


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_weighs_less_than_165_kb_before_a_pdf_is_shown(page: Page, address: str, language: str) -> None:
    page.add_init_script(f"localStorage.setItem('language', '{language}')")
    assert 50_000 < bytes_of(page, address) < MOST_BYTES


def test_something_is_painted_within_a_second(browser: Browser, address: str) -> None:
    assert min(first_paint(browser, address) for _ in range(3)) < 1000


def test_nothing_moves_from_the_start_to_an_answer_and_a_document(page: Page, address: str) -> None:
    assert shift(page, address) == 0


def test_a_shift_would_be_seen(page: Page, address: str) -> None:
    page.add_init_script(
        # again and again: what moves within half a second of a key press does not count
        "addEventListener('load', () => setInterval(() => document.body.prepend("
        "Object.assign(document.createElement('p'), {textContent: 'late'})), 400))"
    )
    assert shift(page, address) > 0
