"""What no code here may do, and what no answer of the server may carry, whatever else it says."""

from __future__ import annotations

import ast
import logging
import re
import socket
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from serving import served

from api.app import create_app
from api.server import _log_with_times
from api.tokens import Scope, Tokens
from indexer.index import Index

ROOT = Path(__file__).parent.parent
CODE = [f for part in ("api", "indexer", "search", "eval") for f in sorted((ROOT / part).rglob("*.py"))]
SCRIPTS = sorted((ROOT / "api" / "page").glob("*.js"))
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "execfile"}
UNSAFE = {"pickle", "cPickle", "marshal", "shelve", "dill", "joblib", "xmlrpc", "telnetlib", "ftplib"}
WEAK = {"md5", "sha1", "new"}
# The workers of a Ray cluster are this program, and Ray passes pickles anyway: SECURITY.md says that it is trusted.
ALLOWED = {("bulk.py", "imports pickle")}


def faults(source: str) -> Iterator[str]:
    """What in a program makes code of data, reads objects that can run code, starts a shell, or hashes weakly."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            yield from (f"imports {name}" for name in names if name.split(".")[0] in UNSAFE)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            given = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if called in RUNS_TEXT or called in ("os.system", "os.popen", "torch.load", "yaml.load"):
                yield f"calls {called}"
            if called.startswith("hashlib.") and called.removeprefix("hashlib.") in WEAK:
                yield f"calls {called}"
            if given.get("shell", "False") != "False" or given.get("trust_remote_code", "False") != "False":
                yield f"calls {called} with a shell, or remote code"
            if given.get("verify") == "False":
                yield f"calls {called} without looking at certificates"


def test_no_code_is_made_of_data_and_no_object_is_read_that_can_run_code() -> None:
    assert len(CODE) > 100
    assert {(file.name, fault) for file in CODE for fault in faults(file.read_text("utf-8"))} == ALLOWED


@pytest.mark.parametrize(
    "source",
    [
        "eval(words)", "exec('x')", "import pickle", "from marshal import loads", "import os; os.system('ls')",
        "subprocess.run(x, shell=True)", "load(x, trust_remote_code=True)", "torch.load(f)", "hashlib.md5(b'')",
        "httpx.get(u, verify=False)",
    ],
)  # fmt: skip
def test_each_of_them_would_be_found(source: str) -> None:
    assert list(faults(source))


def test_the_page_makes_no_markup_and_no_code_of_words() -> None:
    unsafe = re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc)")
    assert unsafe.search("node.innerHTML = words")
    assert SCRIPTS
    assert [f.name for f in SCRIPTS if unsafe.search(f.read_text("utf-8"))] == []


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("bare")
    Index(folder, create=True).close()
    with served(create_app(folder)) as at:
        yield at


PATHS = ["/", "/docs", "/openapi.json", "/v1/documents", "/v1/documents/none/original", "/page/", "/page/style.css",
         "/page/../app.py", "/nowhere", "/health", "/.git/config"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_sets_a_cookie_opens_itself_to_other_sites_or_leads_elsewhere(address: str, path: str) -> None:
    said = httpx.get(f"{address}{path}", headers={"origin": "http://example.org"})
    assert "set-cookie" not in said.headers
    assert not [name for name in said.headers if name.startswith("access-control-")]
    assert said.headers["x-content-type-options"] == "nosniff"
    assert said.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in said.headers["content-security-policy"]
    assert not said.is_redirect or said.headers["location"].startswith(("/", address))
    assert said.headers["content-type"]


def test_words_of_documents_are_not_kept_in_a_browser_s_cache(address: str) -> None:
    for path in ("/v1/documents", "/v1/search?q=x", "/v1/documents/none/original", "/v1/refusals"):
        assert httpx.get(f"{address}{path}").headers["cache-control"] == "no-store", path


def test_no_folder_is_listed_and_no_file_beside_the_page_is_given_out(address: str) -> None:
    for path in ("/page/", "/page/%2e%2e/app.py", "/page/..%2fapp.py", "/page/../../pyproject.toml", "/.git/"):
        assert httpx.get(f"{address}{path}").status_code == 404, path


def raw(address: str, request: bytes) -> bytes:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as client:
        client.sendall(request)
        said = b""
        while part := client.recv(65536):
            said += part
    return said


def test_methods_that_nobody_needs_are_refused(address: str) -> None:
    for method in ("TRACE", "CONNECT", "PROPFIND"):
        said = raw(
            address,
            f"{method} /v1/documents HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: secret\r\nConnection: close\r\n\r\n".encode(),
        )
        assert said.split(b" ")[1] in (b"400", b"405"), method
        assert b"secret" not in said


def test_a_request_of_two_lengths_is_read_as_one_request_or_refused(address: str) -> None:
    post = b"POST /v1/verify HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
    chunks = b"Content-Length: 900\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    began = time.monotonic()
    assert raw(address, post + chunks).startswith(b"HTTP/1.1 422")  # the field is missing: the two bytes were the body
    assert time.monotonic() - began < 5, "it waited for the other length"
    other = b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert raw(address, post + other).startswith(b"HTTP/1.1 400")


def test_who_sends_a_parameter_twice_is_refused_or_the_last_counts_and_no_field_is_made_of_it(address: str) -> None:
    twice = httpx.get(f"{address}/v1/search?q=a&q=b&limit=3&limit=999999")
    assert twice.status_code == 422


def test_what_is_logged_says_when_it_was_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("api")
    before, level = list(logger.handlers), logger.level
    try:
        _log_with_times()
        logging.getLogger("api.admission").info("a token is in use")
    finally:
        logger.handlers = before
        logger.setLevel(level)
    [line] = capsys.readouterr().err.splitlines()
    at = datetime.strptime(line.partition(" ")[0], "%Y-%m-%dT%H:%M:%S%z")
    assert abs(datetime.now(UTC) - at) < timedelta(seconds=60)
    assert line.endswith("INFO: a token is in use")


def test_a_secret_has_256_random_bits_and_no_two_are_alike(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    secrets = {tokens.create(str(n), Scope.SEARCH, 1) for n in range(20)}
    assert len(secrets) == 20
    assert {len(secret.removeprefix("pincite_")) for secret in secrets} == {43}  # 32 bytes in base64
    assert stat.S_IMODE(tokens.path.stat().st_mode) == 0o600
