"""Documents, their paragraphs and files, and the uploads that add to them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Annotated, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Path, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from api import verified, wire, wire_jobs
from api.jobs import Jobs
from api.library import Library
from api.problems import READING, ProblemError, documented, no_parameters, not_found
from api.uploads import uploaded, uploads_of
from indexer.document import Document
from indexer.faults import meaning
from indexer.scan import DATABASE
from search.addresses import Addresses

router = APIRouter(prefix="/v1", tags=["documents"])
_WRITING = documented(HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
_CHUNK = 1 << 20
_ANY_KIND = ("application/octet-stream", "*/*")  # the first for client generators, which know no wildcard
_PLAIN = [Depends(no_parameters)]

Id = Annotated[str, Path(max_length=100, description="Id of the document")]


@router.get(
    "/documents",
    operation_id="listDocuments",
    summary="List documents",
    responses={k: v for k, v in READING.items() if k != HTTPStatus.NOT_FOUND},
)
async def list_documents(request: Request, page: Annotated[wire.DocumentPage, Query()]) -> wire.Documents:
    """Return the documents of the index, by source."""
    library: Library = request.app.state.library
    return await library.read(listed, library, page)


def listed(library: Library, page: wire.DocumentPage) -> wire.Documents:
    """List documents of the index that is served; blocks. Raises `IndexMissing`, `IndexUnusable`."""
    total, found = library.engine().catalogue.documents(page.q, page.limit, page.offset)
    documents = [verified.full_document(d) for d in found]
    return wire.Documents(total=total, limit=page.limit, offset=page.offset, documents=documents)


@router.post(
    "/documents",
    operation_id="addDocuments",
    dependencies=_PLAIN,
    summary="Add documents",
    status_code=HTTPStatus.ACCEPTED,
    responses={
        **documented(HTTPStatus.MISDIRECTED_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE),
        **_WRITING,
        **documented(HTTPStatus.BAD_REQUEST, HTTPStatus.INSUFFICIENT_STORAGE),
    },
)
async def add_documents(
    request: Request,
    response: Response,
    files: Annotated[list[UploadFile], File(description="One or more files", min_length=1)],
) -> wire_jobs.Job:
    """Keep files and index them in the background; what is answered here is on the disk and will be indexed."""
    jobs: Jobs = request.app.state.jobs
    library: Library = request.app.state.library
    form = await request.form()
    if unknown := set(form) - {"files"}:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid-request",
            f"There is no field '{sorted(unknown)[0][:100]}'.",
            "Send every file in a field named 'files'.",
        )
    try:
        job = await library.read(jobs.add, [(file.filename or "", file.file) for file in files])
    except OSError as error:
        if meaning(error, library.folder / DATABASE):
            raise  # a full disk, or no right to write: each has a problem of its own
        raise ProblemError(
            HTTPStatus.INSUFFICIENT_STORAGE,
            "not-stored",
            f"The files could not be written: {error.strerror or error}.",
            "Make room on the disk of the index, check its permissions, and send the files again.",
        ) from error
    response.headers["location"] = f"/v1/jobs/{job.id}"
    return job


@router.post(
    "/documents/sample",
    operation_id="addSample",
    dependencies=_PLAIN,
    summary="Add the sample documents",
    status_code=HTTPStatus.ACCEPTED,
    responses={**READING, **_WRITING},
)
async def add_sample(request: Request, response: Response) -> wire_jobs.Job:
    """Index the sample documents that this program comes with, in the background; their files stay where they are."""
    jobs: Jobs = request.app.state.jobs
    library: Library = request.app.state.library
    try:
        job = await library.read(jobs.add_sample)
    except FileNotFoundError:
        raise not_found("This program came without the sample documents.", "Add documents of your own.") from None
    response.headers["location"] = f"/v1/jobs/{job.id}"
    return job


@router.get("/jobs/{id}", operation_id="getJob", dependencies=_PLAIN, summary="Follow an upload", responses=READING)
async def get_job(
    request: Request, id: Annotated[str, Path(max_length=100, description="Id of the job")]
) -> wire_jobs.Job:
    """Return how far an upload is, and what became of each of its files."""
    jobs: Jobs = request.app.state.jobs
    library: Library = request.app.state.library
    job = await library.read(jobs.get, id)
    if job is None:
        raise not_found("There is no such job.", "The answer to the upload named it; old jobs are forgotten.")
    return job


@router.get(
    "/documents/{id}", operation_id="getDocument", dependencies=_PLAIN, summary="One document", responses=READING
)
async def get_document(request: Request, id: Id) -> wire.OneDocument:
    """Return what is known of a document, and its size."""
    library: Library = request.app.state.library

    def read() -> wire.OneDocument:
        catalogue = library.engine().catalogue
        document = document_of(library, id)
        return wire.OneDocument(
            document=verified.full_document(document),
            paragraphs=catalogue.count_paragraphs(id),
            characters=len(catalogue.text_of(id)),
        )

    return await library.read(read)


@router.delete(
    "/documents/{id}",
    operation_id="removeDocument",
    dependencies=_PLAIN,
    summary="Remove a document",
    responses={**READING, **_WRITING},
)
async def remove_document(request: Request, id: Id) -> wire.Removed:
    """Take a document out of the index; its file is deleted only if it was uploaded here."""
    library: Library = request.app.state.library
    jobs: Jobs = request.app.state.jobs

    def work() -> wire.Removed:
        document = document_of(library, id)
        return wire.Removed(document=verified.full_document(document), file_deleted=jobs.remove(document))

    return await library.read(work)


@router.get(
    "/documents/{id}/paragraphs", operation_id="listParagraphs", summary="Paragraphs of a document", responses=READING
)
async def list_paragraphs(request: Request, id: Id, page: Annotated[wire.ParagraphPage, Query()]) -> wire.Paragraphs:
    """Return the paragraphs of a document in reading order."""
    library: Library = request.app.state.library

    def read() -> wire.Paragraphs:
        document = document_of(library, id)
        catalogue = library.engine().catalogue
        shown = catalogue.paragraphs(id, page.offset + 1, page.offset + page.limit)  # numbers run from 1 without gaps
        return wire.Paragraphs(
            document=verified.full_document(document),
            total=catalogue.count_paragraphs(id),
            limit=page.limit,
            offset=page.offset,
            paragraphs=[verified.paragraph(p) for p in shown],
        )

    return await library.read(read)


@router.get(
    "/documents/{id}/paragraphs/{name:path}",
    operation_id="getParagraph",
    dependencies=_PLAIN,
    summary="One paragraph",
    responses=READING,
)
async def get_paragraph(
    request: Request,
    id: Id,
    name: Annotated[
        str, Path(max_length=200, description='Number, label or reference: "12", "recital O", "paras. 3-5"')
    ],
) -> wire.OneParagraph:
    """Return the paragraph with this number or label, or those that a written reference names."""
    library: Library = request.app.state.library

    def read() -> wire.OneParagraph:
        document = document_of(library, id)
        catalogue = library.engine().catalogue
        paragraph = catalogue.paragraph(id, name)
        places = () if paragraph else Addresses(catalogue).resolve(name, id).places
        found = [paragraph] if paragraph else [p for place in places for p in place.paragraphs]
        if not found:
            raise not_found(
                f"The document has no paragraph '{name}'.", f"GET /v1/documents/{id}/paragraphs lists those it has."
            )
        paragraphs = [verified.paragraph(p) for p in found]
        return wire.OneParagraph(
            document=verified.full_document(document), paragraph=paragraphs[0], paragraphs=paragraphs
        )

    return await library.read(read)


@router.get(
    "/documents/{id}/original",
    operation_id="getOriginal",
    dependencies=_PLAIN,
    summary="The file of a document",
    response_class=Response,
    responses={
        200: {
            "description": "The file, unchanged since it was indexed, as an attachment",
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in _ANY_KIND},
        },
        **READING,
        **documented(HTTPStatus.GONE),
    },
)
async def get_original(request: Request, id: Id) -> Response:
    """Return the file that was indexed, if it is still there and still the same."""
    library: Library = request.app.state.library
    document, file = await library.read(_original, library, id)
    name = document.source.rpartition("/")[2]
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": "sandbox; default-src 'none'",
        "cache-control": "no-store",
    }
    return StreamingResponse(_chunks(file), media_type=None, headers={"content-type": document.media_type, **headers})


def document_of(library: Library, document_id: str) -> Document:
    """Return a document of the index. Raises `ProblemError` if there is no such."""
    document = library.engine().catalogue.document(document_id)
    if document is None:
        raise not_found("There is no such document.", "GET /v1/documents lists those there are.")
    return document


def _original(library: Library, document_id: str) -> tuple[Document, BinaryIO]:
    document = document_of(library, document_id)
    path = library.engine().catalogue.original(document_id)
    hint = "The words that were indexed are at the paragraphs; index the folder again to bring them up to date."
    try:
        if path is None:
            raise FileNotFoundError
        file = (uploaded(path, uploads_of(library.folder), document.sha256) or path).open("rb")
    except OSError:
        raise ProblemError(HTTPStatus.GONE, "file-gone", "The file is no longer where it was.", hint) from None
    if hashlib.file_digest(file, "sha256").hexdigest() != document.sha256:
        file.close()
        raise ProblemError(HTTPStatus.GONE, "file-changed", "The file has changed since it was indexed.", hint)
    file.seek(0)
    return document, file


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
