"""Reading and citing: the outline of a document, words found in it, citations to paste, exports, refusals."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api import bibliography, export, verified, wire_reading
from api.library import Library
from api.problems import READING, documented, no_parameters, not_found
from api.routes_documents import Id, document_of
from indexer.catalogue import Catalogue
from indexer.document import Document, Kind, Paragraph
from search.citations import NotInSource, cite
from search.results import Citation

router = APIRouter(prefix="/v1", tags=["reading"])
MOST = 1_000
_PLAIN = [Depends(no_parameters)]
_HEADING = 200  # characters of a heading that an outline shows


@router.get(
    "/documents/{id}/outline",
    operation_id="getOutline",
    dependencies=_PLAIN,
    summary="Headings of a document",
    responses=READING,
)
async def get_outline(request: Request, id: Id) -> wire_reading.Outline:
    """Return the headings of a document, and where every hundredth paragraph starts."""
    library: Library = request.app.state.library

    def read() -> wire_reading.Outline:
        document, catalogue = document_of(library, id), library.engine().catalogue
        paragraphs = catalogue.paragraphs(id)
        return wire_reading.Outline(
            document=verified.full_document(document),
            total=len(paragraphs),
            characters=len(catalogue.text_of(id)),
            starts=[p.char_start for p in paragraphs[:: wire_reading.BLOCK]],
            headings=[
                wire_reading.Heading(
                    number=p.number, level=len(p.heading_path) + 1, text=p.text[:_HEADING], page=p.page
                )
                for p in paragraphs
                if p.kind is Kind.HEADING
            ],
        )

    return await library.read(read)


@router.get(
    "/documents/{id}/find", operation_id="findInDocument", summary="Find words in a document", responses=READING
)
async def find_in_document(
    request: Request, id: Id, asked: Annotated[wire_reading.FindParameters, Query()]
) -> wire_reading.Matches:
    """Return where words stand in a document, a thousand places at a time; case and white space do not matter."""
    library: Library = request.app.state.library

    def read() -> wire_reading.Matches:
        document_of(library, id)
        catalogue = library.engine().catalogue
        words = [re.escape(word) for word in asked.q.split()]
        if not words:
            return wire_reading.Matches(total=0, offset=0, matches=[])
        paragraphs = catalogue.paragraphs(id)
        starts = [p.char_start for p in paragraphs]
        found = [
            (p.number, m.start(), m.end())
            for m in re.finditer(r"\s+".join(words), catalogue.text_of(id), re.IGNORECASE)
            if (at := bisect_right(starts, m.start()))
            if m.start() < (p := paragraphs[at - 1]).char_end
        ]
        offset = min(asked.offset, len(found))
        if asked.near is not None:
            after = bisect_left(found, (asked.near, 0, 0))
            offset = max(min(after - MOST // 2, len(found) - MOST), 0)
        given = [
            wire_reading.Match(paragraph=number, char_start=start, char_end=end)
            for number, start, end in found[offset : offset + MOST]
        ]
        return wire_reading.Matches(total=len(found), offset=offset, matches=given)

    return await library.read(read)


@router.get("/cite", operation_id="cite", summary="A citation to paste", responses=READING)
async def get_citation(request: Request, asked: Annotated[wire_reading.CiteParameters, Query()]) -> wire_reading.Cited:
    """Return words of a document as a citation in each format; the words are what stands at these characters."""
    library: Library = request.app.state.library

    def read() -> wire_reading.Cited:
        document, catalogue = document_of(library, asked.document), library.engine().catalogue
        text = catalogue.text_of(document.id)[asked.char_start : asked.char_end]
        try:
            citation = cite(document, catalogue.paragraphs(document.id), text, asked.char_start, asked.char_end)
        except NotInSource:
            raise not_found(
                "No paragraph of the document stands at these characters.",
                "Take char_start and char_end from a hit, a citation or a paragraph.",
            ) from None
        reference = _reference(request, document, citation)
        return wire_reading.Cited(
            document=verified.document(document),
            citation=verified.citation(document.id, citation),
            formats={name: write(reference) for name, write in bibliography.FORMATS.items()},
        )

    return await library.read(read)


@router.post(
    "/export",
    operation_id="export",
    dependencies=_PLAIN,
    summary="Collected passages as one file",
    response_class=Response,
    responses={
        200: {
            "description": "The file, as an attachment",
            "content": {
                media_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for media_type, _ in export.MEDIA_TYPES.values()
            },
        },
        **READING,
        **documented(HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    },
)
async def export_passages(request: Request, asked: wire_reading.Export) -> Response:
    """Write passages with their citations; each quote is looked up again, and left out by name if it is gone."""
    library: Library = request.app.state.library
    content = await library.read(_exported, request, asked)
    media_type, suffix = export.MEDIA_TYPES[asked.format]
    name = {"content-disposition": f'attachment; filename="passages.{suffix}"', "cache-control": "no-store"}
    return Response(content, media_type=media_type, headers=name)


@router.get(
    "/refusals",
    operation_id="listRefusals",
    dependencies=_PLAIN,
    summary="Files that could not be read",
    responses={k: v for k, v in READING.items() if k != HTTPStatus.NOT_FOUND},
)
async def list_refusals(request: Request) -> wire_reading.Refusals:
    """Return the files that were refused when they were last looked at, each with its reason."""
    library: Library = request.app.state.library

    def read() -> wire_reading.Refusals:
        rows = library.engine().catalogue.store.refusals()
        shown = [wire_reading.Refusal(source=source, reason=reason) for _, source, reason in rows[:MOST]]
        return wire_reading.Refusals(total=len(rows), refusals=shown)

    return await library.read(read)


def _exported(request: Request, asked: wire_reading.Export) -> bytes:
    catalogue = request.app.state.library.engine().catalogue
    paragraphs: dict[str, list[Paragraph]] = {}
    references, missing = [], []
    for item in asked.passages:
        document = catalogue.document(item.document)
        if document is not None and item.document not in paragraphs:
            paragraphs[item.document] = catalogue.paragraphs(item.document)
        citation = document and _standing(catalogue, document, paragraphs[item.document], item)
        if document and citation:
            references.append(_reference(request, document, citation))
        else:
            missing.append(document.source if document else item.document)
    title = asked.title or "Passages"
    match asked.format:
        case "markdown":
            return export.as_markdown(title, references, missing)
        case "csv":
            return export.as_csv(references, missing)
        case "docx":
            return export.as_docx(title, references, missing)


def _standing(
    catalogue: Catalogue, document: Document, paragraphs: list[Paragraph], item: wire_reading.Collected
) -> Citation | None:
    """Cite the words where they stand now: where they were collected, or where else the document has them."""
    text = catalogue.text_of(document.id)
    start = item.char_start if text.startswith(item.quote, item.char_start) else text.find(item.quote)
    try:
        return cite(document, paragraphs, item.quote, start, start + len(item.quote)) if start >= 0 else None
    except NotInSource:
        return None


def _reference(request: Request, document: Document, citation: Citation) -> bibliography.Reference:
    permalink = str(request.base_url).rstrip("/") + citation.permalink
    return bibliography.Reference(document, citation, permalink, datetime.now(UTC).date())
