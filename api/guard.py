"""What every request must pass and every response carries, against hostile pages and hostile bodies."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import ProblemError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_BODY = 2 << 20  # bytes of a JSON body
_PATIENCE = 32 << 20  # bytes of a refused body that are read before the answer
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Refuses requests for other hosts (DNS rebinding), from other sites, and bodies that are too large."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], max_upload: int) -> None:
        self._app = app
        self._hosts = LOOPBACK | {host.lower().strip("[]") for host in hosts}
        self._anywhere = bool(self._hosts & {"0.0.0.0", "::"})
        self._max_upload = max_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/v1/"):  # words of documents have no place in a browser's cache
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        limit = self._max_upload if scope["path"] == "/v1/documents" else MAX_BODY
        problem = self._refusal(scope, limit)
        if problem is not None:
            await drain(receive)
            await problem.response({"connection": "close"})(scope, receive, send_with_headers)
            return
        await self._app(scope, _counted(receive, limit), send_with_headers)

    def _refusal(self, scope: Scope, limit: int) -> ProblemError | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._answers_to(_name(host)):
            return ProblemError(
                HTTPStatus.MISDIRECTED_REQUEST,
                "unknown-host",
                "This server does not answer under the name in the Host header.",
                "Use http://127.0.0.1 or http://localhost, or start the server with `--host` and the name you use.",
            )
        if scope["method"] not in _SAFE and not _same_site(headers, host):
            return ProblemError(
                HTTPStatus.FORBIDDEN,
                "other-site",
                "A page of another site may not change or ask anything here.",
                "Use the page this server gives out, or a program that sends no Origin header.",
            )
        length = headers.get("content-length", "0")
        return too_large(limit) if length.isdecimal() and int(length[:20]) > limit else None

    def _answers_to(self, name: str) -> bool:
        if "*" in self._hosts or name in self._hosts:
            return True
        # Listening everywhere: by any address or this machine's name. A rebound name of another site is neither.
        return self._anywhere and (_is_address(name) or name == socket.gethostname().lower())


def too_large(limit: int) -> ProblemError:
    """Return the problem of a body of more than ``limit`` bytes."""
    return ProblemError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too-large",
        f"The body has more than {limit:,} bytes.",
        "Send less at a time; a large collection is indexed in place with `pincite index FOLDER`.",
    )


async def drain(receive: Receive) -> None:
    """Read the body of a request that is refused, within bounds."""
    # A client that still sends when the connection closes sees a reset, not the answer. Patience has its bounds.
    taken = 0
    while taken < _PATIENCE:
        message = await receive()
        taken += len(message.get("body", b""))
        if not message.get("more_body"):
            return


def _counted(receive: Receive, limit: int) -> Receive:
    taken = 0

    async def count() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            await drain(receive)
            raise too_large(limit)
        return message

    return count


def _name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _same_site(headers: Headers, host: str) -> bool:
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return False
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == host.lower()
