"""The build, end to end with the real model: what did not change costs nothing, and it can be stopped anywhere."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import indexer.embedding
from indexer.build import Outcome, Progress, build, remove
from indexer.index import Index, IndexBusy
from indexer.store import IndexUnusable

ROOT = Path(__file__).parent.parent
TEXTS = {
    "cats.txt": "Cats sleep for most of the day.\n\nThey hunt at dusk, when voles leave their burrows.\n",
    "law/fines.txt": "The court fined two organisations in January.\n\nBoth of them appealed to the regional court.\n",
    "tea.txt": "Tea is grown on the slopes above the lake.\n\nIt is picked by hand between April and October.\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three short files."""
    made = tmp_path / "files"
    for name, text in TEXTS.items():
        write(made / name, text)
    return made


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index", create=True)


def write(path: Path, text: str) -> None:
    """Write a file, making its folder, with a time of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def ids(index: Index) -> dict[str, str]:
    """The document id of each source."""
    return {state.source: state.document_id for state in index.store.files()}


def whole(index: Index) -> None:
    """Check that the index is sound and each passage has its vector."""
    assert index.store.damage() == ""
    assert index.catalogue.misplaced() == []
    assert len(index.vectors()) == index.catalogue.count()[2]


def changes(outcome: Outcome) -> tuple[set[str], set[str], set[str]]:
    """What was indexed, unchanged and removed."""
    return set(outcome.indexed), set(outcome.unchanged), set(outcome.removed)


def test_a_folder_becomes_an_index_that_finds_its_words_and_its_meaning(index: Index, folder: Path) -> None:
    outcome = build(index, [folder])
    assert changes(outcome) == (set(TEXTS), set(), set())
    assert outcome.refused == outcome.warnings == ()
    whole(index)
    for source, text in TEXTS.items():
        [document] = index.catalogue.named(source)
        assert index.catalogue.text_of(document.id) == text
        assert document.language == "en"
    query = indexer.embedding.load().embed_query("which groups were punished by a judge")
    key, _ = index.dense(query, 1)[0]
    assert index.catalogue.passages([key])[key].document_id == ids(index)["law/fines.txt"]


def test_a_second_run_changes_nothing_and_needs_no_model(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(index, [folder])
    before = ids(index)
    keys = index.store.vectors()[0].tolist()
    monkeypatch.setattr(indexer.embedding, "load", lambda *_: pytest.fail("the model was loaded"))
    assert changes(build(index, [folder])) == (set(), set(TEXTS), set())
    assert ids(index) == before
    assert index.store.vectors()[0].tolist() == keys


def test_an_edit_an_addition_and_a_deletion_cost_only_themselves(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(index, [folder])
    before = ids(index)
    embedded: list[str] = []
    embedder = indexer.embedding.load()
    monkeypatch.setattr(indexer.embedding, "load", lambda *_: _Listening(embedder, embedded))
    write(folder / "cats.txt", TEXTS["cats.txt"] + "\nDogs do not.\n")
    write(folder / "new.txt", "A new file about glass.\n")
    (folder / "tea.txt").unlink()
    outcome = build(index, [folder])
    assert changes(outcome) == ({"cats.txt", "new.txt"}, {"law/fines.txt"}, {"tea.txt"})
    assert embedded
    assert not any("court" in text for text in embedded)
    assert ids(index)["cats.txt"] == before["cats.txt"], "an edited file keeps its address"
    assert index.keyword([["lake"]], 5) == []
    whole(index)


class _Listening:
    """An embedder that notes what it is given."""

    def __init__(self, inner: indexer.embedding.Embedder, heard: list[str]) -> None:
        self._inner, self._heard = inner, heard

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def embed_passages(self, texts: list[str]) -> object:
        self._heard += texts
        return self._inner.embed_passages(texts)


def test_a_renamed_file_keeps_its_id_and_its_vectors(index: Index, folder: Path) -> None:
    write(folder / "deep" / "a.txt", "Heading of the file\n\nGlass is blown from sand in the town of Murano.\n")
    build(index, [folder])
    before = ids(index)
    (folder / "tea.txt").rename(folder / "law" / "leaves.txt")
    outcome = build(index, [folder])
    assert outcome.indexed == ("law/leaves.txt",)
    assert ids(index)["law/leaves.txt"] == before["tea.txt"]
    assert "tea.txt" not in ids(index)
    whole(index)


def test_a_file_touched_without_a_change_is_not_read_again(index: Index, folder: Path) -> None:
    build(index, [folder])
    os.utime(folder / "tea.txt", ns=(1, 1))
    assert changes(build(index, [folder]))[1] == set(TEXTS)
    state = next(s for s in index.store.files() if s.source == "tea.txt")
    assert state.mtime_ns == 1


def test_copies_of_a_file_are_documents_of_their_own(index: Index, folder: Path) -> None:
    write(folder / "copy.txt", TEXTS["tea.txt"])
    build(index, [folder])
    assert len(set(ids(index).values())) == 4
    whole(index)


def test_two_folders_with_files_of_the_same_name_stand_side_by_side(index: Index, tmp_path: Path) -> None:
    for n in ("one", "two"):
        write(tmp_path / n / "same.txt", f"The text of file {n} is about glass.\n")
        build(index, [tmp_path / n])
    assert len({s.document_id for s in index.store.files()}) == 2
    assert changes(build(index, [tmp_path / "two"])) == (set(), {"same.txt"}, set()), "the other is out of scope"
    assert index.catalogue.count()[0] == 2


def test_refused_files_are_listed_remembered_and_tried_again_when_they_change(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "empty.txt", "")
    (folder / "noise.pdf").write_bytes(b"%PDF-1.7 and nothing of use")
    first = build(index, [folder])
    assert {source for source, _ in first.refused} == {"empty.txt", "noise.pdf"}
    assert set(first.indexed) == set(TEXTS)
    assert {r[1:] for r in index.store.refusals()} == set(first.refused)
    with monkeypatch.context() as patch:
        patch.setattr("indexer.sandbox.Parser.read", lambda *_: pytest.fail("a refused file was read again"))
        assert set(build(index, [folder]).refused) == set(first.refused)
    write(folder / "empty.txt", "Not empty any more.\n")
    (folder / "noise.pdf").unlink()
    third = build(index, [folder])
    assert (third.indexed, third.refused, index.store.refusals()) == (("empty.txt",), (), [])


def test_a_document_that_can_no_longer_be_read_leaves_the_index(index: Index, folder: Path) -> None:
    build(index, [folder])
    write(folder / "tea.txt", "")
    outcome = build(index, [folder])
    assert outcome.refused[0][0] == "tea.txt"
    assert "tea.txt" not in ids(index)
    index.close()
    assert b"slope" not in all_bytes(index)


def test_a_link_out_of_the_folder_is_refused_and_what_it_points_to_stays_out(index: Index, folder: Path) -> None:
    write(folder.parent / "secret.txt", "The password is swordfish.\n")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    [(source, reason)] = build(index, [folder]).refused
    assert source == "link.txt"
    assert "out of the folder" in reason
    assert index.keyword([["swordfish"]], 5) == []


def test_a_manifest_goes_before_the_document_and_its_change_is_taken_over(index: Index, folder: Path) -> None:
    write(folder / "manifest.csv", "source,title,publisher,date,language\ntea.txt,On Tea,The Lake Press,2019-05,en\n")
    build(index, [folder])
    [tea] = index.catalogue.named("tea.txt")
    assert (tea.title, tea.publisher, tea.date) == ("On Tea", "The Lake Press", "2019-05")
    write(folder / "manifest.csv", "source,title,publisher\ntea.txt,On Tea,The Hill Press\n")
    assert changes(build(index, [folder])) == ({"tea.txt"}, {"cats.txt", "law/fines.txt"}, set())
    [again] = index.catalogue.named("tea.txt")
    assert (again.id, again.publisher, again.date) == (tea.id, "The Hill Press", None)
    (folder / "manifest.csv").unlink()
    assert build(index, [folder]).indexed == ("tea.txt",)
    assert index.catalogue.named("tea.txt")[0].publisher is None


def test_a_checksum_that_does_not_fit_is_a_warning(index: Index, folder: Path) -> None:
    write(folder / "manifest.csv", f"source,sha256\ntea.txt,{'0' * 64}\n")
    outcome = build(index, [folder])
    assert "tea.txt" in outcome.indexed
    assert "tea.txt" in outcome.warnings[0]


@pytest.mark.parametrize("after", range(7))
def test_stopped_with_ctrl_c_it_goes_on_where_it_was(index: Index, folder: Path, after: int) -> None:
    seen = 0

    def stop(_: Progress) -> None:
        nonlocal seen
        seen += 1
        if seen > after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(index, [folder], stop)
    reopened = Index(index.folder)
    whole(reopened)
    build(reopened, [folder])
    assert set(ids(reopened)) == set(TEXTS)
    whole(reopened)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment_it_opens_and_a_second_run_completes_it(index: Index, tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "many"
    for n in range(20):
        write(folder / f"{n}.txt", "\n\n".join(f"Paragraph {i} of file {n} tells of glass. " * 8 for i in range(8)))
    index.close()
    command = [sys.executable, "-m", "api.cli", "index", str(folder), "--index", str(index.folder), "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    time.sleep(random.Random(seed).uniform(0.3, 3.0))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    reopened = Index(index.folder, create=True)
    whole(reopened)
    build(reopened, [folder])
    assert len(ids(reopened)) == 20
    whole(reopened)


def test_a_second_writer_is_told_to_wait(index: Index, folder: Path) -> None:
    with index.only_writer():
        with pytest.raises(IndexBusy, match="Wait"):
            build(Index(index.folder), [folder])
        with pytest.raises(IndexBusy):
            remove(Index(index.folder), ["any"])


def test_another_model_than_the_index_was_made_with_is_refused(index: Index, folder: Path) -> None:
    build(index, [folder])
    index.store.set_meta("model", "another")
    with pytest.raises(IndexUnusable, match="--rebuild"):
        build(index, [folder], model=indexer.embedding.DEFAULT)


def all_bytes(index: Index) -> bytes:
    """Every byte of every file of an index."""
    return b"".join(file.read_bytes() for file in index.folder.iterdir())


@pytest.mark.parametrize("how", ["removed", "deleted"])
def test_a_document_that_is_gone_leaves_no_byte_of_its_text_behind(index: Index, folder: Path, how: str) -> None:
    build(index, [folder])
    if how == "removed":
        assert remove(index, [ids(index)["tea.txt"], "unknown"]) == 1
    else:
        (folder / "tea.txt").unlink()
        build(index, [folder])
    index.close()
    content = all_bytes(index)
    assert b"voles" in content
    for trace in (b"slopes", b"slope", b"picked by hand", b"October", b"octob", b"tea.txt"):
        assert trace not in content
    whole(index)


def test_nothing_left_to_index_empties_the_index(index: Index, folder: Path) -> None:
    build(index, [folder])
    for name in TEXTS:
        (folder / name).unlink()
    assert changes(build(index, [folder])) == (set(), set(), set(TEXTS))
    assert index.catalogue.count() == (0, 0, 0)
    assert index.store.db.execute("SELECT count(*) FROM vectors").fetchone() == (0,)


def test_progress_only_goes_up_and_ends_at_the_whole(index: Index, folder: Path) -> None:
    told: list[Progress] = []
    build(index, [folder], told.append)
    for field in ("files_done", "bytes_done", "passages_done"):
        values = [getattr(p, field) for p in told]
        assert values == sorted(values)
    assert (told[-1].files_done, told[-1].bytes_done) == (told[-1].files, told[-1].bytes)
    assert all(p.passages_done <= p.passages for p in told)


def test_an_index_inside_the_folder_is_not_read(folder: Path) -> None:
    inside = Index(folder / "index", create=True)
    for _ in range(2):
        outcome = build(inside, [folder])
        assert outcome.refused == ()
    assert set(ids(inside)) == set(TEXTS)
