"""Bulk embedding on a Ray cluster: the same index as one machine makes, whatever is lost on the way."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from making import CORPUS
from pydantic import ValidationError
from raying import LOOPBACK, RayCluster, need_ray, ray_cluster
from scaling import Services

from api.cli import main
from api.settings import Settings
from indexer.build import Outcome, Progress, build
from indexer.bulk import Cluster, Elsewhere, NotAlike, Work, Worker, code
from indexer.embedding import Embedder, load
from indexer.faults import Unreachable
from indexer.index import Index
from indexer.missing import RayMissing
from indexer.passages import SIZES, Sizes
from indexer.reading import Job, Read, new_id
from indexer.sandbox import Limits, Parser
from indexer.scan import scan

pytestmark = pytest.mark.filterwarnings("ignore")  # Ray warns of itself, and leaves files to the collector of garbage
FILES = 12
WHAT_COUNTS = {
    "documents": "SELECT key, id, source, title, publisher, date, language, sha256, size, text FROM documents",
    "paragraphs": "SELECT * FROM paragraphs ORDER BY document, number",
    "passages": "SELECT key, document, first, last, char_start, char_end, tokens, embedded FROM passages ORDER BY key",
    "vectors": "SELECT hash, vector FROM vectors ORDER BY hash",
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    need_ray()
    import ray._private.services as services

    with pytest.MonkeyPatch.context() as patch, ray_cluster() as running:
        patch.setattr(services, "get_node_ip_address", lambda address=None: "127.0.0.1")
        yield running
    gc.collect()  # what Ray leaves is no warning of a later test


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve files of some passages each, and one that nothing can read."""
    made = tmp_path_factory.mktemp("bulk") / "files"
    made.mkdir()
    paragraphs = (CORPUS / "ep-resolution-2021-02-11.txt").read_text().split("\n\n")
    for n in range(FILES):
        (made / f"part{n:02}.txt").write_text("\n\n".join(paragraphs[3 * n : 3 * n + 3]))
    (made / "damaged.pdf").write_bytes(b"%PDF-1.7\n" + b"\0" * 100)
    return made


@pytest.fixture(scope="module")
def alone(folder: Path) -> Iterator[tuple[Index, Outcome]]:
    """The index of that folder as one machine makes it, and what it said."""
    with closing(Index(folder.parent / "alone", create=True)) as index:
        yield index, build(index, [folder])


def held(index: Index) -> dict[str, list[tuple[object, ...]]]:
    """All that an index holds, with its keys."""
    rows = {what: index.store.db.execute(sql).fetchall() for what, sql in WHAT_COUNTS.items()}
    return {what: [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in found]
            for what, found in rows.items()}  # fmt: skip


def without_keys(index: Index) -> dict[str, object]:
    """The same for engines that give other keys: documents, passages by their ids, vectors by their hashes."""
    c = index.catalogue
    documents = [c.documents_by_id([state.document_id]) for state in index.store.files()]
    keys = [row[0] for row in index.store.db.execute("SELECT key FROM passages ORDER BY key").fetchall()]
    found = c.passages(keys)
    return {"documents": documents, "passages": [found[key] for key in keys], "vectors": held(index)["vectors"]}


def told(outcome: Outcome) -> tuple[object, ...]:
    return outcome.indexed, outcome.unchanged, outcome.removed, outcome.refused, outcome.passages, outcome.warnings


# -- on a cluster


def test_a_cluster_makes_the_very_index_that_one_machine_makes(
    cluster: RayCluster, folder: Path, alone: tuple[Index, Outcome], tmp_path: Path
) -> None:
    seen: list[Progress] = []
    with closing(Index(tmp_path / "index", create=True)) as index:
        outcome = build(index, [folder], seen.append, cluster=Cluster(cluster.address))
        assert held(index) == held(alone[0])
        assert told(outcome) == told(alone[1])
        assert [source for source, _ in outcome.refused] == ["damaged.pdf"]
        counts = [(p.files_done, p.passages_done) for p in seen]
        assert counts == sorted(counts)
        assert counts[-1] == (FILES + 1, outcome.passages)


