"""Against a plain model: whatever is added, edited, renamed, deleted, reopened, in any order, both hold the same.

The model is a dict of files and a loop over all passages. The embedder is a fake (see tests/killing.py): vectors are
drawn from a hash, so exact search must find exactly what the loop finds.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from killing import PlainParser, QuickEmbedder
from soaking import SOAKING, times

import indexer.embedding
from api.cli import main
from indexer import readers
from indexer.build import build, remove
from indexer.catalogue import Filters
from indexer.entries import Entry, cut
from indexer.index import Index, IndexBusy
from indexer.reading import as_document
from indexer.scan import File
from indexer.store import Store
from indexer.words import query_stems

WORDS = "harvest border ruling glass river council".split()
names = st.sampled_from(["a.txt", "b.txt", "c/d.txt", "e.md"])
texts = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=90).map(" ".join), min_size=1, max_size=4)


class Indexing(RuleBasedStateMachine):
    """An index, and beside it what it should hold: ``files`` on the disk, ``held`` in the index."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="model-"))
        self.files: dict[str, str] = {}
        self.held: dict[str, str] = {}

    @initialize()
    def open(self) -> None:
        (self.folder / "files").mkdir()
        self.index = Index(self.folder / "index", create=True)
        self.other = Index(self.folder / "index")

    def teardown(self) -> None:
        self.index.close()
        self.other.close()
        shutil.rmtree(self.folder)

    # -- what may happen

    @rule(name=names, paragraphs=texts)
    def add_or_edit(self, name: str, paragraphs: list[str]) -> None:
        self.files[name] = "\n\n".join(p.capitalize() + "." for p in paragraphs)
        self.write(name)

    @precondition(lambda self: self.files)
    @rule(data=st.data(), to=names)
    def rename(self, data: st.DataObject, to: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)))
        text = self.files.pop(name)
        (self.folder / "files" / name).unlink()
        self.files[to] = text
        self.write(to)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)))
        del self.files[name]
        (self.folder / "files" / name).unlink()

    @rule()
    def index_all(self) -> None:
        build(self.index, [self.folder / "files"], parser=PlainParser())
        self.held = dict(self.files)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.held)))
        [document] = self.index.catalogue.named(name)
        assert remove(self.index, [document.id]) == 1
        del self.held[name]

    @rule()
    def restart(self) -> None:
        self.index.close()
        self.index = Index(self.folder / "index")

    @rule()
    def change_places(self) -> None:
        self.index, self.other = self.other, self.index

    @rule()
    def write_while_another_does(self) -> None:
        generation = self.index.store.generation
        with self.other.only_writer(), pytest.raises(IndexBusy, match="Wait until it is done"):
            build(self.index, [self.folder / "files"], parser=PlainParser())
        assert self.index.store.generation == generation

    @rule()
    def compact(self) -> None:
        with self.index.only_writer():
            self.index.store.compact()

    # -- what must hold, for whoever has the index open

    @invariant()
    def it_holds_the_texts(self) -> None:
        for index in (self.index, self.other):
            texts = {d.source: index.catalogue.text_of(d.id) for d in index.catalogue.documents()[1]}
            assert texts == self.held

    @invariant()
    def exact_search_is_a_loop_over_all_passages(self) -> None:
        query = QuickEmbedder().embed_query("question")
        for filters in (Filters(), Filters(source=("a.txt", "e.md"))):
            expected = sorted(
                ((source, p.passage.char_start, round(float(vector(entry, p.embedded) @ query), 3))
                for source, entry in self.entries().items() if not filters.source or source in filters.source
                for p in entry.passages), key=lambda one: -one[2],
            )[:5]  # fmt: skip
            for index in (self.index, self.other):
                found = shown(index, index.dense(query, 5, filters))
                assert [score for *_, score in found] == [score for *_, score in expected]
                assert {one for one in found if one[2] > expected[-1][2]} == {
                    one for one in expected if one[2] > expected[-1][2]
                }

    @invariant()
    def keywords_find_each_passage_that_has_the_word_and_no_other(self) -> None:
        for word in WORDS:
            [stem] = query_stems(word, ["en"])
            expected = {
                (source, p.passage.char_start)
                for source, entry in self.entries().items()
                for p in entry.passages
                if stem in f"{p.words} {p.context}".split()
            }
            for index in (self.index, self.other):
                assert {one[:2] for one in shown(index, index.keyword([[stem]], 1_000))} == expected

    # -- the model

    def write(self, name: str) -> None:
        path = self.folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.files[name])

    def entries(self) -> dict[str, Entry]:
        cut_up = {}
        for name, text in self.held.items():
            extract = readers.read(text.encode(), name)
            document = as_document("x", File(self.folder, name, 0, 0), extract, None, "")
            cut_up[name] = cut(document, extract, "", (0, 0))
        return cut_up


def vector(entry: Entry, key: bytes) -> np.ndarray[Any, np.dtype[np.float32]]:
    made: np.ndarray[Any, np.dtype[np.float32]] = QuickEmbedder().embed_query(entry.embedded[key])
    return made.astype("<f2").astype(np.float32)


def shown(index: Index, found: list[tuple[int, float]]) -> list[tuple[str, int, float]]:
    """The (source, character, score) of what was found, in its order."""
    passages = index.catalogue.passages([key for key, _ in found])
    sources = {d.id: d.source for d in index.catalogue.documents()[1]}
    return [(sources[passages[k].document_id], passages[k].char_start, round(score, 3)) for k, score in found]


@pytest.mark.timeout(36000)
def test_an_index_holds_what_a_plain_model_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, times(6, int(os.environ.get("EXAMPLES", "1000"))), times(12, 40))


def test_the_model_finds_words_that_are_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(self: Store, document_id: str) -> bool:
        return bool(self.db.execute("DELETE FROM documents WHERE id = ?", (document_id,)).rowcount)

    monkeypatch.setattr(Store, "delete", forgetful)
    with pytest.raises((AssertionError, KeyError)):
        run(monkeypatch, 20, 15, drawn_anew=False)  # whether so few find it depends on how they are drawn


def run(monkeypatch: pytest.MonkeyPatch, examples: int, steps: int, drawn_anew: bool = SOAKING) -> None:
    quick = QuickEmbedder()
    monkeypatch.setattr(indexer.embedding, "load", lambda *_, **__: quick)
    run_state_machine_as_test(
        Indexing,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=not drawn_anew, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate], print_blob=False,
        ),
    )  # fmt: skip


HOLD = """
import sys, time, pathlib
from indexer.index import Index
with Index(pathlib.Path(sys.argv[1]), create=True).only_writer():
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_second_process_that_writes_is_told_that_another_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("The harvest failed.")
    command = [sys.executable, "-c", HOLD, str(tmp_path / "index")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent) as other:
        assert other.stdout
        assert other.stdout.readline() == b"writing\n"
        code = main(["index", str(tmp_path / "a.txt"), "--index", str(tmp_path / "index"), "--json"])
        other.kill()
    assert code == 2
    said = capsys.readouterr()
    assert "Another process is writing" in said.out + said.err
    assert main(["index", str(tmp_path / "a.txt"), "--index", str(tmp_path / "index"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["indexed"] == ["a.txt"]
