"""A real OpenAI-compatible endpoint on this machine, for tests of the writer: as badly behaved as they ask."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DONE = b"data: [DONE]\n\n"
_PASSAGE = re.compile(r"passage (\d+) begins\n(.*?)\n\S+ passage \1 ends", re.DOTALL)


@dataclass
class Asked:
    """One request: its path, headers and body, and what a model reads in it."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def system(self) -> str:
        """The rules."""
        return str(self.body["messages"][0]["content"])

    @property
    def passages(self) -> dict[int, str]:
        """The passages by number."""
        return {int(n): text for n, text in _PASSAGE.findall(self.body["messages"][1]["content"])}

    @property
    def question(self) -> str:
        """The question."""
        return str(self.body["messages"][1]["content"].rpartition("Question: ")[2])


Answering = Callable[[Asked, "Handler"], None]


@dataclass
class Endpoint:
    """Where it is, and every request that it got."""

    url: str
    asked: list[Asked] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    answer: Answering
    endpoint: Endpoint
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        asked = Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, json.loads(body))
        self.endpoint.asked.append(asked)
        with suppress(OSError):  # the reader has left
            type(self).answer(asked, self)
        self.close_connection = True

    do_GET = do_POST  # noqa: N815

    def start(self, status: int = 200, **headers: str) -> None:
        """Send the status and the headers; the body ends with the connection."""
        self.send_response(status)
        given = {"content-type": "text/event-stream", "connection": "close"}
        for name, value in (given | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


def chunk(text: str, **choice: Any) -> bytes:
    """One server-sent event with a piece of text."""
    return f"data: {json.dumps({'choices': [{'index': 0, 'delta': {'content': text}, **choice}]})}\n\n".encode()


def says(text: str | Callable[[Asked], str], size: int = 7) -> Answering:
    """A model that writes a text, a few characters at a time."""

    def answer(asked: Asked, handler: Handler) -> None:
        written = text if isinstance(text, str) else text(asked)
        handler.start()
        for at in range(0, len(written), size):
            handler.wfile.write(chunk(written[at : at + size]))
        handler.wfile.write(DONE)

    return answer


@contextmanager
def endpoint(answer: Answering) -> Iterator[Endpoint]:
    """Serve on a free port of this machine."""
    made = type("Made", (Handler,), {"answer": staticmethod(answer)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), made)
    server.daemon_threads = True
    made.endpoint = Endpoint(f"http://127.0.0.1:{server.server_address[1]}/v1")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made.endpoint  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