def test_a_worker_killed_in_the_middle_costs_only_what_it_had_at_hand(
    cluster: RayCluster,
    folder: Path,
    alone: tuple[Index, Outcome],
    services: Services,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    killed: list[int] = []

    def kill(progress: Progress) -> None:
        if progress.files_done >= 2 and not killed:
            killed.append(cluster.working())
            os.kill(killed[0], signal.SIGKILL)

    with closing(services.library(tmp_path / "many").open(create=True)) as index:
        outcome = build(index, [folder], kill, cluster=Cluster(cluster.address))
        assert killed
        assert told(outcome) == told(alone[1])
        assert without_keys(index) == without_keys(alone[0])
        assert index.held() == (outcome.passages, 0)  # type: ignore[attr-defined]
    told_by_ray = capsys.readouterr()
    assert (told_by_ray.out, "worker died or was killed" in told_by_ray.err) == ("", True)


def test_a_build_stopped_by_ctrl_c_goes_on_where_it_was(
    cluster: RayCluster, folder: Path, alone: tuple[Index, Outcome], tmp_path: Path
) -> None:
    # Each commit is small and waits: a quick machine would be done before it is stopped. Tests that a script started in
    # the background inherit that SIGINT is ignored.
    small = (
        "import signal, time; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from indexer import build; from api.cli import main; build.BATCH, whole = 2, build.write;"
        "build.write = lambda *given: (whole(*given), time.sleep(0.5)); raise SystemExit(main())"
    )
    command = ["index", str(folder), "--index", str(tmp_path / "index"), "--ray", cluster.address]
    with closing(Index(tmp_path / "index", create=True)) as index:
        run = subprocess.Popen([sys.executable, "-c", LOOPBACK + small, *command], stderr=subprocess.PIPE)
        until = time.monotonic() + 120
        while not index.catalogue.count()[0]:
            assert time.monotonic() < until
            assert run.poll() is None, run.communicate()
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
        assert run.returncode == 130, said
        assert b"Stopped. What was done is kept" in said
        there = [state.source for state in index.store.files()]
        assert 0 < len(there) < FILES
        outcome = build(index, [folder], cluster=Cluster(cluster.address))
        assert sorted(outcome.indexed) == sorted({f"part{n:02}.txt" for n in range(FILES)} - set(there))
        assert sorted(outcome.unchanged) == sorted(there)
        assert held(index) == held(alone[0])


# -- without one: the worker in this process


class Here:
    """A cluster of one worker in this process, which gets its jobs and gives its answers as bytes."""

    def __init__(self) -> None:
        self.embedded = 0

    def read(
        self,
        jobs: Sequence[Job],
        gone: Mapping[str, frozenset[bytes]],
        parser: Parser,
        embedder: Embedder,
        sizes: Sizes,
    ) -> Iterator[Read]:
        worker = Worker(work(gone))
        for job in jobs:
            got = pickle.loads(worker({"job": pickle.dumps(job)})["answer"])
            self.embedded += len(got.entry.vectors) if got.entry else 0
            yield got


def work(gone: Mapping[str, frozenset[bytes]] | None = None, **other: str) -> Work:
    model = load()
    given = {"model": model.name, "revision": model.revision, "code": code(), **other}
    return Work(sizes=SIZES, limits=Limits(), max_file_mb=200, gone=gone or {}, **given)


def test_renamed_changed_and_equal_files_keep_their_names_and_vectors(tmp_path: Path) -> None:
    outcomes: list[list[object]] = []
    cluster = Here()
    for name, by in (("alone", None), ("cluster", cluster)):
        files, other = tmp_path / name / "files", tmp_path / name / "other"
        files.mkdir(parents=True)
        other.mkdir()
        report = "The court in Almaty released three prisoners on 4 May 2020.\n\n"
        for n, file in enumerate((files / "a.txt", files / "b.txt", other / "a.txt")):
            file.write_text(f"Report {n}\n\n{report * 20}The number of the report is {n}.\n")
            os.utime(file, (0, 0))
        (files / "nothing.txt").write_text("")
        with closing(Index(tmp_path / name / "index", create=True)) as index:
            steps: list[object] = []
            for step in range(3):
                if step == 1:
                    (files / "a.txt").rename(files / "renamed.txt")
                    (files / "b.txt").write_text((files / "b.txt").read_text() + "\n\nA paragraph more.\n" * 40)
                    (other / "a.txt").touch()
                    cluster.embedded = 0
                outcome = build(index, [files, other], cluster=by)  # type: ignore[arg-type]
                rows = index.store.db.execute("SELECT id, source, sha256 FROM documents ORDER BY key").fetchall()
                steps.append((told(outcome), rows, held(index)["passages"], held(index)["vectors"]))
            outcomes.append(steps)
    assert outcomes[1] == outcomes[0]
    ids = [[row[0] for row in step[1]] for step in outcomes[0]]  # type: ignore[index]
    assert len(set(ids[0])) == 3
    assert set(ids[1]) == set(ids[0])
    before, after = ({hash for hash, _ in step[3]} for step in outcomes[0][:2])  # type: ignore[index]
    assert cluster.embedded == len(after - before) > 0  # what was added to b.txt, and nothing that was known


def test_a_worker_that_is_not_like_this_machine_is_not_used(tmp_path: Path) -> None:
    job = {"job": pickle.dumps(None)}
    for wrong, what in (({"code": "x"}, "version of Pincite"), ({"revision": "x"}, "revision of the model")):
        told = pickle.loads(Worker(work(**wrong))(job)["answer"])
        assert isinstance(told, NotAlike)
        assert what in str(told)
    told = pickle.loads(Worker(work(model=str(tmp_path)))(job)["answer"])
    assert "holds no weights" in str(told)


def test_a_file_that_a_worker_does_not_see_ends_the_build_unless_it_changed_meanwhile(tmp_path: Path) -> None:
    need_ray()
    (tmp_path / "a.txt").write_text("The court in Almaty released three prisoners.\n")
    file = scan([tmp_path]).files[0]
    job = Job(file, None, "", new_id(file.source, ()))
    os.utime(file.path, (0, 0))
    elsewhere = Worker(work())._read(job)
    assert isinstance(elsewhere, Elsewhere)
    there = Cluster("127.0.0.1:1")
    with Parser() as parser:
        assert there._again(job, elsewhere, parser, SIZES).entry is not None
        os.utime(file.path, ns=(file.mtime_ns, file.mtime_ns))
        with pytest.raises(NotAlike, match=r"a\.txt as it is here.*same place"):
            there._again(job, elsewhere, parser, SIZES)


def test_a_cluster_that_cannot_be_joined_is_named_with_what_that_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need_ray()
    import ray

    def away(**_: object) -> None:
        raise ConnectionError("Failed to connect to Ray cluster at 127.0.0.1:1")

    monkeypatch.setattr(ray, "init", away)
    with closing(Index(tmp_path / "index", create=True)) as index:
        with pytest.raises(Unreachable, match=r"Ray at 127\.0\.0\.1:1 cannot be joined: .*token; see docs/scale"):
            build(index, [CORPUS], cluster=Cluster("127.0.0.1:1"))
        assert index.catalogue.count() == (0, 0, 0)


def test_what_is_unchanged_needs_no_cluster(folder: Path, alone: tuple[Index, Outcome]) -> None:
    need_ray()
    outcome = build(alone[0], [folder], cluster=Cluster("127.0.0.1:1"))
    assert len(outcome.unchanged) == FILES
    assert [source for source, _ in outcome.refused] == ["damaged.pdf"]


@pytest.mark.parametrize("wrong", ["", "host", "ray://host:10001", "http://host:1", "local", "host:port"])
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    if not wrong:
        assert Settings(ray=wrong).ray is None
    else:
        with pytest.raises(ValidationError, match="Ray cluster"):
            Settings(ray=wrong)


def test_ray_that_is_missing_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(RayMissing, match=r"--ray needs the package ray\[data\]: .* -m pip install .*ray\.lock"):
        Cluster("auto")
    assert main(["index", str(CORPUS), "--index", str(tmp_path / "index"), "--ray", "auto"]) == 2
    assert "ray.lock" in capsys.readouterr().err
    assert not (tmp_path / "index").exists()


def test_indexing_without_it_loads_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.txt").write_text("The court in Almaty released three prisoners.\n")
    index = ["index", str(tmp_path / "files"), "--index", str(tmp_path / "index")]
    command = f"import sys; from api.cli import main; main({index!r});"
    command += "print({'ray', 'pyarrow', 'pandas', 'indexer.bulk'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert run.stdout.endswith("set()\n"), run.stdout


def test_ray_is_told_to_report_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    need_ray()
    monkeypatch.delenv("RAY_USAGE_STATS_ENABLED", raising=False)
    Cluster("auto")
    import ray._common.usage.usage_lib as usage

    assert not usage.usage_stats_enabled()
