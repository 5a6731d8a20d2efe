"""What the server counts about itself, in the Prometheus text format. No query or name of a document is kept."""

from __future__ import annotations

import time
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "pincite_requests", "Requests served", ["operation", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "pincite_request_seconds", "Time to serve", ["operation"], buckets=_SECONDS, registry=self.registry
        )
        self.dropped = Counter(
            "pincite_quotes_dropped", "Quotes and passages not sent: not in the source", registry=self.registry
        )
        self.answers = Counter("pincite_answers", "Answers given", ["status"], registry=self.registry)
        self.files = Counter("pincite_uploaded_files", "Uploaded files by outcome", ["state"], registry=self.registry)
        self.jobs = Gauge("pincite_jobs_waiting", "Uploads not yet indexed", registry=self.registry)
        self.size = Gauge("pincite_index_size", "Things in the index", ["what"], registry=self.registry)

    def text(self) -> bytes:
        """Return all counters in the text format."""
        return generate_latest(self.registry)


class Measured:
    """Counts and times every request by the operation that served it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = int(HTTPStatus.INTERNAL_SERVER_ERROR)

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            route: BaseRoute | None = scope.get("route")
            operation = getattr(route, "operation_id", None) or "other"
            self._metrics.requests.labels(operation, _method(scope["method"]), str(status)).inc()
            self._metrics.seconds.labels(operation).observe(time.perf_counter() - began)


def _method(method: str) -> str:
    # A method is any word that a client sends; keep the number of series small.
    return method if method in ("GET", "HEAD", "POST", "DELETE") else "other"
