"""PDF: reading order, blocks, running heads, footnotes, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from indexer.document import Block, Extract, Kind, Refused
from indexer.readers.pdf import read

Text = tuple[float, float, float, str]  # left, height above the foot of the page, size, words


def make_pdf(pages: Sequence[Sequence[Text]], info: str = "", rotate: int = 0) -> bytes:
    """A PDF of A4 pages with Helvetica text ("B:" in front of the words: bold), as small as can be."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    fonts = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> "
    fonts += "/F2 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >> >> >>"
    kids = []
    for page in pages:
        content = "".join(
            f"BT /F{2 if words.startswith('B:') else 1} {size} Tf {x} {y} Td ({_escaped(words)}) Tj ET\n"
            for x, y, size, words in page
        )
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate {rotate} /Resources {fonts} "
            f"/Contents {len(objects) + 2} 0 R >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}endstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    objects.append(f"<< {info} >>")
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    trailer = f"trailer << /Size {count} /Root 1 0 R /Info {count - 1} 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return (body + f"xref\n0 {count}\n0000000000 65535 f \n{table}" + trailer).encode("latin-1")


def _escaped(words: str) -> str:
    return words.removeprefix("B:").replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def lines(*words: str, left: float = 72, top: float = 700, size: float = 11, step: float = 13) -> list[Text]:
    """Lines one below the other."""
    return [(left, top - step * number, size, text) for number, text in enumerate(words)]


def texts(extract: Extract, kind: Kind | None = None) -> list[str]:
    """The words of each block, or of each block of one kind."""
    return [extract.text[b.start : b.end] for b in extract.blocks if kind is None or b.kind is kind]


FULL = "The delegation of the State under review was headed by the Minister of Justice and the"


def test_lines_of_a_paragraph_are_joined_and_a_gap_parts_paragraphs() -> None:
    extract = read(make_pdf([lines(FULL, "Minister of the Interior.") + lines(FULL, "rest.", top=660)]), "a.pdf")
    assert texts(extract) == [f"{FULL} Minister of the Interior.", f"{FULL} rest."]
    assert extract.text == "\n\n".join(texts(extract))


def test_a_hyphen_at_the_end_of_a_line_keeps_its_line_break() -> None:
    extract = read(make_pdf([lines("The commission for the investigation of alleged viola-", "tions met.")]), "a.pdf")
    assert texts(extract) == ["The commission for the investigation of alleged viola-\ntions met."]


def test_a_paragraph_cut_by_a_page_break_is_one_and_has_the_page_where_it_begins() -> None:
    pages = [lines(FULL, FULL), lines("Minister of the Interior.", top=750) + lines(FULL, "end.", top=700)]
    extract = read(make_pdf(pages), "a.pdf")
    assert texts(extract) == [f"{FULL} {FULL} Minister of the Interior.", f"{FULL} end."]
    assert [block.page for block in extract.blocks] == [1, 2]


def test_running_heads_come_once_at_the_end_and_page_numbers_go() -> None:
    pages = [
        [(72, 800, 9, "A/HRC/14/10"), *lines(f"Page with the word {word} in its text."), (500, 40, 9, str(number))]
        for number, word in enumerate(("apple", "pear", "plum", "fig"), start=3)
    ]
    extract = read(make_pdf(pages), "a.pdf")
    assert texts(extract, Kind.BOILERPLATE) == ["A/HRC/14/10"]
    assert extract.blocks[-1].kind is Kind.BOILERPLATE
    assert len(extract.blocks) == 5
    assert not any(char.isdigit() for text in texts(extract)[:-1] for char in text)


def test_a_paragraph_number_at_the_head_of_each_page_is_not_a_page_number() -> None:
    pages = [
        [(72, 780, 11, f"{number}.1."), (110, 780, 11, f"Recommendation about {word} (Norway);")]
        for number, word in enumerate(("apples", "pears", "plums", "figs"), start=61)
    ]
    assert texts(read(make_pdf(pages), "a.pdf"))[1] == "62.1. Recommendation about pears (Norway);"


