"""Deleted means gone: no byte of a removed document's text, words or vectors is left below the index folder."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from killing import PlainParser, QuickEmbedder

import indexer.embedding
from api.cli import main
from api.jobs import Jobs
from api.metrics import Metrics
from indexer.build import build, remove
from indexer.index import Index
from indexer.store import Store

SECRET = "Zanzibarian quixotry nomenclatured the vermilion sarcophagi of Ouagadougou."
STEMS = ("zanzibar", "quixotr", "nomencl", "vermilion", "sarcophag", "ouagadougou")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    # The model is not the point: what is looked for is text, stems and the bytes of vectors.
    quick = QuickEmbedder()
    monkeypatch.setattr(indexer.embedding, "load", lambda *_, **__: quick)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for n in range(30):
        (folder / f"{n}.txt").write_text(f"The council of {n} met in the harbour.")
    (folder / "secret.txt").write_text("\n\n".join([SECRET] * 40))
    return folder


@pytest.fixture
def index(tmp_path: Path, files: Path) -> Index:
    made = Index(tmp_path / "index", create=True)
    build(made, [files], parser=PlainParser())
    return made


TEXT = [stem.encode(code) for stem in STEMS for code in ("utf-8", "utf-16-le")]


@pytest.fixture
def vectors(index: Index) -> list[bytes]:
    """The secret's vectors, as the database and as FAISS keep them."""
    rows = index.store.db.execute(
        "SELECT v.vector FROM vectors v JOIN passages ON embedded = hash JOIN documents d ON d.key = document"
        " WHERE source = 'secret.txt'"
    )
    halves = [np.frombuffer(row[0][:-4], "<f2") for row in rows]
    return [half.astype(kind).tobytes() for half in halves for kind in ("<f2", "<f4")]


