"""More than can be served at once is turned away at the door: what is inside is served, and memory is bounded.

A request whose body is still on its way has no place inside, so that slow clients take none from others; and one that
is too slow, in sending or in reading what it asked for, is let go.
"""

from __future__ import annotations

import asyncio
import math
import time
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.guard import drain
from api.problems import ProblemError

INSIDE: Final = 64  # requests at once: eight are worked on, the rest wait a second or two
ARRIVING: Final = 512  # requests at once whose bodies are on their way
PATIENCE_S = 10.0  # seconds that a client may take to send, or to read, the next part
BODY_S = 30.0  # and to send the whole body, but for uploads
_ALWAYS: Final = frozenset({"/health", "/ready", "/metrics"})  # how monitoring sees that it is too much
_UPLOADS: Final = "/v1/documents"


class Overload:
    """Answers 503 with Retry-After while ``inside`` requests are being served."""

    def __init__(self, app: ASGIApp, inside: int = INSIDE, arriving: int = ARRIVING) -> None:
        self._app = app
        self._most, self._most_arriving = inside, arriving
        self.inside = self.arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self._app(scope, receive, send)
            return
        sends = _sends_body(scope)
        if self.is_full or (sends and self.arriving >= self._most_arriving):
            await drain(receive)
            await _full().response({"retry-after": "1", "connection": "close"})(scope, receive, send)
            return
        place = _Place(self, scope, receive, send, sends)
        try:
            await self._app(scope, place.receive, place.send)
        except Exception:
            if not place.unread:
                raise
        finally:
            place.leave()

    @property
    def is_full(self) -> bool:
        """Whether no other request may come in."""
        return self.inside >= self._most


class _Place:
    """The place of one request: outside while its body is on the way, then inside."""

    def __init__(self, overload: Overload, scope: Scope, receive: Receive, send: Send, sends_body: bool) -> None:
        self._overload, self._receive, self._send = overload, receive, send
        self.unread = False
        self._inside = not sends_body
        self._until = math.inf if scope["path"] == _UPLOADS else time.monotonic() + BODY_S
        if sends_body:
            overload.arriving += 1
        else:
            overload.inside += 1

    def leave(self) -> None:
        """Make room for another."""
        if self._inside:
            self._overload.inside -= 1
        else:
            self._overload.arriving -= 1

    async def receive(self) -> Message:
        """Return the next part of the body. Raises `ProblemError` if it does not come, or there is no place inside."""
        if self._inside:
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, min(PATIENCE_S, self._until - time.monotonic()))):
                message = await self._receive()
        except TimeoutError:
            raise _too_slow() from None
        if not message.get("more_body"):
            if self._overload.is_full:
                raise _full()
            self._inside = True
            self._overload.arriving -= 1
            self._overload.inside += 1
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the answer. Raises `TimeoutError` if the client does not read."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._send(message)
        except TimeoutError:
            self.unread = True
            raise


def _sends_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    if scope["method"] not in ("POST", "PUT", "PATCH"):
        return False  # nobody reads it
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _full() -> ProblemError:
    problem = ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "overloaded",
        "More is being asked at this moment than can be answered.",
        "Ask again in a second.",
    )
    problem.headers = {"retry-after": "1"}
    return problem


def _too_slow() -> ProblemError:
    problem = ProblemError(
        HTTPStatus.REQUEST_TIMEOUT, "too-slow", "The body of the request did not come in time.", "Send it again."
    )
    problem.headers = {"connection": "close"}
    return problem
