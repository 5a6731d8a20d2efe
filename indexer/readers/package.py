"""Opens zipped XML packages (docx, odt) that may be hostile: bounded sizes, no entities, nothing outside the zip."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

from lxml import etree

from indexer.document import Refused
from indexer.readers.markup import parse_xml

LARGEST_PART: Final = 96 * 2**20
"""Bytes of one part when unpacked; the text of a 1,000-page report is under a tenth of this."""

_DAMAGED: Final = "damaged file: it cannot be unpacked; open it in Word or LibreOffice and save it again"


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace: strict and transitional files differ only in that."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


class Package:
    """A zip file of XML parts. Every method raises `Refused` on what is damaged or hostile."""

    def __init__(self, data: bytes) -> None:
        """Read the zip directory, and nothing else yet."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Refused(_DAMAGED) from error
        self.names = frozenset(self._zip.namelist())

    def part(self, name: str) -> etree._Element | None:
        """Return the root of an XML part, or None if the package has no such part."""
        if name not in self.names:
            return None
        root = parse_xml(self.bytes(name), _DAMAGED)
        if root.getroottree().docinfo.internalDTD is not None:
            raise Refused("it defines XML entities, which no word processor writes: looks like an attack")
        return root

    def bytes(self, name: str) -> bytes:
        """Return a part as it is."""
        if self._zip.getinfo(name).file_size > LARGEST_PART:
            raise Refused(f"unpacks to more than {LARGEST_PART // 2**20} MiB: probably a decompression bomb")
        try:
            with self._zip.open(name) as part:
                data = part.read(LARGEST_PART + 1)
        except RuntimeError as error:
            raise Refused("password-protected: save it without a password") from error
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, zlib.error) as error:
            raise Refused(_DAMAGED) from error
        if len(data) > LARGEST_PART:
            raise Refused(f"unpacks to more than {LARGEST_PART // 2**20} MiB: probably a decompression bomb")
        return data
