"""Which paragraphs of a Word file are set as block quotations, by the name of their style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from indexer.document import Refused
from indexer.readers.docx import Styles, attribute, child, main_part
from indexer.readers.package import Package, local_name

_QUOTES: Final = re.compile(
    r"(?:intense |block )?(?:quote|quotation|text block)s?|block text|(?:выделенная )?цитата\w*|(?:intensives )?zitat|"
    r"citation(?: intense)?|cita(?: destacada)?|citaat|citazione",
    re.IGNORECASE,
)


def quote_paragraphs(data: bytes) -> set[str]:
    """Return the words of each paragraph with a quotation style, without blanks; empty if ``data`` is no Word file."""
    try:
        package = Package(data)
        main = main_part(package)
        root, styles = package.part(main), package.part("word/styles.xml")
    except Refused:
        return set()
    named = (
        {attribute(s, "styleId"): attribute(child(s, "name")) or "" for s in styles if local_name(s) == "style"}
        if (styles is not None)
        else {}
    )
    found = set()
    for paragraph in () if root is None else root.iter():
        style = attribute(child(paragraph, "pPr", "pStyle")) if local_name(paragraph) == "p" else None
        if style and _QUOTES.fullmatch(named.get(style, style)):
            found.add("".join("".join(_unraised(paragraph, Styles(styles))).split()))
    return found


def _unraised(paragraph: etree._Element, styles: Styles) -> Iterator[str]:
    """Yield the words of a paragraph without the numbers raised in it, which are marks of notes."""
    raised = False
    for part in paragraph.iter():
        if local_name(part) == "r":
            raised = styles.raises(child(part, "rPr"))
        elif local_name(part) == "t" and not (raised and (part.text or "").strip().isdigit()):
            yield part.text or ""
