"""What is said of where words go: on the page, when serving begins, and by the doctor."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from fixed import FixedEngine
from writer_asked import made

from api.app import create_app
from api.disclosure import NOTHING, disclosure
from api.doctor import _writer
from api.server import _reach
from api.settings import Settings
from api.writer import Writer, address_of
from indexer.location import Location

ENGINE, CATALOGUE = "milvus://db.example.org:19530/lib", "postgresql://reader:secret@sql.example.org:5433/pincite"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FixedEngine:
    return made(tmp_path_factory.mktemp("made"))


@pytest.mark.parametrize(
    ("engine_at", "catalogue", "elsewhere"),
    [
        (None, None, ()),
        ("milvus://127.0.0.1:19530", "postgresql://pincite@localhost/pincite", ()),
        ("milvus://[::1]:19530", "postgresql:///pincite", ()),
        ("milvus://127.0.0.1", "postgresql:///pincite?host=/var/run/postgresql", ()),
        (ENGINE, CATALOGUE, ("sql.example.org:5433", "db.example.org:19530")),
        ("milvus://10.0.0.7", "postgresql://a@127.0.0.1,10.0.0.8:5432/pincite", ("10.0.0.8:5432", "10.0.0.7")),
        ("milvus://localhost", "postgresql:///pincite?host=10.0.0.8", ("10.0.0.8",)),
        ("milvus://localhost", "postgresql://localhost/pincite?host=10.0.0.8", ("10.0.0.8",)),
        ("milvus://localhost", "postgresql:///pincite?hostaddr=10.0.0.8", ("10.0.0.8",)),
        ("milvus://localhost", "postgresql://localhost/pincite?hostaddr=10.0.0.8", ("10.0.0.8",)),
        ("milvus://localhost", "postgresql:///pincite?service=remote", ("service remote",)),
        ("milvus://[2001:db8::1]:19530", "postgresql://[2001:db8::1]/x", ("[2001:db8::1]", "[2001:db8::1]:19530")),
    ],
)
def test_the_hosts_that_keep_an_index_are_known_without_their_passwords(
    engine_at: str | None, catalogue: str | None, elsewhere: tuple[str, ...], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in ("PGHOST", "PGHOSTADDR", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
    assert Location(tmp_path, engine_at, catalogue).elsewhere == elsewhere


@pytest.mark.parametrize("name", ["PGHOST", "PGHOSTADDR", "PGSERVICE"])
def test_a_database_that_only_the_environment_names_is_known(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "sql.example.org")
    (found,) = Location(tmp_path, "milvus://localhost", "postgresql:///pincite").elsewhere
    assert found.endswith("sql.example.org")


def test_an_index_elsewhere_is_named_on_the_page_and_where_serving_begins(engine: FixedEngine) -> None:
    where = Location(engine.index.folder, ENGINE, CATALOGUE)
    said = disclosure(where, None)
    page = TestClient(create_app(where, open_engine=lambda: engine), base_url="http://127.0.0.1").get("/").text
    assert "sql.example.org:5433, db.example.org:19530" in said
    assert said in page
    assert NOTHING not in page
    assert "secret" not in page
    assert _reach("127.0.0.1", where, None) == said
    assert _reach("0.0.0.0", where, None).endswith(said)


def test_an_index_here_and_no_writer_means_that_nothing_leaves(engine: FixedEngine) -> None:
    where = Location(engine.index.folder)
    client = TestClient(create_app(where, open_engine=lambda: engine), base_url="http://127.0.0.1")
    assert NOTHING in client.get("/").text
    assert _reach("127.0.0.1", where, None) == NOTHING
    assert NOTHING not in _reach("0.0.0.0", where, None)


def test_both_are_named_where_both_are_set(tmp_path: Path) -> None:
    said = disclosure(Location(tmp_path, ENGINE, CATALOGUE), Writer(address_of("https://example.org/v1"), "big"))
    assert "kept at sql.example.org:5433" in said
    assert "sent to big at example.org, another machine." in said


def test_the_doctor_says_what_leaves(tmp_path: Path) -> None:
    def said(**given: str) -> str:
        return _writer(Settings(index=tmp_path, **given)).detail  # type: ignore[arg-type]

    assert said().endswith(NOTHING)
    on = said(writer_url="https://example.org/v1", writer_model="big", writer_key="sk-secret")
    assert "sent to big at example.org, another machine." in on
    assert "sk-secret" not in on
    kept = said(engine=ENGINE, catalogue=CATALOGUE)
    assert "kept at sql.example.org:5433, db.example.org:19530" in kept
    assert "secret" not in kept
