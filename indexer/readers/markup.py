"""Parses HTML and XML that may be hostile: no entities, no network, and want of memory told from damage."""

from __future__ import annotations

from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from indexer.document import Refused


def parse_html(text: str) -> etree._Element:
    """Return the root of a page; raise `Refused` where there is nothing in it."""
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(text.replace("\0", "\ufffd").encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, AssertionError) as error:
        _raise_memory_error(parser)
        raise Refused("no text in it: the page is empty, or too damaged to read") from error


def parse_xml(data: bytes, damaged: str) -> etree._Element:
    """Return the root of an XML document; raise `Refused` with the reason ``damaged`` where there is none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=True)
    try:
        root = etree.fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        _raise_memory_error(parser)
        raise Refused(damaged) from error
    _raise_memory_error(parser)
    if root is None:
        raise Refused(damaged)
    return root


def _raise_memory_error(parser: etree.XMLParser | HTMLParser) -> None:
    """The parser takes want of memory for one error among others."""
    if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
        raise MemoryError
