"""Reads OpenDocument text (.odt): headings with their levels, paragraphs, list items, tables, footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree

from indexer.document import Extract, Kind, Refused
from indexer.readers.layout import Layout
from indexer.readers.odt_numbering import ListNumbers
from indexer.readers.package import Package, local_name
from indexer.readers.raised import Raised, joined

_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO: Final = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_HIDING: Final = frozenset({"hidden-text", "hidden-paragraph"})
_SPACES: Final = re.compile(r"[ \t\r\n]+")
_NEAR: Final = 20
_UNSEEN: Final = frozenset({"annotation", "tracked-changes", "sequence-decls", "forms", "variable-decls", "script"})


def read(data: bytes, name: str) -> Extract:
    """Return the text of the file; raise `Refused` where it is damaged, hostile or protected."""
    package = Package(data)
    manifest = package.part("META-INF/manifest.xml")
    if manifest is not None and any(local_name(element) == "encryption-data" for element in manifest.iter()):
        raise Refused("password-protected: save it without a password")
    root = package.part("content.xml")
    if root is None:
        raise Refused("not an OpenDocument text, or a damaged one: it has no content in it")
    styles = package.part("styles.xml")
    writer = _Writer(_hidden_styles(root, styles), _raised_styles(root, styles), ListNumbers(styles, root))
    writer.walk(root)
    for note in writer.notes:
        writer.layout.add(note, Kind.FOOTNOTE)
    meta = package.part("meta.xml")
    fields = {} if meta is None else {local_name(element): (element.text or "").strip() for element in meta.iter()}
    return writer.layout.extract(
        "application/vnd.oasis.opendocument.text",
        title=fields.get("title") or None,
        language=fields.get("language") or None,
    )


class _Writer:
    """Writes the paragraphs and tables below an element as blocks, and gathers the notes."""

    def __init__(self, hidden: frozenset[str], raised: frozenset[str], numbers: ListNumbers) -> None:
        self.layout = Layout()
        self._hidden = hidden  # names of styles
        self._raised = raised
        self._numbers = numbers
        self._unseen: list[str] = []
        self.notes: list[str] = []

    def walk(self, root: etree._Element) -> None:
        """Write every paragraph and table row, in order."""
        walker = etree.iterwalk(root, events=("start",))
        for _, element in walker:
            tag = local_name(element)
            if tag in ("h", "p"):
                self._paragraph(element, tag)
                walker.skip_subtree()
            elif tag in _UNSEEN or (tag == "table-row" and self._row(element)):
                walker.skip_subtree()

    def _paragraph(self, element: etree._Element, tag: str) -> None:
        boxes: list[etree._Element] = []
        words = joined(self._words(element, boxes)).strip(" ")
        number = self._numbers.next(element)
        text = f"{number} {words}" if number and words else words
        if tag == "h":
            depth = element.get(f"{_TEXT}outline-level") or "1"
            self.layout.add(text, Kind.HEADING, min(6, max(1, int(depth))) if depth.isdigit() else 1)
        else:
            parent = element.getparent()
            in_list = parent is not None and local_name(parent) == "list-item"
            self.layout.add(text, Kind.LIST_ITEM if in_list and not number else Kind.BODY)
        self._put_aside()
        for box in boxes:
            self.walk(box)

    def _row(self, row: etree._Element) -> bool:
        """Write a row whose cells are short as one block; return whether it was one."""
        cells = [cell for cell in row if local_name(cell) == "table-cell"]
        paragraphs = [[inner for inner in cell.iter() if local_name(inner) in ("p", "h")] for cell in cells]
        if any(len(inner) > 1 for inner in paragraphs):
            return False
        boxes: list[etree._Element] = []
        words = [
            f"{self._numbers.next(inner[0])} {joined(self._words(inner[0], boxes)).strip()}".strip()
            for inner in paragraphs
            if inner
        ]
        self.layout.add("\t".join(cell for cell in words if cell))
        self._put_aside()
        return True

    def _put_aside(self) -> None:
        """Write what was not seen of the last paragraph or row."""
        self.layout.add("".join(self._unseen), Kind.HIDDEN)
        self._unseen.clear()

    def _words(self, paragraph: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
        """Yield the pieces of a paragraph's text; frames and what is not seen are put aside, notes are marks."""
        walker = etree.iterwalk(paragraph, events=("start", "end"))
        for event, element in walker:
            tag = local_name(element)
            unseen = element.get(f"{_TEXT}style-name") in self._hidden or (
                tag in _HIDING and element.get(f"{_TEXT}is-hidden") != "false"
            )
            if event == "start" and unseen:
                self._unseen += ["".join(element.itertext()), " "]
                walker.skip_subtree()
            elif event == "start":
                if tag == "note":
                    self.notes.append("")
                    at = len(self.notes)
                    self.notes[at - 1] = f"[{at}] {self._note(element, boxes)}"
                    yield f"[{at}]"
                if tag == "text-box":
                    boxes.append(element)
                if tag in ("note", "text-box", "desc", "title") or tag in _UNSEEN:
                    walker.skip_subtree()
                else:
                    yield from self._set(_own_words(element, tag), element, paragraph)
            elif element is not paragraph:
                yield from self._set((_SPACES.sub(" ", element.tail or ""),), element.getparent(), paragraph)

    def _set(self, words: Iterable[str], within: etree._Element | None, paragraph: etree._Element) -> Iterator[str]:
        """Yield words as they are set: raised, if that is said of one of the nearest elements that they stand in."""
        raised = False
        for _ in range(_NEAR):
            if not self._raised or within is None or within is paragraph or raised:
                break
            raised = within.get(f"{_TEXT}style-name") in self._raised
            within = within.getparent()
        yield from map(Raised, words) if raised else words

    def _note(self, note: etree._Element, boxes: list[etree._Element]) -> str:
        paragraphs = [inner for inner in note.iter() if local_name(inner) == "p"]
        return " ".join(joined(self._words(inner, boxes)).strip() for inner in paragraphs)