def test_footnotes_stand_after_the_paragraph_that_crosses_the_page() -> None:
    first = [*lines(FULL, FULL, FULL), *lines("1 Adopted without a vote.", "2 See the annex.", top=90, size=8, step=10)]
    second = lines("Minister of the Interior.", top=750) + lines(FULL, "end.", top=700)
    extract = read(make_pdf([first, second]), "a.pdf")
    assert texts(extract, Kind.FOOTNOTE) == ["1 Adopted without a vote.", "2 See the annex."]
    assert texts(extract)[0].endswith("Minister of the Interior.")
    assert [block.kind for block in extract.blocks] == [Kind.BODY, Kind.FOOTNOTE, Kind.FOOTNOTE, Kind.BODY]


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [f"left column line number {number} of the text" for number in "abcdefgh"]
    right = [f"right column line number {number} of the text" for number in "abcdefgh"]
    page: list[Text] = [(72, 760, 16, "A title that runs over both of the columns of the page")]
    for one, other in zip(lines(*left), lines(*right, left=310), strict=True):
        page += [one, other]
    assert texts(read(make_pdf([page]), "a.pdf"))[1:] == [" ".join(left + right)]


def test_a_number_and_the_text_after_its_tab_are_one_line() -> None:
    page: list[Text] = [(72, 700, 11, "52."), (110, 700, 11, "To combat trafficking (Morocco);"), (72, 680, 11, "53.")]
    page += [(110, 680, 11, "To strengthen the courts (Canada);")]
    assert texts(read(make_pdf([page]), "a.pdf")) == [
        "52. To combat trafficking (Morocco);",
        "53. To strengthen the courts (Canada);",
    ]


def test_large_or_bold_short_lines_are_headings_with_levels() -> None:
    page = [(72, 760, 18, "Report"), (72, 720, 11, "B:A. Presentation"), *lines(FULL, "end.")]
    headings = [block for block in read(make_pdf([page]), "a.pdf").blocks if block.kind is Kind.HEADING]
    assert [block.level for block in headings] == [1, 2]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_rotated_page_is_read(rotate: int) -> None:
    assert texts(read(make_pdf([lines(FULL, "end.")], rotate=rotate), "a.pdf")) == [f"{FULL} end."]


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ("Report on the human rights situation", "Report on the human rights situation"),
        ("Microsoft Word - report_final.doc", None),
        ("untitled", None),
        ("A_HRC_14_10.pdf", None),
        ("scan", None),
    ],
)
def test_a_declared_title_counts_unless_it_is_a_file_name(declared: str, title: str | None) -> None:
    info = f"/Title ({declared}) /CreationDate (D:20100325100645+01'00')"
    extract = read(make_pdf([lines("Words.")], info), "scan.pdf")
    assert (extract.title, extract.date) == (title, "2010-03-25")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"<!doctype html><p>not a PDF", "this is HTML"),
        (b"PK\x03\x04....", "ZIP"),
        (b"just words", "not a PDF"),
        (make_pdf([lines("Words.")])[:300], "truncated"),
        (make_pdf([[]]), "no text layer"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read(data, "a.pdf")


def test_blocks_are_in_order_and_do_not_overlap() -> None:
    extract = read(make_pdf([lines(FULL, "one.", "(a) two;", "(b) three."), lines("Four.")]), "a.pdf")
    ends = [0, *(block.end for block in extract.blocks)]
    assert all(block.start >= end for block, end in zip(extract.blocks, ends, strict=False))
    assert extract.blocks[0] == Block(0, len(texts(extract)[0]), Kind.BODY, 0, 1)


def test_encrypted_and_scanned_files_are_refused(shared_data: Path) -> None:
    for name, reason in (("pdf_evil/r6-user-password.pdf", "password"), ("pdf_plain/imagemagick-lzw.pdf", "OCR")):
        path = shared_data / "messy" / name
        with pytest.raises(Refused, match=reason):
            read(path.read_bytes(), path.name)


def test_columns_of_a_real_paper_are_read_in_order(shared_data: Path) -> None:
    extract = read((shared_data / "messy/pdf_plain/multicolumn.pdf").read_bytes(), "multicolumn.pdf")
    assert "consectetuer adip-\niscing elit" in extract.text
    assert extract.text.index("Abstract") < extract.text.index("Nam dui ligula") < extract.text.index("Fusce mauris")


def test_arabic_and_rotated_pages_are_read(shared_data: Path) -> None:
    for name in ("habibi.pdf", "habibi-rotated.pdf", "habibi-oneline-cmap.pdf"):
        assert "habibi" in read((shared_data / "messy/pdf_plain" / name).read_bytes(), name).text


def test_a_un_report_has_its_symbol_once_and_its_paragraphs_whole(shared_data: Path) -> None:
    extract = read((shared_data / "upr/pdfs/kazakhstan2010.pdf").read_bytes(), "kazakhstan2010.pdf")
    assert texts(extract, Kind.BOILERPLATE) == ["A/HRC/14/10"]
    assert extract.title is None
    paragraph = next(text for text in texts(extract) if text.startswith("1. The Working Group"))
    assert paragraph.endswith("adopted the report on Kazakhstan.")
