"""Who is let in where others can connect: nobody without a token, each as far as the token reaches, none too often."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from making import document, put
from starlette.responses import JSONResponse
from starlette.testclient import TestClient

from api.admission import Admission, Bucket, needed
from api.app import create_app
from api.cli import main
from api.token_command import SCOPES
from api.tokens import Scope, Tokens, TokensUnreadable
from indexer.index import Index
from indexer.loopback import is_loopback

ANYONE = {"/health"}


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "index")


@pytest.fixture
def client(tmp_path: Path, tokens: Tokens) -> Iterator[TestClient]:
    index = Index(tmp_path / "index", create=True)
    put(index, document("a.txt"), ["The harvest failed."])
    index.save_vectors()
    index.close()
    with TestClient(create_app(tmp_path / "index", hosts=["testserver"], tokens=tokens)) as made:
        yield made


def bearing(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def test_without_a_token_every_address_but_one_is_closed(client: TestClient) -> None:
    paths = client.app.openapi()["paths"]  # type: ignore[attr-defined]
    more = {key: {"get": {}} for key in ("/", "/page/style.css", "/nowhere")}
    for path, operations in {**paths, **more}.items():
        for method in operations:
            said = client.request(method.upper(), path.replace("{", "").replace("}", ""))
            assert (said.status_code == 401) == (path not in ANYONE), path
            if said.status_code == 401:
                assert said.headers["www-authenticate"].startswith("Basic")
                assert said.json()["type"] == "urn:pincite:no-token"
                assert "content-security-policy" in said.headers


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("search", (200, 403, 403)), ("write", (200, 404, 403)), ("admin", (200, 404, 200))],
)
def test_a_token_reaches_as_far_as_its_scope(
    client: TestClient, tokens: Tokens, scope: str, allowed: tuple[int, int, int]
) -> None:
    with_it = bearing(tokens.create("ann", Scope(scope), 1))
    said = (
        client.get("/v1/documents", headers=with_it),
        client.delete("/v1/documents/none", headers=with_it),
        client.get("/metrics", headers=with_it),
    )
    assert tuple(one.status_code for one in said) == allowed


def test_a_scope_that_covers_everything_is_found(
    client: TestClient, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scope, "covers", lambda *_: True)
    with pytest.raises(AssertionError):
        test_a_token_reaches_as_far_as_its_scope(client, tokens, "search", (200, 403, 403))


def test_whatever_is_not_known_to_read_only_needs_more() -> None:
    assert needed("GET", "/v1/search") == needed("POST", "/v1/ask") == Scope.SEARCH
    assert needed("POST", "/v1/something/new") == needed("PUT", "/v1/ask/x") == Scope.WRITE


def test_the_command_offers_every_scope_there_is() -> None:
    assert [str(scope) for scope in Scope] == list(SCOPES)


def test_reading_by_programs_needs_no_more_than_reading() -> None:
    assert {needed("POST", path) for path in ("/v1/ask", "/v1/chat/completions", "/mcp")} == {Scope.SEARCH}
    assert needed("POST", "/v1/documents") is Scope.WRITE


def test_a_browser_gives_it_as_a_password(client: TestClient, tokens: Tokens) -> None:
    secret = tokens.create("ann", Scope.SEARCH, 1)
    basic = base64.b64encode(f"anybody:{secret}".encode()).decode()
    assert client.get("/", headers={"authorization": f"Basic {basic}"}).status_code == 200
    for wrong in ("Basic !", "Basic ", "Digest x", "Bearer", f"Bearer {secret}x"):
        assert client.get("/", headers={"authorization": wrong}).status_code == 401, wrong


def test_a_revoked_and_an_expired_token_let_nobody_in(
    client: TestClient, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_it = bearing(tokens.create("ann", Scope.SEARCH, 1))
    assert client.get("/v1/documents", headers=with_it).status_code == 200
    assert Tokens(tokens.path.parent).revoke("ann")
    assert client.get("/v1/documents", headers=with_it).status_code == 401
    with_it = bearing(tokens.create("ann", Scope.SEARCH, 1))

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=1, seconds=1)

    assert client.get("/v1/documents", headers=with_it).status_code == 200
    monkeypatch.setattr("api.tokens.datetime", Later)
    assert client.get("/v1/documents", headers=with_it).status_code == 401


def test_a_secret_is_kept_nowhere_and_the_file_is_its_owners_only(tokens: Tokens) -> None:
    secret = tokens.create("ann", Scope.SEARCH, 1)
    assert secret.removeprefix("pincite_") not in tokens.path.read_text()
    assert tokens.path.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError, match="Revoke it first"):
        tokens.create("ann", Scope.ADMIN, 1)


def test_a_changed_file_of_tokens_lets_nobody_in(client: TestClient, tokens: Tokens) -> None:
    with_it = bearing(tokens.create("ann", Scope.SEARCH, 1))
    tokens.path.write_text(tokens.path.read_text().replace('"search"', '"admin"'))
    with pytest.raises(TokensUnreadable, match="pincite token create"):
        tokens.all()
    assert client.get("/metrics", headers=with_it).status_code == 503


def test_guessing_and_asking_too_often_are_slowed_down(tokens: Tokens) -> None:
    async def served(scope: object, receive: object, send: object) -> None:
        await JSONResponse("served")(scope, receive, send)  # type: ignore[arg-type]

    def still() -> Bucket:
        return Bucket(at_once=10, a_minute=10, clock=lambda: 0.0)

    client = TestClient(Admission(served, tokens, rate=still(), guesses=still()))
    with_it = bearing(tokens.create("ann", Scope.SEARCH, 1))
    said = [client.get("/", headers=with_it) for _ in range(12)]
    assert [one.status_code for one in said] == [200] * 10 + [429] * 2
    assert said[-1].headers["retry-after"] == "6"
    assert said[-1].json()["type"] == "urn:pincite:too-often"
    guesses = [client.get("/", headers=bearing(f"guess{n}")).status_code for n in range(15)]
    assert guesses == [401] * 10 + [429] * 5


def test_a_wrong_token_and_one_that_does_not_reach_are_logged_without_the_secret(
    client: TestClient, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tokens.create("ann\n", Scope.SEARCH, 1)
    caplog.set_level(logging.WARNING)
    client.get("/v1/documents", headers=bearing("pincite_wrong\x1b[2J"))
    client.delete("/v1/documents/none", headers=bearing(secret))
    assert [record.getMessage() for record in caplog.records if record.name == "api.admission"] == [
        "a wrong token, from testclient",
        "the token 'ann\\n' was used for what needs write, from testclient",
    ]
    assert secret not in caplog.text
    assert "pincite_wrong" not in caplog.text


def test_who_comes_in_with_a_token_is_logged_once_an_hour_for_each_address(
    tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    now = 0.0
    secrets = {name: tokens.create(name, Scope.SEARCH, 1) for name in ("ann", "bob")}
    caplog.set_level(logging.INFO)
    admitted = Admission(JSONResponse({}), tokens, arrivals=Bucket(at_once=1, a_minute=1 / 60, clock=lambda: now))

    def come(name: str, address: str) -> int:
        client = TestClient(admitted, client=(address, 1))
        return client.get("/v1/documents", headers=bearing(secrets[name])).status_code

    for name, address in (("ann", "10.0.0.1"), ("ann", "10.0.0.1"), ("ann", "10.0.0.2"), ("bob", "10.0.0.1")):
        assert come(name, address) == 200
    now += 3601
    assert come("ann", "10.0.0.1") == 200
    ann, again, bob = (f"the token '{n}' is in use, from 10.0.0.{i}" for n, i in (("ann", 1), ("ann", 2), ("bob", 1)))
    ours = [record.getMessage() for record in caplog.records if record.name == "api.admission"]
    assert ours == [ann, again, bob, ann]
    assert not any(secret in caplog.text for secret in secrets.values())


def test_a_bucket_fills_again_and_does_not_remember_for_ever() -> None:
    now = 0.0
    bucket = Bucket(at_once=2, a_minute=60, clock=lambda: now)
    assert [bucket.take("a") == 0 for _ in range(3)] == [True, True, False]
    now += 1
    assert bucket.take("a") == 0
    for n in range(10_100):
        bucket.take(str(n))
    assert len(bucket._left) == 10_000


def test_serving_others_without_a_token_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--index", str(tmp_path / "index")]
    assert main(["serve", "--host", "0.0.0.0", "--port", "0", *at]) == 2
    assert "pincite token create NAME" in capsys.readouterr().err
    for host, local in (
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True),
        ("0.0.0.0", False), ("::", False), ("192.168.1.2", False), ("printer", False), ("127.evil.example", False),
    ):  # fmt: skip
        assert is_loopback(host) == local, host


def test_the_commands_make_list_and_revoke(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--index", str(tmp_path / "index")]
    assert main(["token", "create", "ann", "--scope", "write", "--days", "7", *at]) == 0
    secret = capsys.readouterr().out.strip()
    found = Tokens(tmp_path / "index").of(secret)
    assert found
    assert (found.name, found.scope) == ("ann", Scope.WRITE)
    assert main(["token", "list", "--json", *at]) == 0
    listed = capsys.readouterr().out
    assert json.loads(listed)["tokens"][0]["name"] == "ann"
    assert found.sha256 not in listed
    assert main(["token", "revoke", "ann", *at]) == 0
    assert main(["token", "revoke", "ann", *at]) == 1


def test_no_word_of_a_question_or_a_document_is_logged(
    client: TestClient, tokens: Tokens, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with_it = bearing(tokens.create("ann", Scope.WRITE, 1))
    with caplog.at_level(logging.DEBUG, "api"):
        client.get("/v1/search", params={"q": "harvest zanzibar", "mode": "lexical"}, headers=with_it)
        client.post("/v1/verify", json={"quote": "harvest zanzibar"}, headers=with_it)
        client.get("/v1/search", params={"zanzibar": "harvest"}, headers=with_it)
    out = capfd.readouterr()
    for said in (caplog.text, out.out, out.err):
        assert "harvest" not in said
        assert "zanzibar" not in said
