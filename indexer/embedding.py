"""What embeds passages and questions: the bundled model on its quick path, or any sentence-transformers model."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from indexer.languages import script_of, scripts_in
from indexer.models import BUNDLED, DEFAULT, ModelUnavailable, prepare
from indexer.tokenvectors import TokenVectors, within

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["DEFAULT", "Embedder", "ModelUnavailable", "SentenceTransformerEmbedder", "TokenVectors", "load"]

Vectors = npt.NDArray[np.float32]
_TOKENS_A_BATCH = 4096  # bounds memory: a batch of n texts takes n times the tokens of its longest
_TEXTS_A_BATCH = 64


class Embedder(Protocol):
    """A model that turns text into vectors. Safe to share between threads."""

    @property
    def name(self) -> str:
        """What `load` takes to get this model again."""

    @property
    def revision(self) -> str:
        """Changes when the same text would get another vector."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    def reads(self, language: str) -> bool:
        """Say whether the model can read a language (BCP 47)."""

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return (n, dimensions), L2-normalised; ``progress`` is told how many are done."""

    def embed_query(self, text: str) -> Vectors:
        """Return (dimensions,), L2-normalised."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dimensions), L2-normalised."""

    def token_vectors(self, texts: Sequence[str], query: bool = False) -> list[TokenVectors]:
        """Return the vectors of each text's tokens, in the context of the text."""


_LOADED: dict[str, Embedder] = {}
_LOADING = threading.Lock()


def load(
    model: str | None = None, *, download: bool = False, progress: Callable[[str], None] | None = None
) -> Embedder:
    """Return a model, loaded once a process: a bundled one by its name, or a sentence-transformers name or folder.

    Nothing is fetched unless ``download`` is set. ``progress`` is told the steps of unfolding a bundled model, which
    happens once a user. Raises `ModelUnavailable`.
    """
    name = model or DEFAULT
    with _LOADING:
        if name not in _LOADED:
            _LOADED[name] = _quick(name, progress) if name in BUNDLED else SentenceTransformerEmbedder(name, download)
        return _LOADED[name]


def _quick(name: str, progress: Callable[[str], None] | None) -> Embedder:
    from indexer.encoder import OnnxEmbedder

    return OnnxEmbedder(prepare(name, progress=progress), name, BUNDLED[name].revision)