def traces(folder: Path, more: Sequence[bytes] = ()) -> list[str]:
    """The files below ``folder`` that hold something of the secret: its text, in two encodings, its stems, or more."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [f.name for f in files if any(w in (c := f.read_bytes()) or w in c.lower() for w in [*TEXT, *more])]


def secret_id(index: Index) -> str:
    return next(s.document_id for s in index.store.files() if s.source == "secret.txt")


def test_what_is_looked_for_is_there_before(index: Index, vectors: list[bytes]) -> None:
    assert vectors
    index.close()
    assert {"pincite.db", "dense-3.faiss"} <= set(traces(index.folder, vectors))
    assert traces(index.folder) == ["pincite.db"]


def removed(index: Index, files: Path) -> None:
    remove(index, [secret_id(index)])


def deleted(index: Index, files: Path) -> None:
    (files / "secret.txt").unlink()
    build(index, [files], parser=PlainParser())


def edited(index: Index, files: Path) -> None:
    (files / "secret.txt").write_text("Nothing to see here.")
    build(index, [files], parser=PlainParser())


def emptied(index: Index, files: Path) -> None:
    index.empty()
    index.save_vectors()


WAYS: list[Callable[[Index, Path], None]] = [removed, deleted, edited, emptied]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("served", [False, True], ids=["alone", "while it is open elsewhere"])
def test_nothing_is_left_whichever_way_it_goes(
    index: Index, files: Path, vectors: list[bytes], way: object, served: bool
) -> None:
    other = Index(index.folder) if served else None
    if other:
        other.keyword([["council"]], 5)
    way(index, files)  # type: ignore[operator]
    assert traces(index.folder, vectors) == []
    assert not index.store.has_traces
    if other:
        assert other.keyword([["zanzibarian"]], 5) == []
        other.close()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_is_left_where_the_keyword_index_is_made_anew(
    index: Index, files: Path, vectors: list[bytes], way: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.store._MOST_LEVELS", 0)
    way(index, files)  # type: ignore[operator]
    assert traces(index.folder, vectors) == []
    assert not index.store.damage()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_killed_before_it_was_cleared_away_the_next_run_does_it(
    index: Index, files: Path, vectors: list[bytes], way: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_: Store) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "compact", killed)
        with pytest.raises(KeyboardInterrupt):
            way(index, files)  # type: ignore[operator]
    index.close()
    (files / "secret.txt").unlink(missing_ok=True)
    (index.folder / "pincite.db.mended").write_text(SECRET)
    again = Index(index.folder)
    build(again, [files], parser=PlainParser())
    assert traces(again.folder, vectors) == []


def test_while_another_is_reading_it_says_so_and_the_next_run_does_it(
    index: Index, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Index(index.folder)
    with other.store.reading():
        other.catalogue.count()
        (files / "secret.txt").rename(files.parent / "secret.txt")
        assert main(["remove", "secret.txt", "--index", str(index.folder)]) == 0
        assert "next `pincite index`" in capsys.readouterr().err
        assert index.store.has_traces
    build(index, [files], parser=PlainParser())
    assert traces(index.folder) == []


@pytest.mark.parametrize("how", ["http", "command"])
def test_an_upload_goes_with_its_file(tmp_path: Path, how: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "index"
    jobs = Jobs(folder, lambda i, paths, tell: build(i, paths, tell, parser=PlainParser()), Metrics())
    jobs.add([("secret.txt", io.BytesIO(SECRET.encode()))])
    (folder / "uploads" / ".part-left").write_text(SECRET)  # of an upload that was killed
    jobs.start()
    while not Index(folder).store.files():
        pass
    jobs.stop()
    index = Index(folder)
    [document] = index.catalogue.documents()[1]
    assert "secret.txt" in traces(folder)
    if how == "http":
        jobs = Jobs(folder, lambda *_: pytest.fail("nothing to build"), Metrics())
        assert jobs.remove(document)
        jobs.stop()
    else:
        index.close()
        assert main(["remove", document.id, "--index", str(folder)]) == 0
    assert traces(folder) == []


def test_nothing_is_left_after_many_removals_in_any_order(tmp_path: Path) -> None:
    folder, draw = tmp_path / "files", random.Random(1)
    folder.mkdir()
    words = {f"{n}.txt": f"distinctive{draw.randrange(10**9)}" for n in range(20)}
    for name, word in words.items():
        (folder / name).write_text(f"The {word} of the council met. " * draw.randrange(1, 60))
    index = Index(tmp_path / "index", create=True)
    build(index, [folder], parser=PlainParser())
    for _ in range(6):
        gone = draw.sample(sorted(words), draw.randrange(1, 4))
        remove(index, [s.document_id for s in index.store.files() if s.source in gone])
        taken = [words.pop(name) for name in gone]
        content = b"".join(f.read_bytes() for f in index.folder.rglob("*") if f.is_file())
        assert [word for word in taken if word.encode() in content] == []
        assert all(word.encode() in content for word in words.values())


def test_traces_are_found_where_nothing_clears_them_away(
    index: Index, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "compact", lambda _: None)
    removed(index, files)
    assert traces(index.folder)
    assert index.store.has_traces


@pytest.mark.parametrize("how", ["http", "command line"])
@pytest.mark.parametrize("since", ["moved", "named by a link"])
def test_an_uploaded_file_goes_with_its_document_though_the_index_goes_by_another_path(
    how: str, since: str, tmp_path: Path
) -> None:
    folder = tmp_path / "index"
    made = Index(folder, create=True)
    (folder / "uploads").mkdir()
    (folder / "uploads" / "secret.txt").write_text(SECRET)
    build(made, [folder / "uploads"], parser=PlainParser())
    made.close()
    other = tmp_path / "other"
    if since == "moved":
        folder.rename(other)
    else:
        other.symlink_to(folder)
    if how == "http":
        jobs = Jobs(other, lambda *_: pytest.fail("nothing to build"), Metrics())
        (document,) = Index(other).catalogue.documents()[1]
        assert jobs.remove(document)
        jobs.stop()
    else:
        assert main(["remove", "secret.txt", "--index", str(other)]) == 0
    assert list((other / "uploads").iterdir()) == []
    assert traces(other.resolve()) == []


def test_a_file_that_only_looks_like_the_upload_of_a_document_stays(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "uploads"  # a folder of the user, who moved it since
    elsewhere.mkdir(parents=True)
    (elsewhere / "report.txt").write_text(SECRET)
    index = Index(tmp_path / "index", create=True)
    build(index, [elsewhere], parser=PlainParser())
    elsewhere.rename(tmp_path / "moved")
    own = index.folder / "uploads" / "report.txt"
    own.parent.mkdir()
    own.write_text("The council met in the harbour.")
    index.close()
    assert main(["remove", "report.txt", "--index", str(index.folder)]) == 0
    assert own.exists()
    assert (tmp_path / "moved" / "report.txt").exists()
