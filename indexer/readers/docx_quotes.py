"""Which paragraphs of a Word file are set as block quotations, by the name of their style."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from indexer.document import Refused
from indexer.readers.docx import Styles, attribute, child, main_part
from indexer.readers.package import Package, local_name
from indexer.readers.raised import Raised, joined

_QUOTES: Final = re.compile(
    r"(?:intense |block )?(?:quote|quotation|text block)s?|block text|(?:выделенная )?цитата\w*|(?:intensives )?zitat|"
    r"citation(?: intense)?|cita(?: destacada)?|citaat|citazione",
    re.IGNORECASE,
)


def quote_paragraphs(data: bytes) -> set[str]:
    """Return the text of each paragraph with a quotation style, without notes; empty if ``data`` is no Word file."""
    try:
        package = Package(data)
        main = main_part(package)
        root, sheet = package.part(main), package.part("word/styles.xml")
    except Refused:
        return set()
    styles = Styles(sheet)
    found = set()
    for paragraph in () if root is None else root.iter():
        style = attribute(child(paragraph, "pPr", "pStyle")) if local_name(paragraph) == "p" else None
        if style and _QUOTES.fullmatch(styles.name(style)):
            found.add(joined(_pieces(paragraph, styles)))
    return found


def _pieces(paragraph: etree._Element, styles: Styles) -> Iterator[str]:
    raised = False
    for part in paragraph.iter():
        if local_name(part) == "r":
            raised = styles.raises(child(part, "rPr"))
        elif local_name(part) == "t":
            yield Raised(part.text or "") if raised else part.text or ""
