"""Numbers that a program shows before list items and rows but does not store in their text."""

from __future__ import annotations

import io
import zipfile

import pytest

from indexer.document import Extract, Kind
from indexer.paragraphs import paragraphs
from indexer.readers import read
from indexer.readers.list_numbers import written

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "style", "table")
)
LEVEL = "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.'/></w:lvl>"
LIST = (
    f"<w:abstractNum w:abstractNumId='0'>{LEVEL}</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>"
)


def zipped(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, text in parts.items():
            package.writestr(name.replace("__", "/") + ".xml", text)
    return file.getvalue()


def blocks_of(extract: Extract) -> list[str]:
    return [extract.text[block.start : block.end] for block in extract.blocks]


def word_file(body: str, numbering: str = LIST) -> list[str]:
    data = zipped(
        word__document=f"<w:document {WORD}><w:body>{body}</w:body></w:document>",
        word__numbering=f"<w:numbering {WORD}>{numbering}</w:numbering>",
    )
    return blocks_of(read(data, "a.docx"))


def numbered(words: str, end: str = "") -> str:
    run = f"<w:r><w:t>{words}</w:t></w:r>" if words else ""
    return (
        f"<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr><w:rPr>{end}</w:rPr></w:pPr>{run}</w:p>"
    )


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"


def plain(words: str) -> str:
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


# Word


def test_numbered_rows_of_a_word_table_have_their_numbers_and_count() -> None:
    rows = "".join(row(numbered(words), plain("Noted")) for words in ("Release them.", "Repeal it."))
    assert word_file(f"<w:tbl>{rows}</w:tbl>{numbered('And the rest.')}") == [
        "1. Release them.\tNoted",
        "2. Repeal it.\tNoted",
        "3. And the rest.",
    ]


def test_a_cell_that_shows_nothing_but_its_number_shows_it() -> None:
    rows = "".join(row(numbered(""), plain(name)) for name in ("Aigul S.", "Marat K."))
    assert word_file(f"<w:tbl>{rows}</w:tbl>{numbered('After.')}") == ["1.\tAigul S.", "2.\tMarat K.", "3. After."]


def test_an_empty_numbered_paragraph_of_a_word_file_counts() -> None:
    assert word_file(numbered("First.") + numbered("") + numbered("Third.")) == ["1. First.", "3. Third."]


@pytest.mark.parametrize("end", ["<w:del w:id='1'/>", "<w:moveFrom w:id='1'/>", "<w:vanish/>"])
def test_a_paragraph_whose_end_is_deleted_or_hidden_does_not_count(end: str) -> None:
    assert word_file(numbered("First.") + numbered("", end) + numbered("Second.")) == ["1. First.", "2. Second."]
    assert word_file(numbered("", "<w:vanish w:val='0'/>") + numbered("Second.")) == ["2. Second."]


def test_a_list_that_takes_its_levels_from_a_list_style_has_numbers() -> None:
    numbering = (
        "<w:abstractNum w:abstractNumId='0'><w:numStyleLink w:val='UN'/></w:abstractNum>"
        f"<w:abstractNum w:abstractNumId='1'><w:styleLink w:val='UN'/>{LEVEL}</w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='1'/></w:num>"
    )
    assert word_file(numbered("First.") + numbered("Second."), numbering) == ["1. First.", "2. Second."]


# OpenDocument


LEVELS = (
    "<text:list-level-style-number text:level='1' style:num-format='1' style:num-suffix='.'/>"
    "<text:list-level-style-number text:level='2' style:num-format='a' style:num-prefix='(' style:num-suffix=')'/>"
    "<text:list-level-style-number text:level='3' style:num-format='1' text:display-levels='3' text:start-value='4'/>"
)
STYLES = (
    f"<text:list-style style:name='N'>{LEVELS}</text:list-style>"
    "<text:list-style style:name='B'><text:list-level-style-bullet text:level='1'/></text:list-style>"
)


def open_text(body: str, styles: str = "") -> Extract:
    content = (
        f"<office:document-content {OFFICE}><office:automatic-styles>{STYLES}</office:automatic-styles><office:body>"
        f"{body}</office:body></office:document-content>"
    )
    parts = {"styles": f"<office:document-styles {OFFICE}>{styles}</office:document-styles>"} if styles else {}
    return read(zipped(content=content, **parts), "a.odt")


def items(*words: str, about: str = "text:style-name='N'") -> str:
    inner = "".join(
        f"<text:list-item>{item if '<' in item else f'<text:p>{item}</text:p>'}</text:list-item>" for item in words
    )
    return f"<text:list {about}>{inner}</text:list>"


def test_items_of_an_opendocument_list_have_the_numbers_and_labels_that_are_shown() -> None:
    inner = items("counsel;", "appeal, namely", items("in time;", about=""), about="")
    extract = open_text(items("The court met.", f"<text:p>Violated were</text:p>{inner}", "We call for a retrial."))
    assert blocks_of(extract) == [
        "1. The court met.",
        "2. Violated were",
        "(a) counsel;",
        "(b) appeal, namely",
        "2.b.4 in time;",
        "3. We call for a retrial.",
    ]
    assert [p.label for p in paragraphs(extract, "x")][:4] == ["1", "2", "2 (a)", "2 (b)"]


def test_an_opendocument_list_goes_on_only_where_it_says_so() -> None:
    body = (
        items("one", "two", about="text:style-name='N' xml:id='l1'")
        + "<text:p>between</text:p>"
        + items("three", about="text:style-name='N' text:continue-numbering='true'")
        + items("new")
        + items("four", about="text:style-name='N' text:continue-list='l1'")
    )
    assert blocks_of(open_text(body)) == ["1. one", "2. two", "between", "3. three", "1. new", "4. four"]


def test_of_an_opendocument_item_only_the_first_paragraph_is_numbered_and_a_header_is_not() -> None:
    body = (
        "<text:list text:style-name='N'><text:list-header><text:p>Header</text:p></text:list-header>"
        "<text:list-item text:start-value='7'><text:p>seven</text:p><text:p>more of it</text:p></text:list-item>"
        "<text:list-item><text:p/></text:list-item><text:list-item><text:p>nine</text:p></text:list-item></text:list>"
    )
    assert blocks_of(open_text(body)) == ["Header", "7. seven", "more of it", "9. nine"]


def test_bullets_of_an_opendocument_list_are_items_without_numbers() -> None:
    extract = open_text(items("one", "two", about="text:style-name='B'"))
    assert (blocks_of(extract), {block.kind for block in extract.blocks}) == (["one", "two"], {Kind.LIST_ITEM})


def test_numbered_rows_of_an_opendocument_table_have_their_numbers() -> None:
    def cells(*inner: str) -> str:
        both = "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in inner)
        return f"<table:table><table:table-row>{both}</table:table-row></table:table>"

    on = "text:style-name='N' text:continue-numbering='true'"
    body = cells(items("Release.", about=on), "<text:p>Noted</text:p>") + items("After.", about=on)
    assert blocks_of(open_text(body)) == ["1. Release.\tNoted", "2. After."]


def test_chapters_of_an_opendocument_text_are_numbered_by_its_outline() -> None:
    outline = (
        "<text:outline-style><text:outline-level-style text:level='1' style:num-format='I' style:num-suffix='.'/>"
        "<text:outline-level-style text:level='2' style:num-format='A' style:num-suffix='.'/></text:outline-style>"
    )
    heads = ((1, "Facts", ""), (2, "Arrest", ""), (2, "Trial", ""), (1, "Foreword", "text:is-list-header='true'"))
    body = "".join(f"<text:h text:outline-level='{level}' {more}>{words}</text:h>" for level, words, more in heads)
    body += "<text:h text:outline-level='1'>Law</text:h><text:p>Text.</text:p>"
    extract = open_text(body, outline)
    assert blocks_of(extract) == ["I. Facts", "A. Arrest", "B. Trial", "Foreword", "II. Law", "Text."]


def test_lists_nested_without_end_are_read_in_time() -> None:
    deep = "<text:list text:style-name='N'><text:list-item><text:p>x</text:p>" * 3000
    assert "1. x" in blocks_of(open_text(deep + "</text:list-item></text:list>" * 3000))


# Web pages


def page(body: str, head: str = "") -> list[str]:
    return blocks_of(read(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(), "a.html"))


def test_items_of_an_ordered_list_of_a_page_have_the_numbers_that_are_shown() -> None:
    body = (
        "<ol><li>Release them;<li>Investigate:<ol type=a><li>in Almaty;<li>in Zhanaozen;</ol><li>Repeal it.</ol>"
        "<ol start=4><li><p>Ratify</p><p>at once</p><li value=7>Publish<li>Pay</ol>"
        "<ol reversed type=I><li>last<li>first</ol><ul><li>a bullet</ul>"
    )
    assert page(body) == [
        *("1. Release them;", "2. Investigate:", "a. in Almaty;", "b. in Zhanaozen;", "3. Repeal it."),
        *("4. Ratify", "at once", "7. Publish", "8. Pay", "II. last", "I. first", "a bullet"),
    ]


def test_paragraph_3_of_a_numbered_list_of_a_page_can_be_found() -> None:
    body = "<p>We call on you to:</p><ol><li>Release them.</li><li>Investigate.</li><li>Repeal it.</li></ol>"
    extract = read(f"<html><body>{body}</body></html>".encode(), "a.html")
    assert {p.label: p.text for p in paragraphs(extract, "x")}["3"] == "3. Repeal it."


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<ol style='list-style: none'><li>one<li>two</ol>"),
        ("", "<ol><li style='list-style-type:none'>one<li style='list-style-type:none'>two</ol>"),
        ("<style>.plain, .x { margin: 0; list-style: none outside }</style>", "<ol class='plain'><li>one<li>two</ol>"),
        ("<style>ol{list-style-type:none}</style>", "<ol><li>one<li>two</ol>"),
        ("", "<ol class='list-unstyled'><li>one<li>two</ol>"),
        ("", "<nav><ol><li>one<li>two</ol></nav>"),
    ],
)
def test_a_list_that_is_laid_out_without_numbers_gets_none(head: str, body: str) -> None:
    assert page(f"<p>Text of the page.</p>{body}", head) == ["Text of the page.", "one", "two"]


