"""Collected passages as one file: Markdown, CSV, or docx (ECMA-376, the least that word processors open)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence

from lxml import etree
from lxml.builder import ElementMaker

from api.bibliography import Reference, escaped, source_line

MEDIA_TYPES = {
    "markdown": ("text/markdown; charset=utf-8", "md"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
}
COLUMNS = "quote place title publisher date language paragraph page source address permalink".split()
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "ps", "ckb", "dv", "yi", "ug", "sd"})
_W = ElementMaker(namespace=_WORD, nsmap={"w": _WORD, "r": _OFFICE})


def left_out(sources: Sequence[str]) -> str:
    """Say which passages are missing from an export, "" if none."""
    if not sources:
        return ""
    return f"Left out, because their words no longer stand in the documents: {', '.join(sources)}."


def as_markdown(title: str, references: Sequence[Reference], missing: Sequence[str]) -> bytes:
    """Return the passages as quotes, each with its source below."""
    blocks = [f"# {escaped(title)}"]
    for n, r in enumerate(references, 1):
        quote = "\n>\n> ".join(escaped(part) for part in re.split(r"\n\s*\n", r.citation.text) if part.strip())
        file = escaped("; ".join(filter(None, (r.document.source, r.web))))
        blocks.append(f"> {quote}\n\n{n}\\. [{escaped(source_line(r))}](<{r.permalink}>) ({file})")
    if missing:
        blocks.append(escaped(left_out(missing)))
    return ("\n\n".join(blocks) + "\n").encode()


def as_csv(references: Sequence[Reference], missing: Sequence[str]) -> bytes:
    """Return a line a passage; a cell that a spreadsheet would take for a formula is led by an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for r in references:
        d, c = r.document, r.citation
        row = [
            c.text, r.place, d.title, d.publisher, d.date, d.language, c.paragraph, c.page, d.source, r.web,
            r.permalink,
        ]  # fmt: skip
        writer.writerow([_cell(value) for value in row])
    if missing:
        writer.writerow([_cell(left_out(missing))])
    return b"\xef\xbb\xbf" + out.getvalue().encode()  # the mark tells spreadsheets that it is UTF-8


_FORMULA = (*"=+-@", *"\uff1d\uff0b\uff0d\uff20")  # the latter, of full width, begin one for some spreadsheets


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip()[:1] in _FORMULA or text[:1] in ("\t", "\r") else text


def as_docx(title: str, references: Sequence[Reference], missing: Sequence[str]) -> bytes:
    """Return a document with each quote indented and its source below, linked."""
    links: list[str] = []
    body = [_paragraph("Title", _run(title))]
    for n, r in enumerate(references, 1):
        rtl = (r.document.language or "").split("-")[0] in _RIGHT_TO_LEFT
        body += [_paragraph("Quote", _run(line), rtl=rtl) for line in re.split(r"\n\s*\n", r.citation.text)]
        links.append(r.web or r.permalink)
        link = _W.hyperlink(_run(source_line(r), "Hyperlink"), {f"{{{_OFFICE}}}id": f"rId{len(links)}"})
        body.append(_paragraph("Source", _run(f"{n}. "), link, _run(f" ({r.document.source})")))
    if missing:
        body.append(_paragraph("Source", _run(left_out(missing))))
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations([("officeDocument", "word/document.xml", False)], "rId"),
        "word/document.xml": _W.document(_W.body(*body)),
        "word/styles.xml": _styles(),
        "word/_rels/document.xml.rels": _relations(
            [*(("hyperlink", link, True) for link in links), ("styles", "styles.xml", False)], "rId"
        ),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, root in parts.items():
            file.writestr(name, etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
    return packed.getvalue()


def _run(text: str, style: str = "") -> etree._Element:
    clean = re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)  # what XML can hold
    words = _W.t(" ".join(clean.split("\n")), {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    return _W.r(_W.rPr(_w("rStyle", style)), words) if style else _W.r(words)


def _paragraph(style: str, *parts: etree._Element, rtl: bool = False) -> etree._Element:
    return _W.p(_W.pPr(_w("pStyle", style), *([_W.bidi()] if rtl else [])), *parts)


def _w(name: str, value: str) -> etree._Element:
    return _W(name, {f"{{{_WORD}}}val": value})


def _styles() -> etree._Element:
    def style(name: str, kind: str, *properties: etree._Element) -> etree._Element:
        named = {f"{{{_WORD}}}type": kind, f"{{{_WORD}}}styleId": name}
        return _W.style(_w("name", name), *properties, named)

    def spaced(before: str, after: str, indent: str = "0") -> etree._Element:
        space = _W.spacing({f"{{{_WORD}}}before": before, f"{{{_WORD}}}after": after})
        return _W.pPr(space, _W.ind({f"{{{_WORD}}}left": indent, f"{{{_WORD}}}right": indent}))

    return _W.styles(
        style("Title", "paragraph", spaced("0", "240"), _W.rPr(_W.b(), _w("sz", "36"))),
        style("Quote", "paragraph", spaced("120", "60", "360"), _W.rPr(_w("sz", "24"))),
        style("Source", "paragraph", spaced("0", "240", "360"), _W.rPr(_w("sz", "20"))),
        style("Hyperlink", "character", _W.rPr(_w("color", "0D5B6C"), _w("u", "single"))),
    )


def _relations(targets: Sequence[tuple[str, str, bool]], prefix: str) -> etree._Element:
    make = ElementMaker(namespace=f"{_PACKAGE}/relationships", nsmap={None: f"{_PACKAGE}/relationships"})
    return make.Relationships(
        *(
            make.Relationship(
                {"Id": f"{prefix}{n}", "Type": f"{_OFFICE}/{kind}", "Target": target},
                {"TargetMode": "External"} if outside else {},
            )
            for n, (kind, target, outside) in enumerate(targets, 1)
        )
    )


def _content_types() -> etree._Element:
    make = ElementMaker(namespace=f"{_PACKAGE}/content-types", nsmap={None: f"{_PACKAGE}/content-types"})
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    return make.Types(
        make.Default({"Extension": "rels", "ContentType": "application/vnd.openxmlformats-package.relationships+xml"}),
        make.Override({"PartName": "/word/document.xml", "ContentType": f"{word}.document.main+xml"}),
        make.Override({"PartName": "/word/styles.xml", "ContentType": f"{word}.styles+xml"}),
    )
