"""Which files below a path are read, passed over or refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.scan import is_nowhere, printable, scan


def test_files_are_listed_in_a_fixed_order_with_forward_slashes(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    found = scan([tmp_path])
    assert [file.source for file in found.files] == ["b.txt", "a/z.txt", "a/b/c.txt"]
    assert [file.path.read_text() for file in found.files] == [file.source for file in found.files]
    assert [file.size for file in found.files] == [len(file.source) for file in found.files]


def test_hidden_files_editor_locks_and_the_manifest_are_passed_over(tmp_path: Path) -> None:
    for name in (".hidden", "~$open.docx", "Thumbs.db", "manifest.csv", "kept.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "inside.txt").write_text("x")
    found = scan([tmp_path])
    assert [file.source for file in found.files] == ["kept.txt"]
    assert set(found.skipped) == {".hidden", "~$open.docx", "Thumbs.db", "manifest.csv"}


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        scan([tmp_path / "nowhere"])


def test_links_out_of_the_folder_are_refused_whether_to_a_file_or_a_folder(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.txt").write_text("secret")
    (inside / "file.txt").symlink_to(outside / "secret.txt")
    (inside / "folder").symlink_to(outside)
    (inside / "up.txt").symlink_to("../outside/secret.txt")
    found = scan([inside])
    assert not found.files
    assert {source for _, source, _ in found.refused} == {"file.txt", "folder", "up.txt"}
    assert all("out of the folder" in reason for _, _, reason in found.refused)


def test_a_link_within_the_folder_is_read_and_a_broken_or_circular_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("x")
    (tmp_path / "alias.txt").symlink_to("real.txt")
    (tmp_path / "broken.txt").symlink_to("gone.txt")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "self").symlink_to("self")
    found = scan([tmp_path])
    assert [file.source for file in found.files] == ["alias.txt", "real.txt"]
    assert {source for _, source, _ in found.refused} == {"broken.txt", "loop", "self"}


def test_what_is_no_plain_file_is_refused_unread(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    [(_, source, reason)] = scan([tmp_path]).refused
    assert (source, reason) == ("pipe", "not a plain file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_opened_is_refused_with_that_reason(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "shut.txt").write_text("x")
    (tmp_path / "locked").chmod(0)
    (tmp_path / "shut.txt").chmod(0)
    try:
        refused = {source: reason for _, source, reason in scan([tmp_path]).refused}
    finally:
        (tmp_path / "locked").chmod(0o700)
    assert set(refused) == {"locked", "shut.txt"}
    assert all("permissions" in reason for reason in refused.values())


def test_a_file_named_twice_is_listed_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    assert len(scan([tmp_path, tmp_path / "a.txt", tmp_path / "." / "a.txt"]).files) == 1


def test_a_single_file_stands_below_its_folder_and_covers_only_itself(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "b.txt").write_text("x")
    found = scan([tmp_path / "a.txt"])
    assert [(file.root, file.source) for file in found.files] == [(tmp_path, "a.txt")]
    assert found.covers(str(tmp_path), "a.txt")
    assert not found.covers(str(tmp_path), "b.txt")


def test_a_folder_covers_what_lies_below_it_and_no_folder_that_is_named_alike(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    found = scan([tmp_path / "one"])
    assert found.covers(str(tmp_path / "one"), "deep/gone.txt")
    assert found.covers(str(tmp_path), "one/gone.txt")
    assert not found.covers(str(tmp_path), "one-more/gone.txt")


def test_names_of_any_script_and_with_quotes_are_listed(tmp_path: Path) -> None:
    names = {"Қазақстан.txt", "it's 100%.txt", 'say "x".txt', "a\nb.txt"}
    for name in names:
        (tmp_path / name).write_text("x")
    assert {file.source for file in scan([tmp_path]).files} == names


def in_bytes(folder: Path, name: bytes) -> Path:
    """A path below a folder whose name is not UTF-8, as an archive of another system leaves it."""
    return Path(os.fsdecode(os.fsencode(folder) + b"/" + name))


def test_a_name_that_is_not_utf8_is_refused_alone_and_shown_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "sound.txt").write_text("x")
    in_bytes(tmp_path, "Приговор.txt".encode("cp866")).write_text("x")
    in_bytes(tmp_path, "~$Приговор.txt".encode("cp866")).write_text("x")
    in_bytes(tmp_path, "ссылка".encode("cp866")).symlink_to(tmp_path)
    in_bytes(tmp_path, "Дела".encode("cp866")).mkdir()
    (in_bytes(tmp_path, "Дела".encode("cp866")) / "inside.txt").write_text("x")
    found = scan([tmp_path])
    assert [file.source for file in found.files] == ["sound.txt"]
    assert {source: reason for _, source, reason in found.refused} == dict.fromkeys(
        (r"\x8fਣ\xae\xa2\xae\xe0.txt", r"\x84\xa5\xab\xa0", r"\xe1\xe1뫪\xa0"), "its name is not UTF-8: rename it"
    )
    assert found.skipped == (r"~$\x8fਣ\xae\xa2\xae\xe0.txt",)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_named_by_itself_is_refused_for_its_name_too(tmp_path: Path, kind: str) -> None:
    named = in_bytes(tmp_path, b"\x84\xa5")
    inside = named / "a.txt" if kind == "folder" else named
    inside.parent.mkdir(exist_ok=True)
    inside.write_text("x")
    assert scan([named]).refused == ((str(tmp_path), r"\x84\xa5", "its name is not UTF-8: rename it"),)


def test_below_a_folder_whose_name_is_not_utf8_the_folder_is_to_be_renamed(tmp_path: Path) -> None:
    above = in_bytes(tmp_path, b"\x84\xa5")
    (above / "deep").mkdir(parents=True)
    (above / "deep" / "a.txt").write_text("x")
    for named in (above / "deep", above / "deep" / "a.txt"):
        [(root, source, reason)] = scan([named]).refused
        assert (root, source) == (printable(named.parent), named.name)
        assert "folder above" in reason
    with pytest.raises(FileNotFoundError, match=r"x84.xa5"):
        scan([above / "nowhere"])


def test_only_what_is_known_not_to_be_there_is_nowhere(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "broken").symlink_to("gone")
    (tmp_path / "loop").symlink_to("loop")
    there = {name: is_nowhere(str(tmp_path / name)) for name in ("a.txt", "broken", "b.txt", "c/d.txt", "a.txt/e.txt")}
    assert [name for name, nowhere in there.items() if nowhere] == ["b.txt", "c/d.txt", "a.txt/e.txt"]
    assert not is_nowhere(str(tmp_path / "loop" / "a.txt")), "what cannot be looked for may be there"
    assert not is_nowhere("a row of a data set")
