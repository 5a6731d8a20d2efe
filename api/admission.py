"""Who is let in where others than this machine can connect: who has a token, and no more often than is bearable."""

from __future__ import annotations

import base64
import binascii
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api import tokens
from api.guard import drain
from api.problems import ProblemError

_log = logging.getLogger(__name__)
_OPEN: Final = "/health"  # says only that the server is alive
_READING: Final = frozenset(
    {"/v1/ask", "/v1/verify", "/v1/export", "/v1/chat/completions", "/mcp"}
)  # questions that come as a body
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_CHALLENGE: Final = {"www-authenticate": 'Basic realm="Pincite", charset="UTF-8"'}


class Bucket:
    """So many at once, and so many a minute for each key; the keys that were used last are remembered."""

    def __init__(self, at_once: int, a_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._a_second, self._clock = at_once, a_minute / 60, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Return the seconds until there is one for ``key`` again, 0 if there is one now."""
        return max(0.0, (1 - self._now(key)) / self._a_second)

    def take(self, key: str) -> float:
        """Take one for ``key`` and return 0, or return the seconds to wait."""
        if wait := self.wait(key):
            return wait
        self._left[key] = (self._now(key) - 1, self._clock())
        self._left.move_to_end(key)
        while len(self._left) > 10_000:
            self._left.popitem(last=False)
        return 0.0

    def _now(self, key: str) -> float:
        left, at = self._left.get(key, (float(self._at_once), self._clock()))
        return min(float(self._at_once), left + (self._clock() - at) * self._a_second)


class Admission:
    """Refuses who has no token (401), one that does not reach so far (403), and who asks too often (429)."""

    def __init__(
        self,
        app: ASGIApp,
        tokens: tokens.Tokens,
        rate: Bucket | None = None,
        guesses: Bucket | None = None,
        arrivals: Bucket | None = None,
    ) -> None:
        self._app = app
        self._tokens = tokens
        self._rate = rate or Bucket(at_once=100, a_minute=600)
        self._guesses = guesses or Bucket(at_once=10, a_minute=10)
        self._arrivals = arrivals or Bucket(at_once=1, a_minute=1 / 60)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] == _OPEN:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
            return
        problem, headers = refusal
        await drain(receive)
        await problem.response({**headers, "connection": "close"})(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[ProblemError, dict[str, str]] | None:
        client = str((scope.get("client") or ("unknown",))[0])
        if wait := self._guesses.wait(client):
            return _too_often("There were too many wrong tokens from this address.", wait)
        secret = _secret(Headers(scope=scope).get("authorization", ""))
        try:
            token = self._tokens.of(secret) if secret else None
        except tokens.TokensUnreadable as error:
            hint = "Only who runs the server can mend that."
            return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "no-tokens", str(error), hint), {}
        if token is None:
            if secret:
                self._guesses.take(client)
                _log.warning("a wrong token, from %s", client)
            return _unknown(bool(secret)), _CHALLENGE
        if self._arrivals.take(f"{token.name} {client}") == 0:  # once an hour: each request would fill the log
            _log.info("the token %r is in use, from %s", token.name, client)
        wanted = needed(scope["method"], scope["path"])
        if not token.scope.covers(wanted):
            _log.warning("the token %r was used for what needs %s, from %s", token.name, wanted, client)
            return _too_little(token.scope, wanted), {}
        if wait := self._rate.take(token.name):
            return _too_often("There were too many requests with this token.", wait)
        return None


def needed(method: str, path: str) -> tokens.Scope:
    """Return the scope that a request needs; what is not known to only read needs more."""
    if path == "/metrics":
        return tokens.Scope.ADMIN
    return tokens.Scope.SEARCH if method in _SAFE or path in _READING else tokens.Scope.WRITE


def _secret(authorization: str) -> str:
    """Return what follows "Bearer", or the password of "Basic", which browsers ask for; "" if there is neither."""
    kind, _, value = authorization.strip().partition(" ")
    if kind.lower() == "bearer":
        return value.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode("utf-8", "replace").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _unknown(given: bool) -> ProblemError:
    detail = "There is no such token, or it has ended." if given else "This server lets in who has a token."
    hint = "Send it as `Authorization: Bearer TOKEN`; a browser asks for it as the password, with any name."
    return ProblemError(HTTPStatus.UNAUTHORIZED, "no-token", detail, hint)


def _too_little(has: tokens.Scope, wanted: tokens.Scope) -> ProblemError:
    detail = f"This token is for '{has}', and this needs '{wanted}'."
    hint = f"Ask who runs the server for another: `pincite token create NAME --scope {wanted}`."
    return ProblemError(HTTPStatus.FORBIDDEN, "too-little", detail, hint)


def _too_often(detail: str, wait: float) -> tuple[ProblemError, dict[str, str]]:
    seconds = math.ceil(wait)
    problem = ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "too-often", detail, f"Try again in {seconds} s.")
    return problem, {"retry-after": str(seconds)}
