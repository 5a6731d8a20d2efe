"""The web application: the one place where the parts of the server are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig

from api import (
    problems,
    routes_documents,
    routes_page,
    routes_reading,
    routes_search,
    routes_status,
    routes_verify,
    wire,
)  # fmt: skip
from api.admission import Admission
from api.guard import Guard
from api.jobs import Build, Jobs
from api.library import Answering, Library
from api.metrics import Measured, Metrics
from api.overload import Overload
from api.tokens import Tokens
from indexer.build import Outcome, Progress, build
from indexer.index import Index
from search.engine import Engine

VERSION = "1.0.0"
DESCRIPTION = "Ask a folder of documents: ranked passages and short answers, each cited to the paragraph. Offline."

# FastAPI can export traces if the environment says so; here nothing leaves the machine whatever it says.
SILENT: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def create_app(
    folder: Path,
    model: str | None = None,
    *,
    hosts: Collection[str] = (),
    max_upload: int = 1 << 30,
    tokens: Tokens | None = None,
    open_engine: Callable[[], Answering] | None = None,
    build_index: Build | None = None,
) -> FastAPI:
    """Return the server of the index in ``folder``, which need not exist yet.

    ``hosts`` are the names it answers to besides those of this machine ("*" for any), ``max_upload`` the most
    bytes of one upload; with ``tokens`` only who has one is let in. ``open_engine`` and ``build_index`` stand in for
    the real ones.
    """
    metrics = Metrics()
    library = Library(folder, open_engine or (lambda: Engine.open(folder, model)))
    jobs = Jobs(folder, build_index or _builder(model), metrics, built=library.load_soon)
    app = FastAPI(
        title="Pincite", version=VERSION, description=DESCRIPTION, docs_url=None, redoc_url=None,
        lifespan=_lifespan(library, jobs), telemetry=SILENT,
    )  # fmt: skip
    app.state.library, app.state.jobs, app.state.metrics = library, jobs, metrics
    app.state.texts = routes_verify.Texts()
    for routes in (
        routes_status, routes_search, routes_verify, routes_documents, routes_reading, routes_page,
    ):  # fmt: skip
        app.include_router(routes.router)
    app.mount("/page", StaticFiles(directory=routes_page.FOLDER), name="page")
    problems.install(app)
    app.add_middleware(Overload)
    if tokens is not None:
        app.add_middleware(Admission, tokens=tokens)
    app.add_middleware(Guard, hosts=hosts, max_upload=max_upload)
    app.add_middleware(Measured, metrics=metrics)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _builder(model: str | None) -> Build:
    def index_files(index: Index, paths: Sequence[Path], progress: Callable[[Progress], None]) -> Outcome:
        return build(index, paths, progress, model=model)

    return index_files


def _lifespan(library: Library, jobs: Jobs) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[None]:
        library.load_soon()
        jobs.start()
        yield
        jobs.stop()
        library.close()

    return live


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        problem = wire.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"]["Problem"] = problem
        schema["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
        app.openapi_schema = schema
    return app.openapi_schema
