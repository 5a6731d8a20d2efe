"""The pieces of a tokeniser and their scores as a hash table in a file, looked up where it lies without being read in.

Layout, little-endian: the numbers of slots and pieces, the lowest score; the slots, each the id of a piece plus one,
or 0; where each piece's bytes begin and the last ends; the scores; the bytes. A piece is in the first free slot from
its CRC-32 on.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

_HEAD = struct.Struct("<IIf")


class Pieces:
    """Pieces by their UTF-8 bytes, mapped from a file that `write` made."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._file = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        slots, count, self.lowest_score = _HEAD.unpack_from(self._file)
        numbers = memoryview(self._file)[_HEAD.size : _HEAD.size + 4 * (slots + 2 * count + 1)].cast("I")
        self._mask = slots - 1
        self._slots = numbers[:slots]
        self._begins = numbers[slots : slots + count + 1]
        self._scores = numbers[slots + count + 1 :].cast("B").cast("f")
        self._text = _HEAD.size + 4 * len(numbers)

    def find(self, piece: bytes) -> tuple[int, float] | None:
        """Return the id and the score of a piece, or None."""
        at = zlib.crc32(piece) & self._mask
        while found := self._slots[at]:
            id_ = found - 1
            begin, end = self._begins[id_], self._begins[id_ + 1]
            if end - begin == len(piece) and self._file[self._text + begin : self._text + end] == piece:
                return id_, self._scores[id_]
            at = (at + 1) & self._mask
        return None


def write(pieces: Sequence[str], scores: Sequence[float], path: Path) -> None:
    """Write the pieces, in the order of their ids. At most a quarter of the slots is taken."""
    texts = [piece.encode() for piece in pieces]
    slots = np.zeros(1 << (4 * len(texts) - 1).bit_length(), "<u4")
    for id_, text in enumerate(texts):
        at = zlib.crc32(text) & (len(slots) - 1)
        while slots[at]:
            at = (at + 1) & (len(slots) - 1)
        slots[at] = id_ + 1
    begins = np.cumsum([0, *map(len, texts)]).astype("<u4")
    head = _HEAD.pack(len(slots), len(texts), min(scores))
    tables = (slots, begins, np.array(scores, "<f4"))
    path.write_bytes(b"".join([head, *(table.tobytes() for table in tables), *texts]))
