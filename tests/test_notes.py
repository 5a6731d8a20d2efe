"""Marks of notes that stand raised: they do not run into figures, years and words, in any format."""

from __future__ import annotations

import io
import zipfile

import pytest
from test_pdf import lines, make_pdf

from indexer.paragraphs import paragraphs
from indexer.readers import read

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {"office": "office", "text": "text", "style": "style"}.items()
)


def page(body: str) -> str:
    return read(f"<!doctype html><html><body>{body}</body></html>".encode(), "a.html").text


def zipped(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, text in parts.items():
            package.writestr(name.replace("__", "/") + ".xml", text)
    return file.getvalue()


def word_file(runs: str, **parts: str) -> str:
    document = f"<w:document {WORD}><w:body>{runs}</w:body></w:document>"
    return read(zipped(word__document=document, **parts), "a.docx").text


def run(words: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


UP = '<w:vertAlign w:val="superscript"/>'


def test_a_raised_number_on_a_web_page_does_not_run_into_figures_and_years() -> None:
    text = page(
        "<p>Police detained at least 15<sup>2</sup> people and the court fined 230<sup>3</sup> of them. The law of "
        '2015<sup><a href="#n4">4</a></sup> was applied.</p><p>Published on 14 March 2021<sup>1</sup></p>'
    )
    assert text == (
        "Police detained at least 15[2] people and the court fined 230[3] of them. The law of 2015[4] was applied."
        "\n\nPublished on 14 March 2021[1]"
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a flat of 57 m<sup>2</sup> and 3 km<sup>2</sup>", "a flat of 57 m2 and 3 km2"),
        ("площадью 57 м<sup>2</sup>", "площадью 57 м2"),
        ("12 in<sup>2</sup> of what they believed in<sup>2</sup>.", "12 in2 of what they believed in[2]."),
        ("on the 1<sup>st</sup> and the 2<sup>e</sup>", "on the 1st and the 2e"),
        ("the isotope <sup>14</sup>C", "the isotope 14C"),
        ("10<sup>6</sup> people", "10[6] people"),
        ("2<sup>1</sup>/<sub>2</sub> years", "2 1/2 years"),
        ("in 2015<sup>*</sup> and 2016<sup>†</sup>", "in 2015* and 2016†"),
        ("in 2015<sup>[4]</sup> and <sup>(5)</sup>", "in 2015[4] and (5)"),
        ("in 2015<sup>1</sup><sup>2</sup> or 2016<sup>1, 2</sup>", "in 2015[1][2] or 2016[1, 2]"),
        ("was freed.<sup>12</sup> The court", "was freed.[12] The court"),
        ("was “freed”<sup>12 </sup>by it", "was “freed”[12] by it"),
        ("was freed <sup>12</sup>.", "was freed [12]."),
        ("<sup>1</sup> See the report.", "1 See the report."),
        ("<sup>1</sup>2015 was the year.", "[1] 2015 was the year."),
    ],
)
def test_only_what_has_the_form_of_a_note_becomes_a_mark(source: str, text: str) -> None:
    assert page(f"<p>{source}</p>") == text


def test_an_empty_cell_before_a_raised_number_leaves_no_tab_behind() -> None:
    assert page("<table><tr><td><sup></sup></td><td>a</td><td>15<sup>2</sup></td></tr></table>") == "a\t15[2]"


def test_a_raised_run_of_a_word_file_is_a_mark_whether_by_itself_or_by_its_style() -> None:
    styles = (
        f"<w:styles {WORD}><w:style w:type='character' w:styleId='Note'><w:name w:val='footnote reference'/>"
        f"<w:rPr>{UP}</w:rPr></w:style></w:styles>"
    )
    named = "<w:rStyle w:val='Note'/>"
    level = "<w:rStyle w:val='Note'/><w:vertAlign w:val='baseline'/>"
    body = (
        f"<w:p>{run('at least 15')}{run('2', UP)}{run(' people in 2019')}{run('1', UP)}{run('4', UP)}</w:p>"
        f"<w:p>{run('fined 230')}{run('3', named)}{run(' of them, 15')}{run('7', level)}</w:p>"
        f"<w:tbl><w:tr><w:tc><w:p>{run('Almaty')}</w:p></w:tc>"
        f"<w:tc><w:p>{run('57')}{run('5', UP)}</w:p></w:tc></w:tr></w:tbl>"
    )
    assert word_file(body, word__styles=styles) == (
        "at least 15[2] people in 2019[14]\n\nfined 230[3] of them, 157\n\nAlmaty\t57[5]"
    )


def test_a_raised_number_of_rich_text_is_a_mark() -> None:
    data = (
        rb"{\rtf1\ansi Police detained 15{\super 2} people in 2019\super 4\nosupersub  and 2020{\up6\fs16 5}, "
        rb"30 m{\super 2}; 15{\super 9\plain 7} x{\sub 2}.\par}"
    )
    assert read(data, "a.rtf").text == "Police detained 15[2] people in 2019[4] and 2020[5], 30 m2; 15[9]7 x2."


def test_a_raised_number_of_an_opendocument_text_is_a_mark() -> None:
    content = (
        f"<office:document-content {OFFICE}><office:automatic-styles><style:style style:name='T1' style:family='text'>"
        "<style:text-properties style:text-position='super 58%'/></style:style></office:automatic-styles><office:body>"
        "<text:p>at least 15<text:span text:style-name='T1'><text:a>2</text:a></text:span> people in 2019</text:p>"
        "</office:body></office:document-content>"
    )
    assert read(zipped(content=content), "a.odt").text == "at least 15[2] people in 2019"


def test_a_raised_number_in_a_line_of_a_pdf_is_a_mark_and_begins_no_other_number() -> None:
    words = lines("Police detained at least 15")
    rest = [
        (201.2, 704.0, 6.5, "2"),
        (208.0, 700.0, 11.0, "people in Almaty and the surrounding district in 2019"),
        (464.4, 704.0, 6.5, "4"),
        (72.0, 687.0, 11.0, "and the court of the district fined the whole of the others."),
        (346.2, 691.0, 6.5, "5"),
        (353.0, 687.0, 11.0, "They appealed."),
    ]
    text = read(make_pdf([words + rest]), "a.pdf").text
    assert "at least 15[2] people in Almaty and the surrounding district in 2019[4]" in text
    assert "others.[5] They appealed." in text


def test_the_number_at_the_start_of_a_footnote_of_a_pdf_stays_its_label() -> None:
    body = lines(*["The delegation of the State under review was headed by the Minister of Justice and"] * 3)
    note = [(72.0, 93.0, 5.0, "1"), (77.0, 90.0, 8.0, "Adopted without a vote."), (72.0, 80.0, 8.0, "2 See the annex.")]
    extract = read(make_pdf([body + note]), "a.pdf")
    assert [p.label for p in paragraphs(extract, "x")] == [None, "footnote 1", "footnote 2"]


def test_a_small_number_that_is_not_raised_stays_part_of_its_line() -> None:
    line = [*lines("They filed the complaint under No. 15"), (252.0, 700.0, 8.0, "7")]
    assert "[7]" not in read(make_pdf([line]), "a.pdf").text
