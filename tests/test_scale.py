"""The seam, over both engines: FAISS and SQLite, Milvus and PostgreSQL give the same for the same documents."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from making import CORPUS, document, put, unit
from scaling import Services

from indexer import scale
from indexer.build import build, remove
from indexer.catalogue import Filters
from indexer.faults import Unreachable
from indexer.index import Index, IndexBusy, IndexMissing
from indexer.location import Location
from indexer.missing import ScaleMissing
from indexer.scale import ScaleIndex
from search.engine import Engine
from search.query import Mode, Query

Both = tuple[Index, ScaleIndex]
PLACES = "Almaty Astana Geneva Vienna Brussels Алматы Астана".split()
ACTS = "arrested released protested convicted acquitted detained суд освободил".split()
PUBLISHERS = ("odd", "even", None, 'o\'dd "quoted" \\ ')
DATES = ("2020", "2020-06", "2021-02-11", "2021-03", None, "2024-12-31")
FILTERS = [
    Filters(),
    Filters(publisher=("odd",)),
    Filters(source=("3.txt", "7.txt", "gone.txt")),
    Filters(language=("ru",), publisher=("even", 'o\'dd "quoted" \\ ')),
    Filters(date_from="2021-03"),
    Filters(date_to="2021"),
    Filters(date_from="2020-06-15", date_to="2021-02"),
    Filters(media_type=("text/plain",), date_from="2024"),
]
FILTER_NAMES = "all publisher source language from until between none".split()
QUESTIONS = [
    "which NGOs were suspended in January",
    "Who was detained on 28 February 2021?",
    "what does recital O say?",
    "Bokayev",
    "freedom of expression in Kazakhstan",
    "кто такой Бокаев",
    "what is the price of wheat in Canada?",
]


def filled(index: Index) -> None:
    """Put 12 documents of 25 passages: words that recur, numbers that are phrases, equal passages, every field."""
    drawn = np.random.default_rng(5)
    for n in range(12):
        about = document(
            f"{n}.txt", title=f"Report {n} of {PLACES[n % 7]}", publisher=PUBLISHERS[n % 4],
            language=("en", "ru", None)[n % 3], date=DATES[n % 6],
        )  # fmt: skip
        texts = [
            f"In {drawn.choice(PLACES)} they {drawn.choice(ACTS)} person{i % 7}, para {i}.{n}; see 124.40, O'Brien"
            if i % 5
            else "The same words stand here each time."
            for i in range(25)
        ]
        vectors = unit(25, 16, seed=n)
        vectors[::5] = unit(1, 16, seed=77)
        put(index, about, texts, vectors)


@pytest.fixture(scope="module")
def both(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("both")
    one = Index(folder / "one", create=True)
    many = services.library(folder / "many").open(create=True)
    assert isinstance(many, ScaleIndex)
    for index in (one, many):
        filled(index)
    yield one, many
    one.close()
    many.close()


@pytest.fixture
def many(services: Services, tmp_path: Path) -> Iterator[ScaleIndex]:
    """An empty library."""
    made = services.library(tmp_path / "many").open(create=True)
    assert isinstance(made, ScaleIndex)
    yield made
    made.close()


def names(index: Index, found: list[tuple[int, float]]) -> list[str]:
    """What the passages that were found are called, whatever keys an engine gave them."""
    passages = index.catalogue.passages([key for key, _ in found])
    return [passages[key].id for key, _ in found]


def equals(index: Index, found: list[tuple[int, float]], k: int) -> list[set[str] | int]:
    """The names of what was found, those of equal scores together; of equals that ``k`` cuts, only how many."""
    groups: list[set[str] | int] = []
    named = list(zip(names(index, found), (score for _, score in found), strict=True))
    for n, (name, score) in enumerate(named):
        if n and named[n - 1][1] - score < 1e-6:
            groups[-1].add(name)  # type: ignore[union-attr]
        else:
            groups.append({name})
    if len(found) == k:
        groups[-1] = len(groups[-1])  # type: ignore[arg-type]
    return groups


# -- the same results


@pytest.mark.parametrize("few", [0, 500], ids=["by the engine", "one by one"])
@pytest.mark.parametrize("filters", FILTERS, ids=FILTER_NAMES)
def test_dense_search_finds_the_same_passages_with_the_same_cosines(
    both: Both, filters: Filters, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scale, "_FEW", few)
    for query, k in itertools.product(unit(2, 16, seed=99), (1, 30, 500)):
        one, many = (index.dense(query, k, filters) for index in both)
        assert [score for _, score in many] == pytest.approx([score for _, score in one], abs=1e-6)
        assert equals(both[1], many, k) == equals(both[0], one, k)


def test_the_few_passages_that_a_filter_leaves_are_compared_one_by_one(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(both[1].engine, "dense", lambda *given: asked.append(given) or [])
    for few in (25, 24):
        monkeypatch.setattr(scale, "_FEW", few)
        both[1].dense(unit(1, 16)[0], 10, Filters(source=("3.txt",)))
    assert len(asked) == 1  # of 25 passages


def test_the_filters_of_these_tests_let_some_through_and_keep_some_out(both: Both) -> None:
    counts = [len(both[0].dense(unit(1, 16)[0], 500, filters)) for filters in FILTERS[1:]]
    assert all(0 < count < 300 for count in counts)  # the last names no date that any has


WORDS = [
    ["almati", "arrest"], ["124.40"], ["o'brien", "person3"], ["1.2", "person5"], ["same"], ["освобод"],
    ["astana", "astana", "geneva"], ["report"], ["nothing"], ['"'], ["OR"], ["a*"], ["-wort", "^"], [""],
    ["para", "see"],
]  # fmt: skip


@pytest.mark.parametrize("stems", WORDS, ids=" ".join)
@pytest.mark.parametrize("ranked_by", ["Milvus", "PostgreSQL"])
def test_keyword_search_finds_the_same_passages_with_the_same_bm25(
    both: Both, stems: list[str], ranked_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert both[1].engine.has_keywords  # else this would test one side twice
    monkeypatch.setattr(both[1].engine, "has_keywords", ranked_by == "Milvus")
    for filters in FILTERS:
        one, many = (index.keyword([[stem] for stem in stems], 500, filters) for index in both)
        assert [score for _, score in many] == pytest.approx([score for _, score in one], abs=1e-6)
        assert names(both[1], many) == names(both[0], one)


def test_the_words_of_these_tests_are_found(both: Both) -> None:
    found = [len(both[0].keyword([[stem] for stem in stems], 500)) for stems in WORDS]
    assert [bool(n) for n in found] == [*[True] * 8, *[False] * 6, True]


def test_words_are_as_frequent_and_have_the_same_neighbours(both: Both) -> None:
    for stem in {stem for stems in WORDS for stem in stems}:
        assert both[1].document_frequency(stem) == both[0].document_frequency(stem), stem
    for prefix in ("a", "pers", "осв", "12", "zz"):
        assert sorted(both[1].neighbours(prefix)) == sorted(both[0].neighbours(prefix)), prefix


def test_what_passages_at_large_are_like_is_the_same(both: Both) -> None:
    one, many = (index.vectors() for index in both)
    assert len(one) == len(many) == 300
    np.testing.assert_allclose(many.sample, one.sample, atol=1e-6)
    query = unit(1, 16, seed=3)[0]
    assert many.chance(query) == pytest.approx(one.chance(query), abs=1e-6)


def test_the_catalogue_reads_the_same(both: Both) -> None:
    def read(index: Index) -> list[object]:
        c = index.catalogue
        one = c.documents("3.TXT")[1][0].id
        return [
            c.count(), c.documents(), c.documents("ALMATY", 2, 1), c.documents("100%_'"), c.documents(limit=-1),
            [c.matching(filters) for filters in FILTERS], c.named("3.txt"), c.named("/somewhere"),
            c.with_label("15(a)"), c.text(one), c.paragraphs(one), c.paragraphs(one, 3, 5), c.paragraph(one, "7"),
            c.paragraph(one, "recital O"), c.paragraph_at(one, 100), c.count_paragraphs(one), c.titles(),
            sorted(map(str, c.languages())), c.original(one),
            [sorted(p.id for p in c.passages(c.passage_keys(one, 4)).values())], index.store.corpus_hash(),
            c.documents_by_id([one, "gone"]), [state.source for state in index.store.files()],
        ]  # fmt: skip

    for one, many in zip(read(both[0]), read(both[1]), strict=True):
        assert many == one


@pytest.fixture(scope="module")
def engines(services: Services, sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Engine]]:
    """Engines over the sample corpus, in a folder and in a library, which is given the vectors ready made."""
    many = services.library(tmp_path_factory.mktemp("many")).open(create=True)
    with_vectors(sample_index, many)
    build(many, [CORPUS])
    opened = [Engine.open(sample_index), Engine(many)]
    yield opened
    for engine in opened:
        engine.close()


def with_vectors(folder: Path, index: Index) -> None:
    """Give ``index`` the vectors of another, so that the model need not make them again."""
    known = Index(folder)
    rows = known.store.db.execute("SELECT hash, vector FROM vectors").fetchall()
    with index.store.writing():
        index.store.db.executemany("INSERT INTO vectors VALUES (?, ?)", rows)
    known.close()


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("mode", Mode)
def test_search_gives_the_same_hits(engines: list[Engine], question: str, mode: Mode) -> None:
    one, many = (engine.search(Query(question, limit=50, mode=mode)) for engine in engines)
    assert [hit.passage for hit in many.hits] == [hit.passage for hit in one.hits]
    assert [hit.citation for hit in many.hits] == [hit.citation for hit in one.hits]
    assert [hit.score for hit in many.hits] == pytest.approx([hit.score for hit in one.hits], abs=1e-4)
    assert (many.total, many.facets, many.dates) == (one.total, one.facets, one.dates)


@pytest.mark.parametrize("question", QUESTIONS)
def test_ask_gives_the_same_answer(engines: list[Engine], question: str) -> None:
    one, many = (engine.ask(question) for engine in engines)
    assert (many.status, many.sentences, many.quotes, many.conflicts, many.members) == (
        one.status, one.sentences, one.quotes, one.conflicts, one.members,
    )  # fmt: skip
    assert many.confidence == pytest.approx(one.confidence, abs=1e-3)


# -- writing


def test_a_deleted_document_is_gone_from_both_sides(many: ScaleIndex) -> None:
    filled(many)
    gone = many.catalogue.documents("3.txt")[1][0].id
    remove(many, [gone])
    assert many.held() == (275, 0)
    assert len(many.dense(unit(1, 16)[0], 500)) == 275
    assert many.keyword([["report"]], 500, Filters(source=("3.txt",))) == []
    assert len(many.vectors()) == 275


def test_a_document_written_twice_is_there_once_and_its_words_are_counted_once(many: ScaleIndex) -> None:
    about = document("1.txt")
    for _ in range(2):
        put(many, about, ["court in Almaty", "court in Geneva"], unit(2, 16))
        many.save_vectors()
    assert many.held() == (2, 0)
    assert [many.document_frequency(stem) for stem in ("court", "almati")] == [2, 1]
    remove(many, [about.id])
    assert (many.held(), many.document_frequency("court"), many.neighbours("c")) == ((0, 0), 0, [])


def test_what_a_write_that_failed_left_in_the_engine_goes_with_the_next_one(many: ScaleIndex) -> None:
    put(many, document("1.txt"), ["court in Almaty"], unit(1, 16))
    count = many.store._count
    many.store._count = lambda: (_ for _ in ()).throw(KeyboardInterrupt)  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        put(many, document("2.txt"), ["court in Geneva"], unit(1, 16))
    many.store._count = count  # type: ignore[method-assign]
    assert many.held() == (2, 1)  # the engine is ahead of the catalogue, and a note says so
    assert many.catalogue.count()[0] == 1
    assert len(many.catalogue.passages([key for key, _ in many.dense(unit(1, 16)[0], 10)])) == 1
    with many.only_writer():
        assert many.held() == (1, 0)


def test_an_engine_that_was_lost_is_filled_from_the_catalogue(many: ScaleIndex) -> None:
    filled(many)
    before = many.dense(unit(1, 16)[0], 500)
    many.engine.drop(many.store.collection())
    assert many.refill() == 300
    assert many.dense(unit(1, 16)[0], 500) == before


def test_one_writes_at_a_time_on_all_machines(many: ScaleIndex, services: Services) -> None:
    other = Location(many.folder, f"milvus://127.0.0.1:{services.milvus.port}/{many.store.name}", many.store._address)
    second = other.open()
    with many.only_writer(), pytest.raises(IndexBusy), second.only_writer():
        pass
    with second.only_writer(), many.claim("job 1") as mine, second.claim("job 1") as again:
        assert (mine, again) == (True, False)
    second.close()


def test_who_is_done_writing_lets_the_next_begin_at_once(many: ScaleIndex) -> None:
    for _ in range(100):
        with many.only_writer():
            pass


def test_a_connection_that_was_lost_while_idle_is_no_fault(many: ScaleIndex) -> None:
    put(many, document("1.txt"), ["court in Almaty"], unit(1, 16))
    mine = many.store.db.execute("SELECT pg_backend_pid()").fetchone()[0]
    with many.store._apart() as other:
        other.execute("SELECT pg_terminate_backend(?)", (mine,))
    time.sleep(1.2)  # what is used all the time is not looked after at each use
    assert many.catalogue.count()[0] == 1


def test_servers_that_begin_a_library_at_once_begin_one(services: Services, tmp_path: Path) -> None:
    where = services.library(tmp_path / "many")
    together = threading.Barrier(8)

    def begin(_: int) -> int:
        together.wait()
        opened = where.open(create=True)
        assert isinstance(opened, ScaleIndex)
        version = opened.store.version
        opened.close()
        return version

    with ThreadPoolExecutor(8) as servers:
        assert list(servers.map(begin, range(8))) == [1] * 8


def test_a_rebuild_is_seen_whole_or_not_at_all(many: ScaleIndex, services: Services) -> None:
    def written(word: str) -> None:
        for n in range(6):
            put(many, document(f"{word}{n}.txt"), [f"{word} passage {i}" for i in range(4)], unit(4, 16, seed=n))

    written("old")
    version, seen, failed, stop = many.store.generation, set(), [], threading.Event()
    where = Location(many.folder, f"milvus://127.0.0.1:{services.milvus.port}/{many.store.name}", many.store._address)

    def ask() -> None:
        reader = where.open()
        while not stop.is_set():
            try:
                with reader.store.reading():
                    found = reader.dense(unit(1, 16)[0], 100)
                    passages = reader.catalogue.passages([key for key, _ in found]).values()
                    seen.add((reader.store.generation, frozenset(p.text.split()[0] for p in passages), len(passages)))
            except Exception as error:
                failed.append(error)
        reader.close()

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    try:
        for turn in range(2):
            with many.rebuilding():
                written(f"new{turn}")
    finally:
        stop.set()
        for asker in askers:
            asker.join()
    assert failed == []
    assert {(words, n) for _, words, n in seen} <= {
        (frozenset({word}), 24) for word in ("old", "new0", "new1")
    }  # fmt: skip
    assert len({generation for generation, _, _ in seen}) == len({words for _, words, _ in seen})
    assert many.store.generation > version
    assert many.engine._client.describe_alias(many.store.name)["collection_name"] == many.store.collection()


def test_a_rebuild_that_breaks_off_leaves_the_index_as_it_was(many: ScaleIndex) -> None:
    put(many, document("old.txt"), ["old words"], unit(1, 16))

    def broken_off() -> None:
        with many.rebuilding():
            put(many, document("new.txt"), ["new words"], unit(1, 16))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert [d.source for d in many.catalogue.documents()[1]] == ["old.txt"]
    assert len(many.dense(unit(1, 16)[0], 10)) == 1
    with many.rebuilding():
        put(many, document("newer.txt"), ["newer words"], unit(1, 16))
    assert [d.source for d in many.catalogue.documents()[1]] == ["newer.txt"]


def test_the_audit_log_is_chained_in_the_catalogue(many: ScaleIndex) -> None:
    for n in range(3):
        many.audit.append("index", n=n)
    assert (many.audit.check().entries, many.audit.check().fault) == (3, "")
    many.store.db.execute("UPDATE audit SET line = overlay(line placing 'x'::bytea from 20) WHERE n = 2")
    assert "entry 2" in many.audit.check().fault


def test_a_text_that_was_changed_in_the_database_is_not_quoted(many: ScaleIndex) -> None:
    about = document("1.txt")
    put(many, about, ["court in Almaty"], unit(1, 16))
    many.store.db.execute("UPDATE documents SET text = 'court in Geneva'")
    with pytest.raises(Exception, match="changed"):
        many.catalogue.text(about.id)


# -- servers that are away, and what is not installed


def test_a_server_that_is_not_there_is_named_with_its_address(tmp_path: Path, services: Services) -> None:
    away = "postgresql://user:secret@127.0.0.1:1/db"
    with pytest.raises(Unreachable, match=r"postgresql://127\.0\.0\.1:1/db") as told:
        Location(tmp_path, "milvus://127.0.0.1:1", away).open()
    assert "secret" not in str(told.value)
    here = services.library(tmp_path)
    with pytest.raises(IndexMissing, match="--engine"):
        here.open()
    half = Location(tmp_path, "milvus://127.0.0.1:1/somelib", here.catalogue).open(create=True)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1 "):
        put(half, document("1.txt"), ["court in Almaty"], unit(1, 16))
    assert half.catalogue.count() == (0, 0, 0)
    half.close()


@pytest.mark.parametrize("package", ["psycopg", "pymilvus"])
def test_a_package_that_is_missing_is_named_with_the_command_that_installs_it(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if package == "pymilvus":
        location = request.getfixturevalue("services").library(tmp_path)
    else:
        location = Location(tmp_path, "milvus://127.0.0.1:1", "postgresql://127.0.0.1:1/none")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ScaleMissing, match=rf"{package}: .* -m pip install .*scale\.lock"):
        location.open(create=True)


def test_an_index_in_a_folder_loads_nothing_of_it(sample_index: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from search.engine import Engine; from search.query import Query;"
        f"import api.app; e = Engine.open(Path({str(sample_index)!r})); e.search(Query('Bokayev'));"
        "print({'psycopg', 'pymilvus', 'pandas', 'indexer.scale', 'indexer.milvus'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


@pytest.mark.parametrize("value", ["a\x1fb", "new\nline", "\r", 'q"uote', "back\\slash", "end\\", "\\n", "🙂", "%_'"])
def test_a_filter_takes_every_character(many: ScaleIndex, value: str) -> None:
    put(many, document("1.txt", publisher=value), ["court in Almaty"], unit(1, 16))
    put(many, document("2.txt", publisher="other"), ["court in Geneva"], unit(1, 16))
    assert len(many.dense(unit(1, 16)[0], 10, Filters(publisher=(value,)))) == 1
