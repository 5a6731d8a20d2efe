"""The database: all or nothing, replaced and deleted whole, refusals remembered."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
from making import document, put, unit

from indexer.index import Index
from indexer.store import IndexUnusable, Store


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "index", create=True)


def test_a_write_that_fails_leaves_nothing_and_the_generation_as_it_was(index: Index) -> None:
    before = index.store.generation

    def half() -> None:
        with index.store.writing():
            index.store.set_meta("model", "half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert index.store.meta("model") is None
    assert index.store.generation == before


def test_each_write_counts_the_generation_up(index: Index) -> None:
    before = index.store.generation
    for _ in range(3):
        with index.store.writing():
            pass
    assert index.store.generation == before + 3


def test_a_document_written_again_replaces_all_that_hung_on_it(index: Index) -> None:
    put(index, document("a.txt"), ["old words here", "more old words"])
    put(index, document("a.txt"), ["new sentence"])
    assert index.catalogue.count() == (1, 1, 1)
    assert index.keyword([["old"]], 10) == []
    assert len(index.keyword([["new"]], 10)) == 1


def test_deleting_a_document_deletes_its_words_and_then_its_vectors(index: Index) -> None:
    put(index, document("a.txt"), ["alpha"])
    put(index, document("b.txt"), ["beta"])
    with index.store.writing():
        assert index.store.delete(document("a.txt").id)
        assert not index.store.delete("unknown")
        index.store.forget_unused_vectors()
    assert index.catalogue.count() == (1, 1, 1)
    assert index.keyword([["alpha"]], 10) == []
    assert len(index.store.vectors()[0]) == 1
    assert index.store.db.execute("SELECT count(*) FROM vectors").fetchone() == (1,)


def test_passage_keys_are_never_used_twice(index: Index) -> None:
    put(index, document("a.txt"), ["one", "two"])
    before = set(index.store.vectors()[0].tolist())
    put(index, document("a.txt"), ["one", "two"])
    assert before.isdisjoint(index.store.vectors()[0].tolist())


def test_vectors_come_back_within_the_precision_of_sixteen_bits(index: Index) -> None:
    vectors = unit(3, 8, seed=1)
    put(index, document("a.txt"), ["x", "y", "z"], vectors)
    keys, stored = index.store.vectors()
    assert list(keys) == sorted(keys)
    np.testing.assert_allclose(stored, vectors, atol=1e-3)


def test_an_empty_store_has_no_vectors(index: Index) -> None:
    keys, vectors = index.store.vectors()
    assert (len(keys), len(vectors)) == (0, 0)


def test_a_refusal_holds_for_that_very_file_until_the_readers_change(index: Index) -> None:
    store = index.store
    store.refuse("/r", "a.pdf", 10, 99, 1, "damaged")
    assert store.refusal("/r", "a.pdf", 10, 99, 1) == "damaged"
    for other in ((11, 99, 1), (10, 98, 1), (10, 99, 2)):
        assert store.refusal("/r", "a.pdf", *other) is None
    store.refuse("/r", "a.pdf", 11, 99, 1, "still damaged")
    assert store.refusals() == [("/r", "a.pdf", "still damaged")]
    store.forget_refusals([("/r", "a.pdf")])
    assert store.refusals() == []


def test_a_reader_sees_one_state_while_another_thread_writes(index: Index) -> None:
    put(index, document("a.txt"), ["alpha"])
    with index.store.reading():
        before = index.catalogue.count()
        writer = threading.Thread(target=put, args=(index, document("b.txt"), ["beta"]))
        writer.start()
        writer.join()
        assert index.catalogue.count() == before
    assert index.catalogue.count()[0] == 2


def test_emptying_keeps_nothing_but_counts_on(index: Index) -> None:
    put(index, document("a.txt"), ["alpha"])
    index.store.set_meta("model", "m")
    generation = index.store.generation
    index.empty()
    assert index.catalogue.count() == (0, 0, 0)
    assert index.store.meta("model") is None
    assert index.store.generation > generation
    assert index.store.damage() == ""


def test_a_file_that_is_no_database_says_so_and_names_the_command(tmp_path: Path) -> None:
    (tmp_path / "pincite.db").write_bytes(b"not a database, at least no SQLite" * 100)
    with pytest.raises(IndexUnusable, match="pincite doctor"):
        Store(tmp_path / "pincite.db")


def test_another_format_says_to_index_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "pincite.db")
    store.set_meta("format", "999")
    store.close()
    with pytest.raises(IndexUnusable, match="pincite index FOLDER"):
        Store(tmp_path / "pincite.db")


def test_a_database_that_was_stopped_before_its_tables_were_made_is_made_whole(tmp_path: Path) -> None:
    (tmp_path / "pincite.db").touch()
    assert Store(tmp_path / "pincite.db").generation == 0


def test_many_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(6)

    def opened() -> None:
        start.wait()
        try:
            Store(tmp_path / "pincite.db").close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=opened) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_word_missing_from_the_keyword_index_is_damage(index: Index) -> None:
    put(index, document("a.txt"), ["alpha beta"])
    assert index.store.damage() == ""
    index.store.db.execute("DELETE FROM keywords_data WHERE id > 10")
    assert index.store.damage()


def test_what_is_compacted_leaves_no_trace_of_deleted_text(index: Index) -> None:
    put(index, document("a.txt", title="Zanzibarian"), ["quixotically nomenclatured paragraph"])
    put(index, document("b.txt"), ["kept"])
    with index.store.writing():
        index.store.delete(document("a.txt").id)
    index.store.compact()
    index.close()
    content = b"".join(file.read_bytes() for file in index.folder.iterdir()).lower()
    for trace in (b"zanzibar", b"quixotic", b"nomencl"):
        assert trace not in content
    assert b"kept" in content


def test_the_hash_of_the_corpus_does_not_depend_on_the_order_of_writing(tmp_path: Path) -> None:
    hashes = []
    for n, names in enumerate((["a.txt", "b.txt"], ["b.txt", "a.txt"])):
        index = Index(tmp_path / str(n), create=True)
        for name in names:
            put(index, document(name), [name])
        hashes.append(index.store.corpus_hash())
    assert hashes[0] == hashes[1]


def test_only_one_connection_writes_at_a_time(index: Index) -> None:
    other = sqlite3.connect(index.store.path, timeout=0.01)
    with index.store.writing(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("DELETE FROM documents")
    other.close()


def levels_added(index: Index, count: int) -> None:
    """Give the keyword index ``count`` empty levels more, as so many compactions leave behind."""
    db = index.store.db
    [record] = db.execute("SELECT block FROM keywords_data WHERE id = 10").fetchone()
    assert record[4] < 0x80  # few levels: one byte
    levels = record[4] + count
    made = record[:4] + bytes([levels >> 7 | 0x80, levels & 0x7F])
    # How many segments, how many writes, and two numbers for each level, of which the new ones hold 0.
    rest = record[5:]
    head = next(i for i in range(1, 11) if rest[i] < 0x80) + 1
    db.execute(
        "UPDATE keywords_data SET block = ? WHERE id = 10", (made + rest[:head] + b"\0\0" * count + rest[head:],)
    )


def test_an_index_outlives_any_number_of_deletions(index: Index) -> None:
    """FTS5 of SQLite 3.40 adds levels as it merges, and reads an index of more than 2,000 no more."""
    for n in range(40):
        put(index, document(f"{n}.txt"), [f"harvest {n} in {word}" for word in ("Almaty", "Geneva") * 40])
    index.store.compact()
    levels_added(index, 1_990)
    index.close()
    for n in range(20):
        opened = Index(index.folder)
        with opened.store.writing():
            opened.store.delete(document(f"{n}.txt").id)
        put(opened, document(f"more {n}.txt"), [f"report {n} of {word}" for word in ("court", "council") * 40])
        opened.store.compact()
        assert not opened.store.damage()
        assert len(opened.keyword([["geneva"]], 2_000)) == 40 * (39 - n)
        opened.close()
