"""Uploads: kept safely, indexed in the background, taken up again after a crash."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import wire_jobs as wire
from api.jobs import Build, Jobs
from api.metrics import Metrics
from api.uploads import NotKept, keep, safe_name
from indexer.build import Outcome, Progress
from indexer.index import Index, IndexBusy


def outcome(indexed: Sequence[str] = (), refused: Sequence[tuple[str, str]] = ()) -> Outcome:
    return Outcome(tuple(indexed), (), (), tuple(refused), 0, 0.0)


def accepting(index: Index, paths: Sequence[Path], progress: Callable[[Progress], None]) -> Outcome:
    return outcome([path.name for path in paths])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Build], Jobs]]:
    started: list[Jobs] = []

    def start_with(build: Build) -> Jobs:
        jobs = Jobs(tmp_path / "index", build, Metrics())
        jobs.start()
        started.append(jobs)
        return jobs

    yield start_with
    for jobs in started:
        jobs.stop()


def when(jobs: Jobs, job_id: str, *states: str) -> wire.Job:
    for _ in range(400):
        job = jobs.get(job_id)
        if job is not None and job.state in states:
            return job
        time.sleep(0.01)
    raise TimeoutError(job)


def test_an_upload_is_on_the_disk_when_it_is_acknowledged(start: Callable[[Build], Jobs]) -> None:
    held = threading.Event()

    def wait(index: Index, paths: Sequence[Path], progress: Callable[[Progress], None]) -> Outcome:
        held.wait(10)
        return accepting(index, paths, progress)

    jobs = start(wait)
    job = jobs.add([("a.txt", io.BytesIO(b"words"))])
    assert job.state == "queued"
    assert (jobs.uploads / "a.txt").read_bytes() == b"words"
    held.set()
    assert when(jobs, job.id, "done").files[0].state == "indexed"


def test_a_job_tells_each_file_s_fate_with_its_reason(start: Callable[[Build], Jobs]) -> None:
    jobs = start(lambda index, paths, progress: outcome(["a.txt"], [("b.pdf", "no text in it")]))
    job = jobs.add([(name, io.BytesIO(b"x")) for name in ("a.txt", "b.pdf")] + [("empty.txt", io.BytesIO(b""))])
    files = {f.source: (f.state, f.reason) for f in when(jobs, job.id, "done").files}
    assert files == {
        "a.txt": ("indexed", None),
        "b.pdf": ("refused", "no text in it"),
        "empty.txt": ("refused", "an empty file"),
    }


def test_progress_shows_while_the_job_runs(start: Callable[[Build], Jobs]) -> None:
    held = threading.Event()

    def slow(index: Index, paths: Sequence[Path], progress: Callable[[Progress], None]) -> Outcome:
        progress(Progress("a.txt", 0, 1, 3, 9, 10, 20))
        held.wait(10)
        return accepting(index, paths, progress)

    jobs = start(slow)
    job = jobs.add([("a.txt", io.BytesIO(b"x"))])
    when(jobs, job.id, "running")
    for _ in range(200):
        if (seen := jobs.get(job.id)) and seen.progress:
            break
        time.sleep(0.01)
    assert seen is not None
    assert seen.progress == wire.JobProgress(doing="a.txt", files_done=0, files=1, passages_done=3, passages=9)
    held.set()
    assert when(jobs, job.id, "done").progress is None


def test_a_failed_build_fails_its_job_and_not_the_next(start: Callable[[Build], Jobs]) -> None:
    def once(index: Index, paths: Sequence[Path], progress: Callable[[Progress], None]) -> Outcome:
        if paths[0].name == "bad.txt":
            raise OSError("disk full")
        return accepting(index, paths, progress)

    jobs = start(once)
    bad = jobs.add([("bad.txt", io.BytesIO(b"x"))])
    good = jobs.add([("good.txt", io.BytesIO(b"x"))])
    assert "disk full" in (when(jobs, bad.id, "failed").reason or "")
    assert when(jobs, good.id, "done").files[0].state == "indexed"


def test_a_job_waits_for_another_process_that_writes(start: Callable[[Build], Jobs]) -> None:
    tries = iter([IndexBusy("Another process is writing."), None])

    def busy_once(index: Index, paths: Sequence[Path], progress: Callable[[Progress], None]) -> Outcome:
        if error := next(tries):
            raise error
        return accepting(index, paths, progress)

    jobs = start(busy_once)
    job = jobs.add([("a.txt", io.BytesIO(b"x"))])
    assert when(jobs, job.id, "done").files[0].state == "indexed"


def test_a_job_that_was_cut_off_is_taken_up_again(tmp_path: Path, start: Callable[[Build], Jobs]) -> None:
    reached = threading.Event()

    def endless(index: Index, paths: Sequence[Path], progress: Callable[[Progress], None]) -> Outcome:
        while True:
            progress(Progress("a.txt", 0, 1, 0, 1, 0, 1))
            reached.set()
            time.sleep(0.01)

    first = Jobs(tmp_path / "index", endless, Metrics())
    first.start()
    job = first.add([("a.txt", io.BytesIO(b"x"))])
    assert reached.wait(5)
    first.stop()
    assert when(start(accepting), job.id, "done").files[0].state == "indexed"


def test_the_same_bytes_are_kept_once_and_other_bytes_get_a_name_of_their_own(tmp_path: Path) -> None:
    names = [keep(tmp_path, "report.final.pdf", io.BytesIO(words)) for words in (b"one", b"one", b"two", b"two")]
    assert names == ["report.final.pdf", "report.final.pdf", "report.final (2).pdf", "report.final (2).pdf"]
    assert sorted(f.name for f in tmp_path.iterdir()) == ["report.final (2).pdf", "report.final.pdf"]


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\a\\b.pdf", "b.pdf"),
        (".hidden.txt", "hidden.txt"),
        ("~$draft.docx", "draft.docx"),
        ("CON.txt", "_CON.txt"),
        ("a\x00b\n.txt", "a_b_.txt"),
        ("отчёт.pdf", "отчёт.pdf"),
        ("right\u202etxt.pdf", "right_txt.pdf"),
    ],
)
def test_a_name_is_made_safe(given_name: str, kept: str) -> None:
    assert safe_name(given_name) == kept


@given(st.text(max_size=400))
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    try:
        safe = safe_name(name)
    except NotKept:
        return
    assert Path(safe).name == safe
    assert not safe.startswith((".", "~$"))
    assert 0 < len(safe.encode()) <= 200
    assert not set(safe) & set('/\\<>:"|?*\x00\n')