def test_an_item_that_begins_with_its_own_number_gets_no_second_one() -> None:
    assert page("<ol><li>1. one<li>(2) two<li>3 three years</ol>") == ["1. one", "(2) two", "3. 3 three years"]


def test_an_item_that_is_not_shown_does_not_count() -> None:
    assert page("<ol><li>one<li style='display:none'>gone<li>two</ol>")[:2] == ["1. one", "2. two"]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        *(
            (28, "lowerLetter", "bb"),
            (28, "lowerAlpha", "ab"),
            (703, "upperAlpha", "AAA"),
            (1994, "upperRoman", "MCMXCIV"),
        ),
        *((30, "russianLower", "аа"), (2, "russianUpper", "Б"), (0, "lowerAlpha", "0"), (-1, "lowerRoman", "-1")),
        *((4, "decimalZero", "04"), (4, "unknown", "4"), (4000, "lowerRoman", "4000")),
    ],
)
def test_numbers_are_written_in_the_form_of_their_list(number: int, form: str, text: str) -> None:
    assert written(number, form) == text


def test_an_item_that_begins_with_a_figure_has_its_number_too() -> None:
    assert page("<ol><li>1.5 million fled.<li>2 died.</ol>") == ["1. 1.5 million fled.", "2. 2 died."]


@pytest.mark.timeout(20)
def test_a_style_sheet_with_pictures_and_fonts_in_it_is_read_quickly() -> None:
    font = "@font-face{src:url(data:font/woff2;base64," + "QUJD" * 200_000 + ")}"
    sheet = f"<style>/* a */ ul{{x:y}} {font} ol.plain{{list-style:none}} /* b</style>"
    assert page(sheet + "<ol class=plain><li>one</ol><ol><li>two</ol>") == ["one", "1. two"]