def _hidden_styles(*parts: etree._Element | None) -> frozenset[str]:
    """Return the names of the styles whose text is hidden, tiny, or white where nothing in the file has a ground."""
    found = set()
    looks = [look for part in parts if part is not None for look in part.iter(etree.Element)]
    grounds = {(look.get(f"{_FO}background-color") or "transparent").lower() for look in looks}
    bare = grounds <= {"transparent", "#ffffff"}
    for look in looks:
        style = look.getparent()
        if look.tag == f"{_STYLE}text-properties" and style is not None:
            white = bare and look.get(f"{_FO}color") in ("#ffffff", "#FFFFFF")
            tiny = re.fullmatch(r"[01](\.0*)?pt", look.get(f"{_FO}font-size") or "")
            if look.get(f"{_TEXT}display") == "none" or tiny or white:
                found.add(style.get(f"{_STYLE}name") or "")
    return frozenset(found - {""})


def _raised_styles(*parts: etree._Element | None) -> frozenset[str]:
    """Return the names of the styles whose text stands raised above the line."""
    found = set()
    for look in (look for part in parts if part is not None for look in part.iter(f"{_STYLE}text-properties")):
        place = look.get(f"{_STYLE}text-position") or ""
        style = look.getparent()
        if style is not None and (place.startswith("super") or re.match(r"[1-9]", place)):
            found.add(style.get(f"{_STYLE}name") or "")
    return frozenset(found - {""})


def _own_words(element: etree._Element, tag: str) -> Iterator[str]:
    if tag == "s":
        count = element.get(f"{_TEXT}c") or "1"
        yield " " * (min(int(count), 200) if count.isdigit() else 1)
    elif tag in ("tab", "line-break"):
        yield "\t" if tag == "tab" else "\n"
    yield _SPACES.sub(" ", element.text or "")
