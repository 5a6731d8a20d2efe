"""The web application: the one place where the parts of the server are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.staticfiles import StaticFiles
from fastapi.telemetry import TelemetryConfig

from api import (
    problems,
    routes_completions,
    routes_documents,
    routes_page,
    routes_reading,
    routes_search,
    routes_status,
    routes_timeline,
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
from api.writer import Writer
from indexer.build import Outcome, Progress, build
from indexer.index import Index
from indexer.location import Location
from search.engine import Engine

VERSION = "1.0.0"
DESCRIPTION = (
    "Ask a folder of documents: ranked passages and short answers, each cited to the paragraph. On your own machine."
)

# FastAPI can export traces if the environment says so; here nothing leaves the machine whatever it says.
SILENT: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def create_app(
    where: Path | Location,
    model: str | None = None,
    *,
    hosts: Collection[str] = (),
    max_upload: int = 1 << 30,
    writer: Writer | None = None,
    tools: bool = False,
    tokens: Tokens | None = None,
    open_engine: Callable[[], Answering] | None = None,
    build_index: Build | None = None,
) -> FastAPI:
    """Return the server of the index in a folder or elsewhere, which need not exist yet.

    ``hosts`` are the names it answers to besides those of this machine ("*" for any), ``max_upload`` the most
    bytes of one upload, ``writer`` who writes the answers, if anybody; with ``tools`` it serves MCP at /mcp, with
    ``tokens`` only who has one is let in. ``open_engine`` and ``build_index`` stand in for the real ones.
    """
    metrics = Metrics()
    location = Location.of(where)
    library = Library(location, open_engine or (lambda: Engine.open(location, model)))
    jobs = Jobs(location, build_index or _builder(model), metrics, built=library.load_soon)
    app = FastAPI(
        title="Pincite", version=VERSION, description=DESCRIPTION, docs_url=None, redoc_url=None,
        lifespan=_lifespan, telemetry=SILENT,
    )  # fmt: skip
    app.state.library, app.state.jobs, app.state.metrics = library, jobs, metrics
    app.state.texts = routes_verify.Texts()
    app.state.timelines = routes_timeline.Timelines()
    app.state.writer, app.state.location, app.state.sessions = writer, location, None
    for routes in (
        routes_status, routes_search, routes_timeline, routes_verify, routes_documents, routes_reading,
        routes_completions, routes_page,
    ):  # fmt: skip
        app.include_router(routes.router)
    app.mount("/page", StaticFiles(directory=routes_page.FOLDER), name="page")
    if tools:
        _serve_tools(app)
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


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.library.load_soon()
    app.state.jobs.start()
    async with app.state.sessions.run() if app.state.sessions else nullcontext():
        yield
    app.state.jobs.stop()
    app.state.library.close()


def _serve_tools(app: FastAPI) -> None:
    """Serve MCP at /mcp, one request at a time without sessions. Hosts and origins are the guard's concern."""
    from mcp.server.transport_security import TransportSecuritySettings

    from api.tools import Tools, server

    state = app.state
    made = server(Tools(state.library, state.metrics, state.texts, state.writer))
    guarded = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    served = made.streamable_http_app(stateless_http=True, json_response=True, transport_security=guarded)
    app.router.routes.extend(served.routes)
    state.sessions = made.session_manager


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        problem = wire.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema["components"]["schemas"]["Problem"] = problem
        schema["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
        app.openapi_schema = schema
    return app.openapi_schema
