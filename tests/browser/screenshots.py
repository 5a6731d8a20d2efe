"""The pictures of the README; with `--all FOLDER` every view at three widths, light and dark: `make screenshots`."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from measure import QUESTION
from playwright.sync_api import Browser, Page, sync_playwright
from serving import served, wait_until_ready

from api.app import create_app
from indexer.build import build
from indexer.index import Index

ROOT = Path(__file__).parent.parent.parent
WIDTHS = (320, 800, 1440)


def answered(page: Page, address: str) -> None:
    """Show the answer to the question of the README."""
    page.goto(address)
    page.locator("#q").fill(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer .sources")
    page.wait_for_selector(".passage .words")
    page.locator("#q").blur()


def cited(page: Page, address: str) -> None:
    """Open the document that names the organisations, at its recital O."""
    answered(page, address)
    page.locator(".answer .sources a", has_text="European Parliament resolution").first.click()
    page.wait_for_selector(".paragraph.cited")
    page.locator(".paragraph.cited .said").hover(position={"x": 5, "y": 5})


def views(page: Page, address: str, folder: Path, name: str) -> None:
    """Take every view in one size and scheme."""
    page.goto(address)
    page.wait_for_selector(".documents li")
    page.screenshot(path=folder / f"start-{name}.png")
    answered(page, address)
    page.screenshot(path=folder / f"answer-{name}.png")
    page.locator(".passages .to-keep").first.click()
    cited(page, address)
    page.screenshot(path=folder / f"document-{name}.png")
    for path in ("documents", "timeline", "tray"):
        page.goto(f"{address}/{path}")
        page.wait_for_selector("#view li")
        page.screenshot(path=folder / f"{path}-{name}.png")


def take(browser: Browser, address: str, folder: Path | None) -> None:
    """Take the pictures of the README, or every view into ``folder``."""
    if folder is None:
        for name, show in (("page", answered), ("document", cited)):
            page = browser.new_page(viewport={"width": 1200, "height": 860}, locale="en-GB")
            show(page, address)
            page.screenshot(path=ROOT / "docs" / f"{name}.png")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for width in WIDTHS:
        for scheme, locale in (("light", "en-GB"), ("dark", "ru")):
            size = {"width": width, "height": 900}
            page = browser.new_page(viewport=size, color_scheme=scheme, locale=locale)  # type: ignore[arg-type]
            views(page, address, folder, f"{width}-{scheme}")


def main() -> None:
    """Index the sample corpus, serve it and take the pictures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", type=Path, metavar="FOLDER")
    folder = options.parse_args().all
    with tempfile.TemporaryDirectory() as scratch:
        index = Index(Path(scratch), create=True)
        build(index, [ROOT / "corpus"])
        index.close()
        with served(create_app(Path(scratch))) as address, sync_playwright() as playwright:
            wait_until_ready(address)
            path = shutil.which("chromium") or shutil.which("google-chrome")
            arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
            take(playwright.chromium.launch(executable_path=path, args=arguments), address, folder)


if __name__ == "__main__":
    main()
