"""The MCP server, asked by the SDK's own client: over standard input and output, and over HTTP."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fixed import FixedEngine
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from serving import apart, served

from api.app import create_app

ROOT = Path(__file__).parent.parent
NAMES = {"search", "ask", "get_paragraph", "verify_quote", "list_documents"}
TEXTS = {
    "report.txt": ("en", ["On 25 January 2021, the tax authorities suspended the organisation KIBHR. It appealed."]),
}
Calls = dict[str, dict[str, Any]]


def called(server: StdioServerParameters | str, calls: Calls) -> tuple[set[str], dict[str, Any]]:
    """Connect, list the tools and call some; return their names and what each call gave."""

    async def talk() -> tuple[set[str], dict[str, Any]]:
        async with Client(server, read_timeout_seconds=120) as client:
            tools = await client.list_tools()
            assert all(tool.output_schema for tool in tools.tools)
            assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.tools)
            given = {}
            for name, arguments in calls.items():
                result = await client.call_tool(name, arguments)
                given[name] = result.structured_content if not result.is_error else result.content[0].text
            return {tool.name for tool in tools.tools}, given

    return apart(lambda: asyncio.run(talk()))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the tools over HTTP."""
    engine = FixedEngine(tmp_path_factory.mktemp("made") / "index", TEXTS)
    with served(create_app(engine.index.folder, open_engine=lambda: engine, tools=True)) as at:
        yield at


def test_a_client_on_standard_input_uses_every_tool(sample_index: Path) -> None:
    command = [sys.executable, "-m", "api.cli", "mcp", "--index", str(sample_index)]
    server = StdioServerParameters(command=command[0], args=command[1:], cwd=ROOT, env={"PATH": os.environ["PATH"]})
    names, given = called(server, {
        "search": {"query": "suspended NGOs", "limit": 2},
        "ask": {"question": "which NGOs were suspended in January"},
        "get_paragraph": {"reference": "resolution 2021 recital O"},
        "verify_quote": {"quote": "words that stand nowhere in these documents"},
        "list_documents": {},
    })  # fmt: skip
    assert names == NAMES
    assert len(given["search"]["hits"]) == 2
    assert given["ask"]["status"] == "conflicting"
    for citation in given["ask"]["citations"]:
        text = (ROOT / "corpus" / citation["document"]["source"]).read_bytes().decode("utf-8")
        assert text[citation["char_start"] : citation["char_end"]] == citation["quote"]
    assert given["get_paragraph"]["places"][0]["paragraphs"][0]["label"] == "recital O"
    assert (given["verify_quote"]["verdict"], given["verify_quote"]["stands"]) == ("not found", False)
    assert given["list_documents"]["total"] == 5


def test_a_client_over_http_gets_the_same_as_the_http_interface(address: str) -> None:
    question = "which organisation was suspended"
    names, given = called(f"{address}/mcp", {"ask": {"question": question}, "search": {"query": question}})
    body = httpx.post(f"{address}/v1/ask", json={"question": question}).json()
    assert names == NAMES
    assert given["ask"]["citations"] == body["citations"]
    assert given["search"]["hits"][0]["text"] in TEXTS["report.txt"][1]


def test_what_a_tool_cannot_do_is_said_with_what_to_do(address: str) -> None:
    _, given = called(f"{address}/mcp", {"ask": {"question": "???"}})
    assert "word" in given["ask"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_other_hosts_and_other_sites_are_refused(address: str, headers: dict[str, str], status: int) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"accept": "application/json, text/event-stream"}
    assert httpx.post(f"{address}/mcp", json=body, headers={**accept, **headers}).status_code == status


def test_without_the_package_the_command_says_how_to_install_it() -> None:
    hide = "import sys; sys.modules['mcp'] = None; from api.cli import main; sys.exit(main(['mcp', '--index', 'x']))"
    done = subprocess.run([sys.executable, "-c", hide], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"{sys.executable} -m pip install --require-hashes --no-deps -r " in done.stderr
    assert Path(done.stderr.split(" -r ")[1].strip()).is_file()
