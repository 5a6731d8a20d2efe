"""More than can be served at once is turned away at the door: what is inside is served, and memory is bounded."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from api.guard import drain
from api.problems import ProblemError

INSIDE: Final = 64  # requests at once: eight are worked on, the rest wait a second or two
_ALWAYS: Final = frozenset({"/health", "/ready", "/metrics"})  # how monitoring sees that it is too much


class Overload:
    """Answers 503 with Retry-After while ``inside`` requests are being served."""

    def __init__(self, app: ASGIApp, inside: int = INSIDE) -> None:
        self._app = app
        self._most = inside
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self._app(scope, receive, send)
            return
        if self._inside >= self._most:
            await drain(receive)
            await _full().response({"retry-after": "1", "connection": "close"})(scope, receive, send)
            return
        self._inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside -= 1


def _full() -> ProblemError:
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "overloaded",
        "More is being asked at this moment than can be answered.",
        "Ask again in a second.",
    )
