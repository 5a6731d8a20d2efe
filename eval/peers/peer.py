"""What a peer is: another tool that a user could pick, given the same texts, questions and vectors."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol, cast

from eval.peers.vectors import SharedVectors


class Missing(ValueError):
    """A peer, or the model that peers share, is not installed; the message is the command that installs it."""


class Peer(Protocol):
    """One tool, made with the vectors that stand in for its own embedding."""

    def index(self, texts: Sequence[str]) -> None:
        """Index the texts; their ids are their places. Called once."""

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """Return at most ``k`` hits, (id, score), the best first; a text may come twice if the tool cuts texts up."""


@dataclass(frozen=True, slots=True)
class Tool:
    """How a peer is named, found and installed. ``setting`` says in words which of its ways was taken."""

    key: str
    name: str
    module: str
    packages: tuple[str, ...]
    setting: str
    embeds: bool = True

    def open(self, vectors: SharedVectors | None, site: Path | None = None) -> Peer:
        """Return the peer, ready to index; one that embeds needs vectors. Raises `Missing`."""
        try:
            module = importlib.import_module(f"eval.peers.{self.module}")
        except ModuleNotFoundError as missing:
            if (missing.name or "").startswith("eval"):
                raise
            raise Missing(f"{self.name} is not installed ({missing}). {self.install(site)}") from missing
        return cast(Peer, module.Adapter(vectors))

    def install(self, site: Path | None = None) -> str:
        """Return the command that installs it, as a sentence."""
        return pip(self.packages, site)

    def versions(self) -> dict[str, str]:
        """Return the versions that are installed, by package; without those that are not."""
        found = {}
        for package in (pinned.partition("==")[0] for pinned in self.packages):
            try:
                found[package] = version(package)
            except PackageNotFoundError:
                continue
        return found


def pip(packages: Sequence[str], site: Path | None) -> str:
    """Return the command for these packages alone, so that torch, transformers and numpy stay the project's own."""
    return f"Install it: pip install --no-deps --target {site or 'DIR'} {' '.join(packages)}; then give --site " + (
        str(site or "DIR") + "."
    )


TOOLS = (
    Tool(
        "bm25s", "bm25s", "bm25", ("bm25s==0.3.16",),
        "its quick start: Lucene's BM25, k1 1.5, b 0.75, English stop words and stems", embeds=False,
    ),
    Tool(
        "faiss", "sentence-transformers + FAISS", "plain", (),
        "encode, normalise, IndexFlatIP",
    ),
    Tool(
        "txtai", "txtai", "txtai_hybrid", ("txtai==9.14.0", "msgpack==1.2.4"),
        "Embeddings(hybrid=True): BM25 and vectors, weight 0.5",
    ),
    Tool(
        "haystack", "Haystack", "haystack_hybrid",
        (
            "haystack-ai==3.4.0", "lazy-imports==1.2.0", "filetype==1.2.0", "posthog==7.91.1", "distro==1.9.0",
            "python-dateutil==4.0.0",
        ),
        "InMemoryDocumentStore, BM25 and embedding retrievers, DocumentJoiner by reciprocal rank fusion",
    ),
    Tool(
        "llamaindex", "LlamaIndex", "llamaindex",
        (
            "llama-index-core==0.14.25", "llama-index-vector-stores-faiss==0.7.0", "llama-index-workflows==2.26.1",
            "llama-index-instrumentation==0.6.0", "banks==2.5.1", "griffe==2.4.1", "griffecli==2.4.1",
            "griffelib==2.4.1", "colorama==0.4.6", "dataclasses-json==0.6.7", "marshmallow==3.26.2",
            "typing-inspect==0.9.0", "Deprecated==1.3.1", "wrapt==2.5.2", "filetype==1.2.0", "pillow==13.0.0",
            "platformdirs==4.14.7", "SQLAlchemy==2.1.9", "tenacity==9.2.1", "tinytag==2.3.2", "nltk==3.10.4",
            "defusedxml==0.7.1",
        ),
        "VectorStoreIndex in FAISS, sentences joined to nodes of 1,024 tokens",
    ),
)  # fmt: skip
BY_KEY = {tool.key: tool for tool in TOOLS}
