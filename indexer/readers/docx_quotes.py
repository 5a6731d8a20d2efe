"""Which paragraphs of a Word file are set as block quotations, by the name of their style."""

from __future__ import annotations

import re
from typing import Final

from indexer.document import Refused
from indexer.readers.docx import attribute, child, main_part, tag
from indexer.readers.package import Package

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
        {attribute(s, "styleId"): attribute(child(s, "name")) or "" for s in styles if tag(s) == "style"}
        if (styles is not None)
        else {}
    )
    found = set()
    for paragraph in () if root is None else root.iter():
        style = attribute(child(paragraph, "pPr", "pStyle")) if tag(paragraph) == "p" else None
        if style and _QUOTES.fullmatch(named.get(style, style)):
            found.add("".join("".join(part.text or "" for part in paragraph.iter() if tag(part) == "t").split()))
    return found
