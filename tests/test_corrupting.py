"""A changed byte is never passed off as the words of a document: the index answers as before, or says what to do."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from making import document, put, unit
from soaking import outcome, times

from api.cli import main
from indexer.index import Index, IndexBusy
from indexer.integrity import Integrity
from indexer.repair import repair
from indexer.store import IndexDamaged

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def corrupted(folder: Path, changes: int, *more: str) -> dict[str, Any]:
    """What came of changing bytes of an index in ``folder``, see tests/corrupting.py."""
    return outcome("corrupting.py", folder, "--changes", str(changes), *more)


@needs_fork
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("how", [(), ("--large",)], ids=["looked through when opened", "checked as it is read"])
def test_no_changed_byte_gives_a_wrong_answer_or_a_crash(tmp_path: Path, how: tuple[str, ...]) -> None:
    said = corrupted(tmp_path, times(15, 5_000), "--seed", "3", *how)
    assert said["failures"] == []
    assert said["seen"]["said what is wrong"]


@needs_fork
def test_changes_find_an_index_that_believes_every_byte(tmp_path: Path) -> None:
    assert corrupted(tmp_path, 15, "--seed", "3", "--unchecked")["failures"]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = Index(tmp_path / "index", create=True)
    for name in ("a.txt", "b.txt"):
        put(made, document(name), [f"The harvest of {name} failed.", "It was a dry year."], unit(2, 8))
    with made.only_writer():
        made.follow()
    return made


def change(index: Index, sql: str) -> None:
    """Change the database as no part of the program would."""
    index.store.db.execute("PRAGMA writable_schema=ON")
    index.store.db.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE documents SET text = replace(text, 'dry', 'wet') WHERE source = 'a.txt'",
        "UPDATE documents SET title = 'Another' WHERE source = 'a.txt'",
        "UPDATE documents SET date = '1999-01-01' WHERE source = 'a.txt'",
        "UPDATE paragraphs SET label = 'para 9' WHERE document = 1 AND number = 2",
        "UPDATE paragraphs SET page = 7 WHERE document = 1 AND number = 2",
        "UPDATE passages SET char_end = char_end - 1 WHERE document = 1",
        "DELETE FROM paragraphs WHERE document = 1 AND number = 2",
        "DELETE FROM seals WHERE document = 1",
    ],
)
@pytest.mark.parametrize("whole_up_to", [0, 1_000_000_000], ids=["as it is read", "when opened"])
def test_what_a_document_says_is_not_given_out_once_it_was_changed(index: Index, sql: str, whole_up_to: int) -> None:
    about = document("a.txt").id
    change(index, sql)
    opened = Index(index.folder)
    opened.catalogue.integrity = Integrity(opened.store, whole_up_to)
    with pytest.raises(IndexDamaged, match=r"pincite\.db is damaged.*pincite doctor --repair --index"):  # noqa: PT012
        opened.vectors()
        opened.catalogue.text_of(about)
    if whole_up_to == 0 and "DELETE FROM seals" not in sql:
        assert "b.txt" in opened.catalogue.text_of(document("b.txt").id), "the other document still speaks"


@pytest.mark.parametrize("where", [0, 1], ids=["in the tree of ids", "in its row"])
def test_a_document_that_is_not_found_by_its_id_any_more_is_damage_and_not_missing(index: Index, where: int) -> None:
    about, other = document("a.txt").id, document("b.txt").id
    index.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    index.close()
    data = (index.folder / "pincite.db").read_bytes()
    at = [m.start() for m in re.finditer(about.encode(), data)][where]
    (index.folder / "pincite.db").write_bytes(data[:at] + b"x" + data[at + 1 :])
    opened = Index(index.folder)
    opened.catalogue.integrity = Integrity(opened.store, whole_up_to=0)
    with pytest.raises(IndexDamaged, match=r"pincite\.db is damaged.*pincite doctor --repair --index"):  # noqa: PT012
        for listed in opened.store.files():
            opened.catalogue.document(listed.document_id)
            opened.catalogue.text_of(listed.document_id)
    assert "b.txt" in opened.catalogue.text_of(other)


def test_what_was_never_there_is_missing_and_looked_for_once(index: Index) -> None:
    integrity = index.catalogue.integrity
    for _ in range(2):
        with pytest.raises(KeyError):
            index.catalogue.text_of("nothing")
        assert index.catalogue.document("nothing") is None
    assert integrity._found_by_id == index.store.generation


def test_a_text_changed_after_it_was_read_once_is_noticed_at_the_next_reading(index: Index) -> None:
    about = document("a.txt").id
    opened = Index(index.folder)
    assert "dry" in opened.catalogue.text_of(about)
    change(index, "UPDATE documents SET text = replace(text, 'dry', 'wet') WHERE source = 'a.txt'")
    with pytest.raises(IndexDamaged, match=r"a\.txt was changed"):
        opened.catalogue.text_of(about)


@pytest.mark.parametrize(
    "sql", ["DELETE FROM keywords_data WHERE id > 10", "UPDATE meta SET value = 'other' WHERE key = 'model'"]
)
def test_changed_keywords_and_settings_are_noticed_before_the_first_question(index: Index, sql: str) -> None:
    index.store.set_meta("model", "quick")
    with index.only_writer():
        index.store.db.execute("DELETE FROM meta WHERE key = 'seal'")
        index.follow()
    change(index, sql)
    with pytest.raises(IndexDamaged, match="settings or its keyword index"):
        Index(index.folder).keyword([["harvest"]], 5)


def test_a_changed_vector_is_not_searched_and_a_lost_one_not_passed_over(index: Index) -> None:
    (index.folder / "dense.json").unlink()
    change(index, "UPDATE vectors SET vector = zeroblob(length(vector))")
    with pytest.raises(IndexDamaged, match="a vector was lost or changed"):
        Index(index.folder).vectors()


def test_a_vector_under_the_hash_of_another_text_is_noticed(index: Index) -> None:
    (index.folder / "dense.json").unlink()
    change(index, "UPDATE vectors SET vector = (SELECT vector FROM vectors ORDER BY hash DESC LIMIT 1)")
    with pytest.raises(IndexDamaged):
        Index(index.folder).vectors()


def test_repair_keeps_what_holds_and_names_what_must_be_indexed_again(index: Index) -> None:
    before = index.keyword([["harvest"]], 5)
    kept = index.catalogue.text_of(document("b.txt").id)
    change(index, "UPDATE documents SET text = replace(text, 'dry', 'wet') WHERE source = 'a.txt'")
    change(index, "DELETE FROM keywords_data WHERE id > 10")
    index.close()
    done = repair(index.folder)
    assert (done.kept, done.lost, done.whole) == (1, ("/somewhere/a.txt",), False)
    mended = Index(index.folder)
    assert mended.store.damage() == ""
    assert mended.catalogue.text_of(document("b.txt").id) == kept
    assert len(mended.keyword([["harvest"]], 5)) == len(before) - 1
    assert len(mended.vectors()) == 2
    np.testing.assert_allclose(mended.store.vectors()[1], unit(2, 8), atol=1e-3)


def test_repair_of_a_whole_index_makes_its_faiss_file_anew(index: Index) -> None:
    [file] = index.folder.glob("dense-*.faiss")
    file.write_bytes(b"noise")
    index.close()
    assert repair(index.folder).whole
    assert file.read_bytes() != b"noise"


def test_repair_does_not_replace_a_database_that_another_program_has_open(index: Index) -> None:
    change(index, "UPDATE documents SET text = 'x' WHERE source = 'a.txt'")
    with pytest.raises(IndexBusy, match="pincite serve"):
        repair(index.folder)


def test_the_doctor_finds_the_change_and_its_repair_says_what_to_do(
    index: Index, capsys: pytest.CaptureFixture[str]
) -> None:
    change(index, "UPDATE documents SET text = replace(text, 'dry', 'wet') WHERE source = 'a.txt'")
    index.close()
    at = str(index.folder)
    assert main(["doctor", "--index", at, "--json"]) == 1
    findings = {f["about"]: f for f in json.loads(capsys.readouterr().out)["findings"]}
    assert "pincite doctor --repair --index" in findings["seals"]["detail"]
    assert main(["doctor", "--repair", "--index", at]) == 1
    assert "/somewhere/a.txt: index it again" in " ".join(capsys.readouterr().out.split())
    assert main(["doctor", "--repair", "--index", at]) == 0


def test_notes_that_others_keep_in_the_settings_are_no_damage(index: Index) -> None:
    index.store.set_meta("evaluated", "3")
    assert Index(index.folder).keyword([["harvest"]], 5)
