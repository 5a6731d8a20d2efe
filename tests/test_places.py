"""A file is one document, known by where it lies, through whichever folder it is named and wherever that was moved."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from test_build import TEXTS, changes, folder, ids, index, whole, write

import indexer.embedding
from api.cli import main
from indexer import entries, readers
from indexer.build import build
from indexer.entries import cut
from indexer.index import Index

__all__ = ["folder", "index"]  # fixtures


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
