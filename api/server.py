"""Serving: one process, this machine only unless the user says otherwise."""

from __future__ import annotations

import ipaddress
import json
import socket
import sys
from contextlib import suppress
from importlib.util import find_spec

import uvicorn

from api.app import create_app
from api.settings import Settings
from api.writer import Writer


def serve(settings: Settings, as_json: bool) -> int:
    """Serve until Ctrl-C; the address is printed once connections are accepted."""
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
        settings.index, settings.model, hosts=[settings.host], writer=writer, tools=find_spec("mcp") is not None
    )
    if as_json:
        print(json.dumps({"address": address, "index": str(settings.index)}), flush=True)
    else:
        print(f"Pincite is at {address} (Ctrl-C stops it). {_reach(settings.host, writer)}", flush=True)
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, h11_max_incomplete_event_size=1 << 18
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _reach(host: str, writer: Writer | None) -> str:
    with suppress(ValueError):  # a name, not an address
        host = str(ipaddress.ip_address(host))
    if host in ("localhost", "::1") or host.startswith("127."):
        return writer.disclosure if writer else "Nothing leaves this machine."
    careful = "Careful: everyone who can reach this address can read and change these documents."
    return f"{careful} {writer.disclosure}" if writer else careful


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
