"""A backup made while the index is written answers the same when it is restored; a changed one is refused."""

from __future__ import annotations

import random
import shutil
import threading
import zipfile
from pathlib import Path

import pytest
from killing import PlainParser, QuickEmbedder, answers

import indexer.embedding
from api.cli import main
from indexer import backup as backups
from indexer.backup import BadBackup, backup, restore
from indexer.build import build, remove
from indexer.index import Index
from indexer.store import IndexDamaged


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = QuickEmbedder()  # the same answers are asked for, not good ones
    monkeypatch.setattr(indexer.embedding, "load", lambda *_, **__: quick)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = Index(tmp_path / "index", create=True)
    uploads = made.folder / "uploads"
    uploads.mkdir()
    for n in range(5):
        (uploads / f"{n}.txt").write_text(f"The harvest of {n} failed at the border.")
    (uploads / ".part-x").write_text("half an upload")
    build(made, [uploads], parser=PlainParser())
    return made


def test_what_is_restored_answers_the_same_and_finds_its_files(index: Index, tmp_path: Path) -> None:
    assert main(["backup", str(tmp_path / "b.zip"), "--index", str(index.folder)]) == 0
    before = answers(index)
    ids = [d.id for d in index.catalogue.documents()[1]]
    remove(index, ids)
    assert main(["restore", str(tmp_path / "b.zip"), "--index", str(tmp_path / "deep" / "again")]) == 0
    again = Index(tmp_path / "deep" / "again")
    assert answers(again) == before
    originals = [again.catalogue.original(document_id) for document_id in ids]
    assert {o.parent for o in originals if o and o.is_file()} == {again.folder / "uploads"}
    assert list(again.catalogue.integrity.damaged()) == []
    assert build(again, [again.folder / "uploads"], parser=PlainParser()).indexed == ()
    assert not list(tmp_path.glob(".*")), "nothing is left of the making"


def test_a_backup_while_it_is_written_is_of_one_moment(index: Index, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        writer = Index(index.folder)
        n = 0
        while not stop.is_set():
            n += 1
            (index.folder / "uploads" / "0.txt").write_text(f"The harvest number {n}.")
            build(writer, [index.folder / "uploads"], parser=PlainParser())
        writer.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for n in range(3):
            backup(index, tmp_path / f"{n}.zip")
            assert restore(tmp_path / f"{n}.zip", tmp_path / f"restored {n}") == 5
            restored = Index(tmp_path / f"restored {n}")
            assert restored.store.damage() == ""
            restored.close()
    finally:
        stop.set()
        thread.join()


def test_a_changed_backup_is_refused_and_leaves_nothing(index: Index, tmp_path: Path) -> None:
    backup(index, tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    same, draw = answers(index), random.Random(3)
    refused = 0
    for _ in range(30):
        data = bytearray(whole)
        data[draw.randrange(len(data))] ^= draw.randrange(1, 256)
        (tmp_path / "c.zip").write_bytes(data)
        try:
            restore(tmp_path / "c.zip", tmp_path / "c")
        except BadBackup:
            refused += 1
            assert not (tmp_path / "c").exists()
            continue
        restored = Index(tmp_path / "c")  # a byte that nobody reads: a time, a flag
        assert answers(restored) == same
        restored.close()
        shutil.rmtree(tmp_path / "c")
    assert refused > 20


def test_a_restoring_that_believes_what_it_unpacks_is_found(
    index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Agreeing(str):
        __slots__ = ()

        def __ne__(self, _: object) -> bool:
            return False

    copied = backups._copied
    monkeypatch.setattr("indexer.backup._copied", lambda *files: Agreeing(copied(*files)))
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        test_a_backup_in_which_a_file_was_exchanged_is_refused(index, tmp_path)


def test_a_backup_in_which_a_file_was_exchanged_is_refused(index: Index, tmp_path: Path) -> None:
    backup(index, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as whole, zipfile.ZipFile(tmp_path / "forged.zip", "w") as forged:
        for name in whole.namelist():
            forged.writestr(name, b"Other words." if name == "uploads/1.txt" else whole.read(name))
    with pytest.raises(BadBackup, match="was changed"):
        restore(tmp_path / "forged.zip", tmp_path / "c")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("name", ["../evil", "/evil", "uploads/../../evil", "uploads/a/b", "other.txt"])
def test_a_backup_that_names_files_outside_is_refused(index: Index, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as package:
        package.writestr(name, b"evil")
        package.writestr("backup.json", f'{{"backup": 1, "uploads": "/x", "sha256": {{"{name}": "0"}}}}')
    with pytest.raises(BadBackup):
        restore(tmp_path / "evil.zip", tmp_path / "c")
    assert not list(tmp_path.rglob("evil"))


def test_nothing_is_overwritten_and_nothing_damaged_is_backed_up(
    index: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there.zip").touch()
    assert main(["backup", str(tmp_path / "there.zip"), "--index", str(index.folder)]) == 2
    backup(index, tmp_path / "b.zip")
    assert main(["restore", str(tmp_path / "b.zip"), "--index", str(index.folder)]) == 2
    assert "not empty" in capsys.readouterr().err
    index.store.db.execute("UPDATE documents SET text = 'other' WHERE key = 1")
    with pytest.raises(IndexDamaged):
        backup(index, tmp_path / "c.zip")
    assert not (tmp_path / "c.zip").exists()
