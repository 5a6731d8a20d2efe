"""The page, its parts, and the interactive reference; nothing is fetched from another host."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

FOLDER = Path(__file__).parent / "page"
router = APIRouter(include_in_schema=False)
_FRESH = {"cache-control": "no-cache"}


@router.get("/")
@router.get("/documents")
@router.get("/documents/{rest:path}")
@router.get("/tray")
@router.get("/timeline")
async def page() -> FileResponse:
    """Return the page; its script shows what the address names."""
    return FileResponse(FOLDER / "index.html", headers=_FRESH)


@router.get("/docs")
async def reference() -> FileResponse:
    """Return the reference of the interface."""
    return FileResponse(FOLDER / "docs.html", headers=_FRESH)
