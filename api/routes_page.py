"""The page, its parts, and the interactive reference; nothing is fetched from another host."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from api.disclosure import NOTHING, disclosure
from api.writer import Writer
from indexer.location import Location

FOLDER = Path(__file__).parent / "page"
router = APIRouter(include_in_schema=False)
_FRESH = {"cache-control": "no-cache"}
_PROMISE = '<span id="privacy"'


@router.get("/")
@router.get("/documents")
@router.get("/documents/{rest:path}")
@router.get("/tray")
@router.get("/timeline")
async def page(request: Request) -> Response:
    """Return the page; its script shows what the address names. It says from the start what leaves this machine."""
    writer: Writer | None = request.app.state.writer
    location: Location = request.app.state.location
    facts = dict(_facts(location, writer))
    if not facts:
        return FileResponse(FOLDER / "index.html", headers=_FRESH)
    attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in facts.items())
    html = (FOLDER / "index.html").read_text("utf-8")
    said = html.replace(f"{_PROMISE}>{NOTHING}", f"{_PROMISE} {attributes}>{escape(disclosure(location, writer))}")
    return HTMLResponse(said, headers=_FRESH)


def _facts(location: Location, writer: Writer | None) -> Iterator[tuple[str, str]]:
    """What the page's script needs to say the same in the reader's language."""
    if location.elsewhere:
        yield "kept", ", ".join(location.elsewhere)
    if writer:
        yield from (("model", writer.model), ("host", writer.host), ("where", "local" if writer.local else "remote"))


@router.get("/docs")
async def reference() -> FileResponse:
    """Return the reference of the interface."""
    return FileResponse(FOLDER / "docs.html", headers=_FRESH)
