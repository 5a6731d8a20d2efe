"""Finds decompression bombs in a PDF before it is parsed: PDFium unpacks a stream whole, however large it becomes."""

from __future__ import annotations

import re
import zlib
from typing import Final

from indexer.document import Refused

LARGEST_STREAM: Final = 64 * 2**20
"""Bytes of one unpacked stream that is no picture; a dense page of vector drawings has under a tenth of this."""

_MOST_RATIO: Final = 1032  # deflate cannot do better
_STREAM: Final = re.compile(rb">>\s{0,4}stream\r?\n?")
_FLATE: Final = re.compile(rb"/FlateDecode\b|/Fl\b")
_PICTURE: Final = re.compile(rb"/Subtype\s*/Image\b")
_STEP: Final = 2**18


def refuse_bombs(data: bytes) -> None:
    """Raise `Refused` if a stream of the file unpacks to more than `LARGEST_STREAM`.

    Streams that are too small to be bombs are not looked at, so that this takes milliseconds for most files. It is no
    proof of harmlessness: the limits of the process that reads the file are.
    """
    for match in _STREAM.finditer(data):
        header = data[max(0, match.start() - 2000) : match.start()]
        header = header[header.rfind(b" obj") + 1 :]
        filters = len(_FLATE.findall(header))
        if not filters or (filters == 1 and _PICTURE.search(header)):
            continue
        end = data.find(b"endstream", match.end())
        end = len(data) if end < 0 else end
        if filters > 1 or (end - match.end()) * _MOST_RATIO > LARGEST_STREAM:
            _refuse_if_large(data, match.end(), end, min(filters, 4))


def _refuse_if_large(data: bytes, start: int, end: int, filters: int) -> None:
    unpackers = [zlib.decompressobj() for _ in range(filters)]
    sizes = [0] * filters
    try:
        for at in range(start, end, _STEP):
            _feed(data[at : min(end, at + _STEP)], unpackers, sizes, 0)
    except zlib.error:
        return  # damaged, or encrypted: the parser will say


def _feed(data: bytes, unpackers: list[zlib._Decompress], sizes: list[int], depth: int) -> None:
    """Pass a piece through one filter after the other, counting what comes out of each."""
    while data and depth < len(unpackers) and not unpackers[depth].eof:
        out = unpackers[depth].decompress(data, _STEP)
        sizes[depth] += len(out)
        if sizes[depth] > LARGEST_STREAM:
            raise Refused(f"unpacks to more than {LARGEST_STREAM // 2**20} MiB: probably a decompression bomb")
        _feed(out, unpackers, sizes, depth + 1)
        data = unpackers[depth].unconsumed_tail
