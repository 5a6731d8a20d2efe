"""The build, end to end with the real model: what did not change costs nothing, and it can be stopped anywhere."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import indexer.embedding
from api.cli import main
from indexer import entries, readers
from indexer.build import Outcome, Progress, build, remove
from indexer.entries import cut
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


@pytest.fixture(params=["folder", "library"])
def any_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    """An index of each kind: in a folder, and past one machine."""
    if request.param == "folder":
        made = Index(tmp_path / "index", create=True)
    else:
        made = request.getfixturevalue("services").library(tmp_path / "library").open(create=True)
    yield made
    made.close()


def texts(index: Index) -> dict[str, str]:
    """The text of each document by its id."""
    return {state.document_id: index.catalogue.text_of(state.document_id) for state in index.store.files()}


def unread(patch: pytest.MonkeyPatch) -> None:
    """Have a file that is opened fail the test."""
    patch.setattr("indexer.sandbox.Parser.load", lambda *_: pytest.fail("an unchanged file was read"))


NAMED = {
    "the folder below": ("", "law"), "the folder above": ("law", ""), "the file by itself": ("", "law/fines.txt"),
    "first the file by itself": ("law/fines.txt", ""),
}  # fmt: skip


@pytest.mark.parametrize(("first", "then"), NAMED.values(), ids=NAMED)
def test_a_file_is_one_document_through_whichever_folder_it_is_named(
    any_index: Index, folder: Path, first: str, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = next(source for source in build(any_index, [folder / first]).indexed if source.endswith("fines.txt"))
    before = ids(any_index)
    with monkeypatch.context() as patch:
        if first == "":
            unread(patch)
        outcome = build(any_index, [folder / then])
    assert ("law/fines.txt" if then == "" else "fines.txt") in outcome.unchanged, "named as below the folder given"
    assert ids(any_index).items() >= before.items(), "what was cited stays"
    write(folder / "law" / "fines.txt", "The court fined nobody.\n")
    changed = build(any_index, [folder / then])
    assert changed.indexed == ("law/fines.txt" if then == "" else "fines.txt",)
    assert texts(any_index)[before[known]] == "The court fined nobody.\n"
    assert any_index.keyword([["organis"]], 5) == any_index.keyword([["organisation"]], 5) == []
    assert sum(source.endswith("fines.txt") for source in ids(any_index)) == 1
    with monkeypatch.context() as patch:
        unread(patch)
        assert build(any_index, [folder / first]).indexed == build(any_index, [folder / then]).indexed == ()
    assert changed.removed == outcome.removed == ()


def test_a_file_that_is_gone_leaves_the_index_through_a_folder_below_it_or_above(index: Index, folder: Path) -> None:
    build(index, [folder])
    (folder / "law" / "fines.txt").unlink()
    assert build(index, [folder / "law"]).removed == ("law/fines.txt",)
    build(index, [folder / "tea.txt"])
    (folder / "tea.txt").unlink()
    assert build(index, [folder]).removed == ("tea.txt",)
    assert set(ids(index)) == {"cats.txt"}


def test_a_file_refused_through_one_folder_is_not_read_again_through_another(
    index: Index, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "law" / "empty.txt", "")
    assert [source for source, _ in build(index, [folder]).refused] == ["law/empty.txt"]
    unread(monkeypatch)
    assert [source for source, _ in build(index, [folder / "law"]).refused] == ["empty.txt"]
    assert [source for _, source, _ in index.store.refusals()] == ["law/empty.txt"]


def test_what_the_manifest_of_the_indexed_folder_says_holds_through_a_folder_below(index: Index, folder: Path) -> None:
    write(folder / "manifest.csv", "source,title\nlaw/fines.txt,On Fines\n")
    build(index, [folder])
    write(folder / "law" / "fines.txt", "The court fined nobody.\n")
    assert build(index, [folder / "law"]).indexed == ("fines.txt",)
    assert [d.title for d in index.catalogue.named("law/fines.txt")] == ["On Fines"]


def test_a_manifest_above_describes_a_file_that_was_first_named_through_a_folder_below(
    index: Index, folder: Path
) -> None:
    build(index, [folder / "law"])
    write(folder / "manifest.csv", "source,title\nlaw/fines.txt,On Fines\n")
    build(index, [folder])
    assert [d.title for d in index.catalogue.named("fines.txt")] == ["On Fines"]


def test_a_copy_that_an_older_index_has_under_another_folder_is_taken_out(index: Index, folder: Path) -> None:
    build(index, [folder])
    kept = ids(index)["law/fines.txt"]
    build(index, [folder / "tea.txt"])
    double(index, "law/fines.txt", folder / "law", "fines.txt")
    assert len(ids(index)) == 4
    outcome = build(index, [folder])
    assert (outcome.indexed, outcome.removed) == ((), ())
    assert "twice" in outcome.warnings[0]
    assert ids(index)["law/fines.txt"] == kept
    assert "fines.txt" not in ids(index)
    whole(index)


def double(index: Index, source: str, root: Path, other: str) -> None:
    """Write a document a second time under another folder, as indexes of before may have it."""
    state = next(s for s in index.store.files() if s.source == source)
    [document] = index.catalogue.named(source)
    text = index.catalogue.text_of(document.id)
    extract = readers.read(text.encode(), source)
    again = cut(replace(document, id="f" * 16, source=other), extract, str(root), (state.size, state.mtime_ns))
    entries.write(index, [again], indexer.embedding.load())
    index.save_vectors()


def test_a_folder_that_was_moved_takes_its_documents_along(any_index: Index, folder: Path) -> None:
    write(folder / "copy.txt", TEXTS["tea.txt"])
    build(any_index, [folder])
    before = ids(any_index)
    moved = folder.rename(folder.parent / "moved")
    build(any_index, [moved])
    assert ids(any_index) == before, "copies are told apart by their names"
    assert {state.root for state in any_index.store.files()} == {str(moved)}
    assert any_index.catalogue.original(before["tea.txt"]) == moved / "tea.txt"
    assert changes(build(any_index, [moved])) == (set(), set(before), set())


def test_a_folder_moved_into_an_indexed_one_takes_its_documents_along(index: Index, folder: Path) -> None:
    build(index, [folder])
    before = ids(index)
    (folder.parent / "all").mkdir()
    folder.rename(folder.parent / "all" / "mine")
    build(index, [folder.parent / "all"])
    assert ids(index) == {f"mine/{source}": id for source, id in before.items()}


def test_a_document_whose_folder_is_away_stays_unless_the_same_file_is_found_elsewhere(
    index: Index, folder: Path
) -> None:
    build(index, [folder])
    before = ids(index)
    away = folder.rename(folder.parent / "away")
    other = folder.parent / "other"
    write(other / "tea.txt", TEXTS["tea.txt"].replace("hand", "hook"))
    outcome = build(index, [other])
    assert (outcome.indexed, outcome.removed) == (("tea.txt",), ())
    assert len(index.store.files()) == 4
    assert texts(index)[before["tea.txt"]] == TEXTS["tea.txt"]
    away.rename(folder)
    assert changes(build(index, [folder])) == (set(), set(TEXTS), set())
    assert index.catalogue.original(before["tea.txt"]) == folder / "tea.txt"


def test_a_copy_of_an_indexed_folder_takes_nothing_from_it(index: Index, folder: Path) -> None:
    build(index, [folder])
    before = texts(index)
    shutil.copytree(folder, folder.parent / "copy")
    build(index, [folder.parent / "copy"])
    assert len(texts(index)) == 6
    assert texts(index).items() >= before.items()
    assert sum(state.root == str(folder) for state in index.store.files()) == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_that_may_not_be_entered_is_not_taken_for_gone(index: Index, folder: Path) -> None:
    build(index, [folder])
    shutil.copytree(folder, folder.parent / "copy")
    folder.chmod(0)
    try:
        build(index, [folder.parent / "copy"])
    finally:
        folder.chmod(0o700)
    assert len(ids_of(index, folder)) == 3


def ids_of(index: Index, root: Path) -> list[str]:
    """The ids of the documents under a folder."""
    return [state.document_id for state in index.store.files() if state.root == str(root)]


def test_an_upload_is_left_alone_and_takes_no_document_of_a_folder(index: Index, folder: Path) -> None:
    uploads = index.folder / "uploads"
    for name in ("tea.txt", "cats.txt"):
        write(uploads / name, TEXTS[name])
    build(index, [uploads / "tea.txt"])
    build(index, [folder / "cats.txt"])
    before = ids_of(index, uploads) + ids_of(index, folder)
    (uploads / "tea.txt").unlink()
    (folder / "cats.txt").unlink()
    build(index, [uploads / "cats.txt"])
    build(index, [folder / "tea.txt"])
    assert [ids_of(index, root)[0] for root in (uploads, folder)] == before
    assert [len(ids_of(index, root)) for root in (uploads, folder)] == [2, 2]


def test_a_file_whose_name_is_not_utf8_costs_only_itself(
    index: Index, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = Path(os.fsdecode(os.fsencode(folder) + "/Приговор.txt".encode("cp866")))
    odd.write_text("Приговор суда. Признать виновной.")
    why = (r"\x8fਣ\xae\xa2\xae\xe0.txt", "its name is not UTF-8: rename it")
    for _ in range(2):
        outcome = build(index, [folder, odd])
        assert set(outcome.refused) == {why}
    assert set(outcome.unchanged) == set(TEXTS)
    assert [r[1:] for r in index.store.refusals()] == [why]
    for how in ([], ["--json"]):
        assert main(["index", str(folder), "--index", str(index.folder), *how]) == 0
        assert "rename it" in capsys.readouterr().out
    odd.rename(folder / "Приговор.txt")
    assert build(index, [folder]).indexed == ("Приговор.txt",)
    assert index.store.refusals() == []
