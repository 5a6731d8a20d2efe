"""The file that carries multilingual-e5-small in 4 bits: its pieces, their scores and its tensors, read where they lie.

A packed matrix is rows of blocks of 32 weights. A block is a 16-bit float scale and 16 bytes: the low halves are
weights 0 to 15, the high halves weights 16 to 31, and a weight is (half - 8) * scale.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

BLOCK = 32
BLOCK_BYTES = 18
_AT_ONCE = 4096  # rows; unpacking takes a few times the memory of what it gives
_MAGIC = b"E5S1"


class NotPacked(ValueError):
    """The file is not in the packed format, or ends too early."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a BERT encoder; ``heads`` share ``width``, and ``rows`` counts the word embeddings."""

    width: int
    layers: int
    heads: int
    inner: int
    rows: int
    positions: int
    types: int
    epsilon: float


class PackedModel:
    """The tensors and pieces of one packed file, mapped into memory. Raises `NotPacked`."""

    def __init__(self, path: Path) -> None:
        self._at = 0
        try:
            self._bytes: Bytes = np.memmap(path, np.uint8, mode="r")
            self._read_header()
        except (struct.error, IndexError, ValueError) as problem:
            raise NotPacked(f"{path.name} is not a packed model, is cut short or damaged.") from problem

    def _read_header(self) -> None:
        if bytes(self._array("u1", 4)) != _MAGIC:
            raise ValueError("magic")
        self.shape = Shape(*self._take("I7ifi")[1:-1])
        pieces, self.begin, self.end, self.pad, self.unknown, length = self._take("5iQ")
        offsets = self._array("<u4", pieces + 1).tolist()
        self.scores: Floats = self._array("<f4", pieces)
        text = bytes(self._array("u1", length))
        self.pieces = [text[a:b].decode() for a, b in itertools.pairwise(offsets)]
        _characters, length = self._take("iI")  # a table of characters that says what NMT + NFKC does
        self._at += length
        self._tensors = dict(self._directory())

    def _directory(self) -> Iterator[tuple[str, Bytes]]:
        for _ in range(self._take("i")[0]):
            (length,) = self._take("H")
            name = bytes(self._array("u1", length)).decode()
            _type, _count, start, size = self._take("BIQQ")
            if start + size > len(self._bytes):
                raise ValueError(name)
            yield name, self._bytes[start : start + size]

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self._bytes.data, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def _array(self, kind: str, count: int) -> npt.NDArray[Any]:
        values: npt.NDArray[Any] = np.frombuffer(self._bytes, kind, count, self._at)
        self._at += values.nbytes
        return values

    def raw(self, name: str) -> Bytes:
        """Return the bytes of a tensor as they lie in the file."""
        return self._tensors[name]

    def vector(self, name: str) -> Floats:
        """Return a tensor that is stored unpacked, flat."""
        return np.array(self._tensors[name].view("<f4"))

    def matrix(self, name: str, rows: int, kind: type[np.floating[Any]] = np.float32) -> npt.NDArray[Any]:
        """Return a packed matrix as (rows, columns)."""
        packed = self._tensors[name].reshape(rows, -1)
        matrix = np.empty((rows, packed.shape[1] // BLOCK_BYTES * BLOCK), kind)
        for start in range(0, rows, _AT_ONCE):
            matrix[start : start + _AT_ONCE] = unpack(packed[start : start + _AT_ONCE])
        return matrix


def unpack(rows: Bytes) -> Floats:
    """Turn packed rows (n, blocks * 18 bytes) into weights (n, blocks * 32)."""
    blocks = rows.reshape(len(rows), -1, BLOCK_BYTES)
    scales = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[..., 2:] & 15, blocks[..., 2:] >> 4], axis=-1)
    return ((halves.astype(np.float32) - 8) * scales).reshape(len(rows), -1)
