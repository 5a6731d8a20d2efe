"""The power may go before any write, sync or rename: what was there is there, or what was being written, and what was
acknowledged stays."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from killing import PlainParser, QuickEmbedder, answers
from losing import WAYS, LosingDisk

import indexer.embedding
from api.tokens import Scope, Tokens
from api.uploads import keep
from indexer import backup as backups
from indexer import disk, repair
from indexer.build import build, remove
from indexer.index import Index
from indexer.scan import DATABASE

Check = Callable[[Path, bool], str]
"""Takes an image of the disk, and whether the act was acknowledged; says what is wrong with it, "" if nothing."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = QuickEmbedder()  # what is tested is where bytes go
    monkeypatch.setattr(indexer.embedding, "load", lambda *_, **__: quick)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A disk with an index of two documents."""
    at = tmp_path / "disk"
    (at / "files").mkdir(parents=True)
    (at / "files" / "a.txt").write_text("The harvest failed at the border.")
    (at / "files" / "b.txt").write_text("The council met in winter.")
    with closing(Index(at / "index", create=True)) as index:
        build(index, [at / "files"], parser=PlainParser())
    return at


def faults(
    root: Path, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None], check: Check, fault: str = ""
) -> tuple[int, list[str]]:
    """Do something, and look at the disk that is left if the power goes at any moment of it, and after."""
    found: list[str] = []
    image = root.parent / "image"

    def look(where: str, done: bool = False) -> None:
        for way in WAYS:
            losing.image(way, image)
            try:
                wrong = check(image, done)
            except Exception as error:
                wrong = f"{type(error).__name__}: {error}"
            if wrong:
                found.append(f"{where}, {way}: {wrong}")

    losing = LosingDisk(root, look, fault)
    with monkeypatch.context() as patched:
        losing.install(patched)
        act()
        losing._looking = True
        losing._notice_sqlite()
        look("acknowledged", True)
    print(f"{len(losing.points)} moments, {len(WAYS)} ways each")
    return len(losing.points), found


def said(folder: Path) -> str:
    """What an index answers; raises if it, or its log, is not whole."""
    with closing(Index(folder)) as index:
        index.vectors()
        assert list(index.catalogue.integrity.damaged()) == []
        assert index.audit.check().fault == ""
        return answers(index)


def before_or_after(root: Path, act: Callable[[Path], None]) -> Check:
    """An index that answers as it did before the act or as after it; only as after it once that is acknowledged."""
    copy = root.parent / "copy"
    shutil.copytree(root / "index", copy)
    before = said(copy)
    act(copy)
    after = said(copy)
    assert before != after

    def check(image: Path, done: bool) -> str:
        now = said(image / "index")
        return "" if now == after or (now == before and not done) else "it answers otherwise"

    return check


def added(root: Path) -> Callable[[Path], None]:
    (root / "files" / "c.txt").write_text("A witness spoke of the glass harbour.")

    def act(folder: Path) -> None:
        with closing(Index(folder)) as index:
            build(index, [root / "files"], parser=PlainParser())

    return act


def removed(root: Path) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        with closing(Index(folder)) as index:
            remove(index, [index.store.files()[0].document_id])

    return act


def emptied(root: Path) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        with closing(Index(folder)) as index:
            index.empty()

    return act


@pytest.mark.parametrize("make", [added, removed, emptied])
def test_an_index_is_as_before_or_as_after(
    root: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], Callable[[Path], None]]
) -> None:
    act = make(root)
    points, found = faults(root, monkeypatch, lambda: act(root / "index"), before_or_after(root, act))
    assert not found, "\n".join(found)
    assert points > 15


def test_a_new_index_is_there_once_it_is_acknowledged(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = said(root / "index")

    def make() -> None:
        with closing(Index(root / "new", create=True)) as index:
            build(index, [root / "files"], parser=PlainParser())

    def check(image: Path, done: bool) -> str:
        if not done and not (image / "new" / DATABASE).exists():
            return ""
        with closing(Index(image / "new")) as index:
            empty = index.catalogue.count()[0] == 0
        return "" if (empty and not done) or said(image / "new") == full else "it answers otherwise"

    points, found = faults(root, monkeypatch, make, check)
    assert not found, "\n".join(found)
    assert points > 20


def test_a_repair_leaves_an_index_that_is_as_before_or_mended(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = said(root / "index")
    with closing(Index(root / "index")) as index:
        index.store.db.execute("DELETE FROM keywords")
    shutil.copytree(root / "index", root / "damaged")

    def check(image: Path, done: bool) -> str:
        if not done:
            repair.repair(image / "index")  # begun again
        return "" if said(image / "index") == whole else "it answers otherwise"

    points, found = faults(root, monkeypatch, lambda: repair.repair(root / "index") and None, check)
    assert not found, "\n".join(found)
    assert points > 20


def test_tokens_are_those_of_before_or_of_after(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens(root / "index")
    ann = tokens.create("ann", Scope.SEARCH, 1)

    def check(image: Path, done: bool) -> str:
        left = Tokens(image / "index")
        if not left.path.exists():
            return "they are gone"
        return "a revoked token lets in" if left.of(ann) and done else ""

    points, found = faults(root, monkeypatch, lambda: tokens.revoke("ann") and None, check)
    assert not found, "\n".join(found)
    assert points >= 5


def test_a_backup_is_there_as_a_whole_or_not_at_all_and_so_is_what_is_restored(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = root / "index" / "uploads"
    uploads.mkdir()
    (uploads / "u.txt").write_text("The river rose.")
    with closing(Index(root / "index")) as index:
        build(index, [uploads], parser=PlainParser())
    before, target = said(root / "index"), root / "b.zip"

    def made(image: Path, done: bool) -> str:
        if not (image / "b.zip").exists():
            return "it is gone" if done else ""
        shutil.rmtree(image / "again", ignore_errors=True)
        backups.restore(image / "b.zip", image / "again")
        return "" if said(image / "again") == before else "it answers otherwise"

    with closing(Index(root / "index")) as index:
        points, found = faults(root, monkeypatch, lambda: backups.backup(index, target) and None, made)
    assert not found, "\n".join(found)
    assert points > 5

    def restored(image: Path, done: bool) -> str:
        if not (image / "again").exists():
            return "it is gone" if done else ""
        with closing(Index(image / "again")) as index:
            originals = [index.catalogue.original(d.id) for d in index.catalogue.documents()[1]]
        kept = [image / "again" / "uploads" / o.name for o in originals if o and "again" in o.parts]
        if [k.read_text() for k in kept] != ["The river rose."]:
            return "uploads are lost"
        return "" if said(image / "again") == before else "it answers otherwise"

    points, found = faults(root, monkeypatch, lambda: backups.restore(target, root / "again") and None, restored)
    assert not found, "\n".join(found)
    assert points > 10


def test_an_upload_that_was_acknowledged_stays(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = root / "index" / "uploads"

    def check(image: Path, done: bool) -> str:
        file = image / "index" / "uploads" / "a.txt"
        if done and not file.exists():
            return "it is gone"
        whole = not file.exists() or file.read_bytes() == b"words" or (not done and not file.read_bytes())
        return "" if whole else "it is torn"

    points, found = faults(root, monkeypatch, lambda: keep(folder, "a.txt", io.BytesIO(b"words")) and None, check)
    assert not found, "\n".join(found)
    assert points >= 5


# -- what these tests can find


@pytest.mark.parametrize("fault", ["sync", "sync_folder"])
def test_a_disk_that_is_not_asked_to_sync_is_found_to_lose(
    root: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    test = test_an_upload_that_was_acknowledged_stays
    monkeypatch.setattr(LosingDisk, "__init__", _with(LosingDisk.__init__, fault))
    with pytest.raises(AssertionError, match="acknowledged, lost"):
        test(root, monkeypatch)


def _with(init: Callable[..., None], fault: str) -> Callable[..., None]:
    return lambda self, root, look, _="": init(self, root, look, fault)


def test_a_file_written_in_its_place_is_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def in_place(path: Path, *, private: bool = False):  # type: ignore[no-untyped-def]
        with disk.create(path) as file:
            yield file
            disk.sync(file)

    monkeypatch.setattr(disk, "replacing", in_place)
    with pytest.raises(AssertionError, match="TokensUnreadable"):
        test_tokens_are_those_of_before_or_of_after(root, monkeypatch)
