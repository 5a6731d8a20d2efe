"""Dense top-k with FAISS: a file derived from the store, checked before every load and rebuilt when it differs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from indexer import disk

Keys = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

EXACT_UP_TO = 200_000  # passages; exact search takes about 30 ms at this size, see docs/quality.md
_MANIFEST = "dense.json"


class Vectors:
    """Inner-product search over the normalised vectors of one generation of an index."""

    def __init__(self, index: faiss.Index, generation: int) -> None:
        self._index = index
        self.generation = generation

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @classmethod
    def build(cls, keys: Keys, vectors: Floats, generation: int, exact: bool | None = None) -> Vectors:
        """Index ``vectors`` (n, d) under ``keys`` (n,); ``exact`` None leaves the kind to the number of vectors."""
        n, dimensions = vectors.shape if len(vectors) else (0, 1)
        exact = n <= EXACT_UP_TO if exact is None else exact
        inner = faiss.IndexFlatIP(dimensions) if exact else _approximate(n, dimensions)
        index = faiss.IndexIDMap2(inner)
        if n:
            vectors = np.ascontiguousarray(vectors)
            if not inner.is_trained:
                inner.train(vectors)
            index.add_with_ids(vectors, keys)
        return cls(index, generation)

    def search(self, query: Floats, k: int, allowed: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """Return up to ``k`` (key, cosine), best first, among ``allowed`` keys if they are given."""
        if not len(self) or not k or (allowed is not None and not len(allowed)):
            return []
        selector = None if allowed is None else faiss.IDSelectorBatch(np.asarray(allowed, dtype=np.int64))
        scores, keys = self._index.search(query.reshape(1, -1), min(k, len(self)), params=self._parameters(selector))
        found = ((int(key), float(score)) for key, score in zip(keys[0], scores[0], strict=True) if key >= 0)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def _parameters(self, selector: faiss.IDSelector | None) -> faiss.SearchParameters:
        inner = faiss.downcast_index(self._index.index)
        if isinstance(inner, faiss.IndexIVF):
            # The few that a filter lets through may lie in any list: then all are looked at.
            return faiss.SearchParametersIVF(sel=selector, nprobe=_PROBES if selector is None else inner.nlist)
        return faiss.SearchParameters(sel=selector)

    @cached_property
    def sample(self) -> Floats:
        """Some hundreds of the vectors (n, d), evenly taken: what passages at large are like."""
        if not len(self):
            return np.zeros((1, 1), np.float32)
        inner = faiss.downcast_index(self._index.index)
        if isinstance(inner, faiss.IndexIVF):
            inner.make_direct_map()
        every = max(len(self) // _SAMPLE, 1)
        return np.array([inner.reconstruct(i) for i in range(0, len(self), every)], np.float32)

    def chance(self, query: Floats) -> tuple[float, float]:
        """Return the mean and the standard deviation of the cosine of ``query`` (d,) with passages at large.

        The deviation is never below `LEAST`: a handful of passages may be all alike.
        """
        cosines = self.sample @ query if len(self) else np.zeros(1, np.float32)
        return float(cosines.mean()), max(float(cosines.std()), LEAST)

    def save(self, folder: Path) -> None:
        """Write the index beside its checksum; the manifest is renamed into place last."""
        name = f"dense-{self.generation}.faiss"
        digest = hashlib.sha256()
        with disk.replacing(folder / name) as file:

            def write(part: bytes) -> int:
                digest.update(part)
                return file.write(part)

            faiss.write_index(self._index, faiss.PyCallbackIOWriter(write, 1 << 20))
        told = {"file": name, "generation": self.generation, "sha256": digest.hexdigest()}
        with disk.replacing(folder / _MANIFEST) as file:
            file.write(json.dumps(told).encode())
        for old in folder.glob("dense-*.faiss*"):
            if old.name != name:
                disk.delete(old)

    @classmethod
    def load(cls, folder: Path, generation: int) -> Vectors | None:
        """Return the saved index of ``generation``; None if it is missing, of another one, or damaged."""
        try:
            manifest = json.loads((folder / _MANIFEST).read_text())
            data = (folder / str(manifest["file"])).read_bytes()
            intact = hashlib.sha256(data).hexdigest() == manifest["sha256"] and manifest["generation"] == generation
        except (OSError, ValueError, KeyError, TypeError):
            return None
        # FAISS itself does not notice a changed byte, so it reads only what the checksum vouched for.
        return cls(faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8)), generation) if intact else None


_PROBES = 64
_SAMPLE = 512
LEAST = 0.01


def _approximate(n: int, dimensions: int) -> faiss.Index:
    lists = int(4 * np.sqrt(n))
    quantizer = faiss.IndexFlatIP(dimensions)
    index = faiss.IndexIVFScalarQuantizer(
        quantizer, dimensions, lists, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    index.own_fields = True
    quantizer.this.disown()
    return index
