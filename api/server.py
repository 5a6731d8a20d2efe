"""Serving: one process, this machine only unless the user says otherwise."""

from __future__ import annotations

import json
import logging
import socket
import sys
import time
from importlib.util import find_spec

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.disclosure import NOTHING, disclosure
from api.settings import Settings
from api.tokens import Tokens, TokensUnreadable
from api.writer import Writer
from indexer.location import Location
from indexer.loopback import is_loopback

# Programs keep a connection that they may ask on again for 5 s (httpx, curl longer). A server that closes it as early
# meets some of their questions on the way, and they are lost.
IDLE_S = 75  # seconds


def serve(settings: Settings, as_json: bool) -> int:
    """Serve until Ctrl-C; the address is printed once connections are accepted."""
    tokens = None if is_loopback(settings.host) else Tokens(settings.index)
    if tokens and (missing := _missing(tokens)):
        print(f"pincite: {missing}", file=sys.stderr)
        return 2
    try:
        listener = socket.create_server((settings.host, settings.port), family=_family(settings.host), backlog=128)
    except OSError as error:
        hint = "Choose another with --port, or --port 0 for a free one."
        print(f"pincite: cannot listen on {settings.host}:{settings.port}: {error.strerror}. {hint}", file=sys.stderr)
        return 2
    port = listener.getsockname()[1]
    address = f"http://{f'[{settings.host}]' if ':' in settings.host else settings.host}:{port}/"
    writer = Writer.of(settings)
    app = create_app(
        settings.location, settings.model, hosts=[settings.host], writer=writer, tools=find_spec("mcp") is not None,
        tokens=tokens,
    )  # fmt: skip
    if as_json:
        print(json.dumps({"address": address, "index": str(settings.index)}), flush=True)
    else:
        print(
            f"Pincite is at {address} (Ctrl-C stops it). {_reach(settings.host, settings.location, writer)}", flush=True
        )
    _log_with_times()
    uvicorn.Server(configuration(app)).run(sockets=[listener])
    return 0


def _log_with_times() -> None:
    """Have what is logged say when it was, in UTC."""
    lines = logging.Formatter("%(asctime)sZ %(levelname)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
    lines.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(lines)
    logging.getLogger("api").addHandler(handler)
    logging.getLogger("api").setLevel(logging.INFO)


def configuration(app: FastAPI) -> uvicorn.Config:
    """Return how ``app`` is served: the tests serve it in the same way."""
    return uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, h11_max_incomplete_event_size=1 << 18,
        timeout_keep_alive=IDLE_S,
    )  # fmt: skip


def _missing(tokens: Tokens) -> str:
    """Return why a server that others can reach may not start, "" if it may."""
    try:
        if tokens.valid():
            return ""
    except TokensUnreadable as error:
        return str(error)
    return (
        "Others could reach this address, and there is no token that keeps them out. Make one first: "
        "`pincite token create NAME`, or leave --host away to serve this machine only."
    )


def _reach(host: str, location: Location, writer: Writer | None) -> str:
    sent = disclosure(location, writer)
    if is_loopback(host):
        return sent
    admitted = (
        "Whoever can reach this address and has a token is let in. The connection is not encrypted: see docs/http.md."
    )
    return admitted if sent == NOTHING else f"{admitted} {sent}"


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