class SentenceTransformerEmbedder:
    """A sentence-transformers model, by the name of a model in the user's cache or by its folder.

    Weights come from safetensors only and no code of the model is run. Raises `ModelUnavailable`.
    """

    def __init__(self, name: str, download: bool = False) -> None:
        self.name = name
        self._model = _open(name, download)
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        self.revision = _revision(name, self._model)
        self._length = int(self._model.get_max_seq_length() or 512)
        self._scripts: frozenset[str] | None = None
        self._declared = _declared_languages(self._model)
        self._one = threading.Lock()  # torch uses every core for one call

    def reads(self, language: str) -> bool:
        """Say whether the model's card names a language (BCP 47); without a card, whether its vocabulary has words."""
        if self._declared:
            return language.split("-")[0].lower() in self._declared
        if self._scripts is None:
            self._scripts = scripts_in(self._model.tokenizer.get_vocab())
        return script_of(language) in self._scripts

    def embed_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return (n, dimensions), L2-normalised; ``progress`` is told how many are done."""
        return self._embed(self._model.encode_document, texts, progress)

    def embed_query(self, text: str) -> Vectors:
        """Return (dimensions,), L2-normalised."""
        vector: Vectors = self.embed_queries([text])[0]
        return vector

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dimensions), L2-normalised."""
        return self._embed(self._model.encode_query, texts, None)

    def _embed(
        self, encode: Callable[..., Any], texts: Sequence[str], progress: Callable[[int], None] | None
    ) -> Vectors:
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        done = 0
        for batch in self._batches(texts):
            with self._one:
                some = encode(
                    [texts[i] for i in batch], batch_size=len(batch), normalize_embeddings=True, show_progress_bar=False
                )
            vectors[batch] = np.asarray(some, np.float32)
            done += len(batch)
            if progress:
                progress(done)
        return vectors

    def _batches(self, texts: Sequence[str]) -> list[list[int]]:
        """Group texts of like length, the longest first, so that little is padded and memory is bounded."""
        batches: list[list[int]] = []
        room = 0
        for i in sorted(range(len(texts)), key=lambda i: -len(texts[i])):
            if not room:
                batches.append([])
                longest = min(self._length, len(texts[i]) // 2 + 8)  # in tokens; most scripts take fewer
                room = min(_TOKENS_A_BATCH // longest, _TEXTS_A_BATCH) or 1
            batches[-1].append(i)
            room -= 1
        return batches

    def token_vectors(self, texts: Sequence[str], query: bool = False) -> list[TokenVectors]:
        """Return the vectors of each text's tokens, in the context of the text."""
        prompt = _prompt(self._model, query)
        return [self._tokens(prompt, text) for text in texts]

    def _tokens(self, prompt: str, text: str) -> TokenVectors:
        import torch

        encoded = self._model.tokenizer(
            [prompt + text], truncation=True, max_length=self._length, return_tensors="pt",
            return_offsets_mapping=True, return_special_tokens_mask=True,
        )  # fmt: skip
        own = encoded.pop("special_tokens_mask")[0] == 0
        offsets = encoded.pop("offset_mapping")[0][own].tolist()
        with self._one, torch.inference_mode():
            features = {name: value.to(self._model.device) for name, value in encoded.items()}
            vectors = self._model[0](features)["token_embeddings"][0].float().cpu()[own]
        unit = torch.nn.functional.normalize(vectors, dim=-1).numpy()
        return within(text, len(prompt), features["input_ids"][0].cpu()[own].tolist(), offsets, unit)


def _open(name: str, download: bool) -> SentenceTransformer:
    folder = Path(name).expanduser()
    if folder.is_dir() and not any(folder.rglob("*.safetensors")):
        raise ModelUnavailable(f"{name} holds no weights in safetensors; other formats can run code and are not read.")
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(
            str(folder) if folder.is_dir() else name,
            local_files_only=not download,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": "float32"},
        )
    except (OSError, ValueError, ImportError) as problem:
        hint = "check the name" if download else "give its folder, or allow the download, to use a model from a hub"
        raise ModelUnavailable(f"The model {name} could not be loaded ({_first_line(problem)}): {hint}.") from problem


def _first_line(problem: Exception) -> str:
    return (str(problem).strip() or type(problem).__name__).splitlines()[0].rstrip(".")


def _revision(name: str, model: SentenceTransformer) -> str:
    """Hash the files of a model in a folder; a model of a hub carries the hash of its commit."""
    folder = Path(name).expanduser()
    if not folder.is_dir():
        return str(getattr(getattr(model[0], "config", None), "_commit_hash", None) or "unknown")
    digest = hashlib.sha256()
    for file in sorted(f for f in folder.rglob("*") if f.suffix in (".safetensors", ".json", ".txt", ".model")):
        with file.open("rb") as content:
            digest.update(
                file.relative_to(folder).as_posix().encode() + hashlib.file_digest(content, "sha256").digest()
            )
    return digest.hexdigest()[:12]


def _declared_languages(model: SentenceTransformer) -> frozenset[str]:
    declared = getattr(getattr(model, "model_card_data", None), "language", None) or []
    return frozenset(code.split("-")[0].lower() for code in ([declared] if isinstance(declared, str) else declared))


def _prompt(model: SentenceTransformer, query: bool) -> str:
    """Return the prompt that ``encode_query`` or ``encode_document`` puts in front."""
    for role in ("query",) if query else ("document", "passage", "corpus"):
        if model.prompts.get(role):
            return str(model.prompts[role])
    return str(model.prompts.get(model.default_prompt_name or "", ""))
