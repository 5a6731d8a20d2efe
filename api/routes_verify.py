"""Checking quotations and following references: `POST /v1/verify`, `GET /v1/resolve`, references of a document."""

from __future__ import annotations

import threading
from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from api import verified, wire, wire_verify
from api.library import Library
from api.problems import ASKING, documented, no_parameters, not_found
from indexer.catalogue import Catalogue
from search.addresses import Addresses, Link, Place
from search.citations import hidden_of, permalink
from search.concordance import Concordance
from search.verification import STANDS, Found, Verification

router = APIRouter(prefix="/v1", tags=["verification"])


class Texts:
    """The addresses and the concordance of the index that is served, made at first use and after each change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._addresses: Addresses | None = None
        self._verification: tuple[str, Verification] | None = None

    def addresses(self, catalogue: Catalogue) -> Addresses:
        """Return what resolves references."""
        with self._lock:
            if self._addresses is None or self._addresses.catalogue is not catalogue:
                self._addresses = Addresses(catalogue)
            return self._addresses

    def verification(self, catalogue: Catalogue) -> Verification:
        """Return what checks quotations in the texts as they are within the reading that is open."""
        generation = str(catalogue.store.generation)
        with self._lock:
            made = self._verification
            if made is None or made[0] != generation or made[1].concordance.catalogue is not catalogue:
                made = self._verification = (generation, Verification(Concordance(catalogue)))
            return made[1]


@router.post(
    "/verify",
    operation_id="verify",
    summary="Check a quotation",
    dependencies=[Depends(no_parameters)],
    responses={
        **ASKING,
        **documented(HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    },
)
async def verify(request: Request, asked: wire_verify.QuoteToCheck) -> wire_verify.Verified:
    """Say whether words stand in the documents, where, and what differs; and whether they stand where it is said."""
    library: Library = request.app.state.library
    texts: Texts = request.app.state.texts
    return await library.read(checked, library, texts, asked)


@router.get("/resolve", operation_id="resolve", summary="Follow a reference", responses=ASKING)
async def resolve(
    request: Request, parameters: Annotated[wire_verify.ReferenceToResolve, Query()]
) -> wire_verify.Resolved:
    """Return the documents and paragraphs that a written reference names; several if it fits several."""
    library: Library = request.app.state.library
    texts: Texts = request.app.state.texts
    return await library.read(resolved, library, texts, parameters.q)


@router.get(
    "/documents/{id}/references",
    operation_id="listReferences",
    summary="References in a document",
    responses={**ASKING, **documented(HTTPStatus.NOT_FOUND)},
)
async def list_references(
    request: Request,
    id: Annotated[str, Path(max_length=100, description="Id of the document")],
    page: Annotated[wire.ParagraphPage, Query()],
) -> wire_verify.References:
    """Return the references in the paragraphs of a document that lead to one place in the corpus each."""
    library: Library = request.app.state.library
    texts: Texts = request.app.state.texts
    return await library.read(_references, library, texts, id, page)


def resolved(library: Library, texts: Texts, reference: str) -> wire_verify.Resolved:
    """Follow a written reference in the index that is served; blocks. Raises `IndexMissing`, `IndexUnusable`."""
    catalogue = library.engine().catalogue
    with catalogue.store.reading():
        places = texts.addresses(catalogue).resolve(reference).places
    return wire_verify.Resolved(reference=reference, places=[_claimed(place) for place in places])


def checked(library: Library, texts: Texts, asked: wire_verify.QuoteToCheck) -> wire_verify.Verified:
    """Check a quotation in the index that is served; blocks. Raises `IndexMissing`, `IndexUnusable`."""
    catalogue = library.engine().catalogue
    with catalogue.store.reading():
        claimed = texts.addresses(catalogue).resolve(asked.source).places if asked.source else None
        check = texts.verification(catalogue).check(asked.quote, claimed or None)
        version = library.engine().index_version
    return wire_verify.Verified(
        quote=check.quote,
        verdict=check.verdict,
        wording=check.wording,
        stands=check.verdict in STANDS,
        places=[_found(place) for place in check.places],
        more=check.more,
        differences=[wire_verify.DifferenceFound(**asdict(d)) for d in check.differences],
        left_out=[wire_verify.LeftOutFound(**asdict(left)) for left in check.left_out],
        claimed=None if claimed is None else [_claimed(place) for place in claimed],
        index_version=version,
    )


def _found(place: Found) -> wire_verify.PlaceFound:
    return wire_verify.PlaceFound(
        document=verified.document(place.document),
        paragraph=place.first.number,
        paragraph_end=place.last.number,
        label=place.first.label,
        page=place.first.page,
        char_start=place.char_start,
        char_end=place.char_end,
        text=place.text,
        permalink=permalink(place.document.id, place.first.number),
        hidden=[list(span) for span in hidden_of([place.first, place.last], place.text)],
    )


def _claimed(place: Place) -> wire_verify.ReferencePlace:
    return wire_verify.ReferencePlace(
        document=verified.document(place.document), paragraphs=[verified.paragraph(p) for p in place.paragraphs]
    )


def _references(library: Library, texts: Texts, id: str, page: wire.ParagraphPage) -> wire_verify.References:
    catalogue = library.engine().catalogue
    with catalogue.store.reading():
        document = catalogue.document(id)
        if document is None:
            raise not_found("There is no such document.", "GET /v1/documents lists those there are.")
        addresses = texts.addresses(catalogue)
        found = [
            _reference(paragraph.number, paragraph.text, link)
            for paragraph in catalogue.paragraphs(id, page.offset + 1, page.offset + page.limit)
            for link in addresses.links(paragraph.text, id)
        ]
        total = catalogue.count_paragraphs(id)
    return wire_verify.References(
        document=verified.document(document), total=total, limit=page.limit, offset=page.offset, references=found
    )


def _reference(number: int, text: str, link: Link) -> wire_verify.ReferenceFound:
    paragraphs = [p.number for p in link.place.paragraphs]
    return wire_verify.ReferenceFound(
        paragraph=number,
        start=link.start,
        end=link.end,
        words=text[link.start : link.end],
        document=verified.document(link.place.document),
        paragraphs=paragraphs,
        label=link.place.paragraphs[0].label if paragraphs else None,
        permalink=permalink(link.place.document.id, paragraphs[0])
        if paragraphs
        else f"/documents/{link.place.document.id}",
    )
