"""Chromium, and a page that reports every request to another host, every script error and every breach of policy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from serving import served, wait_until_ready

from api.app import create_app

expect.set_options(timeout=20_000)  # an answer on a busy machine
_QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine; without one these tests are skipped, but not in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium: apt-get install chromium")
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=_QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def address(sample_index: Path) -> Iterator[str]:
    """A server over the sample corpus."""
    with served(create_app(sample_index)) as at:
        wait_until_ready(at)
        yield at


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page that fails its test for a request elsewhere, a script error or a breach of policy."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    opened.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
    opened.on(
        "request", lambda r: None if r.url.startswith("http://127.0.0.1:") else complaints.append(f"request: {r.url}")
    )
    yield opened
    context.close()
    assert complaints == []
