"""Reads Word files (.docx, .docm): paragraphs with their headings and numbers, tables, footnotes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from indexer.document import Extract, Kind, Refused
from indexer.readers import html, mail, text
from indexer.readers.docx_hidden import Hidden
from indexer.readers.docx_numbering import Numbering
from indexer.readers.kinds import media_type_of
from indexer.readers.layout import Layout
from indexer.readers.package import Package, local_name
from indexer.readers.raised import Raised, joined

_TRANSITIONAL: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT: Final = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_OFFICE_DOCUMENT: Final = "/officeDocument"
_DELETED: Final = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "rPr", "pPr", "ruby"})
_SIGNS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\xad", "ptab": "\t"}
_HEADING: Final = re.compile(r"(?:heading|überschrift|заголовок|titre)\s*(\d)", re.IGNORECASE)


def read(data: bytes, name: str) -> Extract:
    """Return the text of the file; raise `Refused` where it is damaged, hostile or protected."""
    package = Package(data)
    main = main_part(package)
    root = package.part(main)
    body = None if root is None else next((child for child in root if local_name(child) == "body"), None)
    if root is None or body is None:
        raise Refused("not a Word file, or a damaged one: it has no document in it")
    folder = posixpath.dirname(main)
    styles = Styles(package.part(f"{folder}/styles.xml"))
    numbering, hidden = Numbering(package.part(f"{folder}/numbering.xml")), Hidden(styles.by_id, root)
    writer = _Writer(styles, numbering, _Chunks(package, main), hidden)
    writer.story(body)
    for notes in ("footnotes", "endnotes"):
        writer.notes(package.part(f"{folder}/{notes}.xml"), notes)
    title, language = _declared(package, styles)
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return writer.layout.extract(media_type, title=title, language=language)


def main_part(package: Package) -> str:
    """Word may name the main part otherwise than usual; the relationships say how."""
    if "word/document.xml" in package.names:
        return "word/document.xml"
    relations = package.part("_rels/.rels")
    for relation in () if relations is None else relations:
        if (relation.get("Type") or "").endswith(_OFFICE_DOCUMENT):
            return (relation.get("Target") or "").lstrip("/")
    return ""


def attribute(element: etree._Element | None, name: str = "val") -> str | None:
    """The value of an attribute of Word's, None if it is not there."""
    if element is None:
        return None
    return element.get(f"{{{_TRANSITIONAL}}}{name}") or element.get(f"{{{_STRICT}}}{name}")


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child of this name, or of the path of names, None if there is none."""
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if local_name(child) == name), None)
    return element


class Styles:
    """What the paragraph styles of a file mean: heading levels and list numbering."""

    def __init__(self, root: etree._Element | None) -> None:
        """Take the root of styles.xml, or None if the file has none."""
        found = () if root is None else [element for element in root if local_name(element) == "style"]
        self.by_id = {attribute(style, "styleId"): style for style in found}
        self.language = attribute(child(root, "docDefaults", "rPrDefault", "rPr", "lang"))

    def name(self, style_id: str) -> str:
        """Return what a style is called, its id if it is not described."""
        style = self.by_id.get(style_id)
        return style_id if style is None else attribute(child(style, "name")) or ""

    def heading_level(self, style_id: str | None) -> int:
        """Return 1 to 6 for a heading, 0 for another style."""
        for style in self._chain(style_id):
            name = attribute(child(style, "name")) or ""
            match = _HEADING.match(name)
            if match:
                return min(6, max(1, int(match.group(1))))
            if name.lower() == "title":
                return 1
            outline = attribute(child(style, "pPr", "outlineLvl"))
            if outline and outline.isdigit() and int(outline) < 9:
                return min(6, int(outline) + 1)
        return 0

    def numbering(self, style_id: str | None) -> etree._Element | None:
        """Return the numPr element that a style gives its paragraphs."""
        found = (child(style, "pPr", "numPr") for style in self._chain(style_id))
        return next((element for element in found if element is not None), None)

    def raises(self, properties: etree._Element | None) -> bool:
        """Whether a run with these properties stands raised above the line."""
        if properties is None:
            return False
        parts = [properties, *(child(style, "rPr") for style in self._chain(attribute(child(properties, "rStyle"))))]
        said = (attribute(child(part, "vertAlign")) for part in parts)
        return next((value for value in said if value), "") == "superscript"

    def _chain(self, style_id: str | None) -> Iterator[etree._Element]:
        """Yield a style and those it is based on."""
        seen: set[str | None] = set()
        while style_id in self.by_id and style_id not in seen:
            seen.add(style_id)
            style = self.by_id[style_id]
            yield style
            style_id = attribute(child(style, "basedOn"))


class _Chunks:
    """Pages and letters stored whole in a file, which Word would turn into its own form when it opens it."""

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        folder, name = posixpath.split(main)
        self._folder = folder
        relations = package.part(f"{folder}/_rels/{name}.rels")
        self._targets = {
            relation.get("Id"): relation.get("Target") or "" for relation in (() if relations is None else relations)
        }

    def write(self, element: etree._Element, layout: Layout) -> None:
        """Write the blocks of one chunk, if it is a web page, a letter or plain text."""
        relation = next((value for key, value in element.items() if key.endswith("}id")), None)
        target = self._targets.get(relation, "")
        path = posixpath.normpath(posixpath.join(self._folder, target)).lstrip("/")
        if path not in self._package.names:
            return
        kind = media_type_of(path, self._package.bytes(path))
        reader = {"text/html": html.read, "message/rfc822": mail.read, "text/plain": text.read}.get(kind)
        if reader:
            layout.add_extract(reader(self._package.bytes(path), path))


class _Writer:
    """Writes the paragraphs and tables of a story (the body, a note) as blocks."""

    def __init__(self, styles: Styles, numbering: Numbering, chunks: _Chunks, hidden: Hidden) -> None:
        self.layout = Layout()
        self._hidden = hidden
        self._unseen: list[str] = []
        self._chunks = chunks
        self._styles = styles
        self._numbering = numbering
        self._notes: dict[tuple[str, str | None], str] = {}

    def story(self, parent: etree._Element, note: str = "") -> None:
        """Write every paragraph and table below an element, in order."""
        waiting = [iter(parent)]
        while waiting:
            element = next(waiting[-1], None)
            if element is None:
                waiting.pop()
            elif local_name(element) == "p":
                self._paragraph(element, note)
                note = ""
            elif local_name(element) == "tr":
                self._row(element, waiting)
            elif local_name(element) == "altChunk":
                self._chunks.write(element, self.layout)
            elif local_name(element) not in _DELETED:
                waiting.append(iter(element))

    def notes(self, root: etree._Element | None, kind: str) -> None:
        """Write the notes that the text refers to, each after its mark."""
        for note in () if root is None else root:
            mark = self._notes.get((kind, attribute(note, "id")))
            if mark:
                self.story(note, mark)

    def _paragraph(self, paragraph: etree._Element, note: str) -> None:
        boxes: list[etree._Element] = []
        words = joined(self._words(paragraph, boxes)).strip()
        properties = child(paragraph, "pPr")
        style = attribute(child(properties, "pStyle"))
        level = 0 if note else self._level(properties, style)
        number = self._number(properties, bool(words))
        if words and note:
            self.layout.add(f"{note} {words}", Kind.FOOTNOTE)
        elif words:
            kind = Kind.HEADING if level else Kind.LIST_ITEM if number == "" else Kind.BODY
            self.layout.add(f"{number} {words}" if number else words, kind, level)
        self._put_aside()
        for box in boxes:
            self.story(box)

    def _put_aside(self) -> None:
        """Write what was not seen of the last paragraph or row."""
        self.layout.add("".join(self._unseen), Kind.HIDDEN)
        self._unseen.clear()

    def _level(self, properties: etree._Element | None, style: str | None) -> int:
        own = attribute(child(properties, "outlineLvl"))
        if own and own.isdigit() and int(own) < 9:
            return min(6, int(own) + 1)
        return self._styles.heading_level(style)

    def _number(self, properties: etree._Element | None, has_words: bool) -> str | None:
        """Return the number Word shows before a paragraph: "" for a bullet, None for no list at all.

        A paragraph without words is shown and counted, too, unless its own end is deleted or hidden.
        """
        if not has_words and _is_end_unseen(child(properties, "rPr")):
            return None
        numbers = child(properties, "numPr")
        if numbers is None:
            numbers = self._styles.numbering(attribute(child(properties, "pStyle")))
        if numbers is None:
            return None
        return self._numbering.next(attribute(child(numbers, "numId")), attribute(child(numbers, "ilvl")))

    def _row(self, row: etree._Element, waiting: list[Iterator[etree._Element]]) -> None:
        """A row whose cells are short is one block; a row that holds whole paragraphs is read cell by cell."""
        cells = [cell for cell in row.iter() if local_name(cell) == "tc" and cell.getparent() is not None]
        simple = all(sum(1 for inner in cell.iter() if local_name(inner) in ("p", "tbl")) <= 1 for cell in cells)
        if not simple:
            waiting.append(iter(row))
            return
        boxes: list[etree._Element] = []
        words = [self._cell(cell, boxes) for cell in cells]
        self.layout.add("\t".join(cell for cell in words if cell))
        self._put_aside()
        for box in boxes:
            self.story(box)

    def _cell(self, cell: etree._Element, boxes: list[etree._Element]) -> str:
        """Return the words of a cell that holds one paragraph; its number may be all that there is to see in it."""
        words = " ".join(joined(self._words(cell, boxes)).split())
        paragraph = next((inner for inner in cell.iter() if local_name(inner) == "p"), None)
        number = self._number(child(paragraph, "pPr"), bool(words))
        return f"{number} {words}".strip() if number else words

    def _words(self, paragraph: etree._Element, boxes: list[etree._Element]) -> Iterator[str]:
        """Yield the pieces of a paragraph's text; text boxes anchored in it are put aside, and what is not seen."""
        style = attribute(child(paragraph, "pPr", "pStyle"))
        unseen = raised = False
        walker = etree.iterwalk(paragraph, events=("start",))
        for _, element in walker:
            kind = local_name(element)
            if kind == "txbxContent":
                boxes.append(element)
                walker.skip_subtree()
            elif kind in _DELETED:
                if kind == "ruby":
                    yield from self._base_of(element)
                walker.skip_subtree()
            elif kind == "r":
                unseen, raised = self._hidden.hides(element, style), self._styles.raises(child(element, "rPr"))
            elif unseen and (kind == "t" or kind in _SIGNS):
                self._unseen.append((element.text or "") if kind == "t" else " ")
            elif kind == "t":
                yield Raised(element.text or "") if raised else element.text or ""
            elif kind in ("footnoteReference", "endnoteReference"):
                yield self._mark(kind.removesuffix("Reference") + "s", attribute(element, "id"))
            elif kind in _SIGNS and attribute(element, "type") != "page":
                yield _SIGNS[kind]

    def _base_of(self, ruby: etree._Element) -> Iterator[str]:
        """The word itself, without the reading aid printed above it."""
        base = child(ruby, "rubyBase")
        for element in () if base is None else base.iter():
            if local_name(element) == "t":
                yield element.text or ""

    def _mark(self, kind: str, note: str | None) -> str:
        mark = f"[{1 + sum(1 for known, _ in self._notes if known == kind)}]"
        return self._notes.setdefault((kind, note), mark)


def _is_end_unseen(properties: etree._Element | None) -> bool:
    """Whether the end of a paragraph, and so its number if nothing else is in it, is deleted or hidden."""
    return any(
        local_name(part) in ("del", "moveFrom")
        or (local_name(part) == "vanish" and attribute(part) not in ("0", "false", "off"))
        for part in (() if properties is None else properties)
    )


def _declared(package: Package, styles: Styles) -> tuple[str | None, str | None]:
    """The title and language a file declares; its dates are when it was saved, so they are left."""
    core = package.part("docProps/core.xml")
    fields = {local_name(element): (element.text or "").strip() for element in (() if core is None else core)}
    return fields.get("title") or None, fields.get("language") or None
