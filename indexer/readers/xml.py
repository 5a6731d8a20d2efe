"""Reads XML of any vocabulary as text: an element that holds words itself is a block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from lxml import etree

from indexer.document import Extract, Kind
from indexer.encoding import decode
from indexer.readers.html import read_text
from indexer.readers.layout import Layout
from indexer.readers.markup import parse_xml

_DECLARATION: Final = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")
_ENCODING: Final = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w:.-]+)")
_MARKUP: Final = re.compile(
    r"</?(?:p|br|b|i|a|div|img|span|strong|em|ul|li|table|font|blockquote)\b[^>]*>", re.IGNORECASE
)
_INLINE_PARENTS: Final = frozenset({"p", "para", "simpara", "head", "title", "heading", "li", "note"})
_ADDRESS: Final = re.compile(r"(?:https?|ftp)://\S+|mailto:\S+|\S+@\S+\.\w+")
_ENCODED: Final = re.compile(
    r"[A-Za-z0-9+/=]{300,}|(?:[A-Za-z0-9+/=]{60,} ){4}"
)  # pictures and other files inside, in base64
_TITLES: Final = frozenset({"title", "head", "heading"})


def read(data: bytes, name: str) -> Extract:
    """Return the words of the file; raise `Refused` where it is damaged beyond reading or defines entities."""
    declared = _ENCODING.match(data[:400])
    text, _ = decode(data, declared.group(1).decode("ascii") if declared else None)
    root = parse_xml(_DECLARATION.sub("", text).encode("utf-8", "replace"), "damaged XML: nothing can be read from it")
    layout = Layout()
    title = None
    walker = etree.iterwalk(root, events=("start",))
    for _, element in walker:
        tag = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
        if not tag or not (_has_words(element) or tag in _INLINE_PARENTS):
            continue
        words = " ".join("".join(_pieces(element)).split())
        title = title or (words[:300] if tag == "title" else None)
        if not _ADDRESS.fullmatch(words) and not _ENCODED.search(words):
            _add(layout, words, tag)
        walker.skip_subtree()
    return layout.extract("application/xml", title=title)


def _pieces(root: etree._Element) -> Iterator[str]:
    """Yield the words below an element in order; entities are known by their HTML names, others are left out."""
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start" and isinstance(node.tag, str):
            yield node.text or ""
        elif event == "start":
            character = unescape(node.text or "")
            yield "" if character.startswith("&") else character
        elif node is not root:
            yield node.tail or ""


def _has_words(element: etree._Element) -> bool:
    """Whether words stand in the element itself, not only in elements inside it."""
    return bool(element.text and element.text.strip()) or any(child.tail and child.tail.strip() for child in element)


def _add(layout: Layout, words: str, tag: str) -> None:
    """Feeds carry their text as HTML inside XML."""
    if _MARKUP.search(words):
        layout.add_extract(read_text(words))
    else:
        layout.add(words, Kind.HEADING if tag in _TITLES else Kind.BODY)
