"""The page, its parts, and the interactive reference; nothing is fetched from another host."""

from __future__ import annotations

from html import escape
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from api.writer import Writer

FOLDER = Path(__file__).parent / "page"
router = APIRouter(include_in_schema=False)
_FRESH = {"cache-control": "no-cache"}
_PROMISE, _LOCAL = '<span id="privacy"', "Nothing leaves this machine."


@router.get("/")
@router.get("/documents")
@router.get("/documents/{rest:path}")
@router.get("/tray")
@router.get("/timeline")
async def page(request: Request) -> Response:
    """Return the page; its script shows what the address names. It says from the start what a writer is sent."""
    writer: Writer | None = request.app.state.writer
    if writer is None:
        return FileResponse(FOLDER / "index.html", headers=_FRESH)
    where = "local" if writer.local else "remote"
    facts = f'data-model="{escape(writer.model)}" data-host="{escape(writer.host)}" data-where="{where}"'
    html = (FOLDER / "index.html").read_text("utf-8")
    said = html.replace(f"{_PROMISE}>{_LOCAL}", f"{_PROMISE} {facts}>{escape(writer.disclosure)}")
    return HTMLResponse(said, headers=_FRESH)


@router.get("/docs")
async def reference() -> FileResponse:
    """Return the reference of the interface."""
    return FileResponse(FOLDER / "docs.html", headers=_FRESH)
