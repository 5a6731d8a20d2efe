import contextlib
import io
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.document import Extract, Kind, Refused
from indexer.readers import READERS, load, media_type_of, read
from indexer.sandbox import Parser

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)


def blocks_of(extract: Extract, *kinds: Kind) -> list[str]:
    return [extract.text[b.start : b.end] for b in extract.blocks if not kinds or b.kind in kinds]


def zipped(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name.replace("__", "/") + ".xml", text)
    return file.getvalue()


def word_file(body: str, **parts: str) -> bytes:
    return zipped(word__document=f"<w:document {WORD}><w:body>{body}</w:body></w:document>", **parts)


def page(body: str, head: str = "") -> Extract:
    return read(f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>".encode(), "a.html")


# Which reader


def test_importing_the_registry_imports_no_reader_library() -> None:
    heavy = "('lxml', 'pypdfium2', 'email', 'numpy')"
    code = f"import sys, indexer.readers; print([m for m in sys.modules if m.split('.')[0] in {heavy}])"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.txt", b"words", "text/plain"),
        ("A.MD", b"# words", "text/markdown"),
        ("README", b"words", "text/plain"),
        ("a.pdf", b"%PDF-1.4", "application/pdf"),
        ("a.txt", b"\n%PDF-1.4", "application/pdf"),
        ("a.pdf", b"<!DOCTYPE html><html>", "text/html"),
        ("a.txt", b"<!doctype html><p>", "text/html"),
        ("a.doc", b"{\\rtf1 x}", "application/rtf"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
        ("a.doc", b"<?xml version='1.0'?><html>", "text/html"),
        ("a.zip", b"PK\x03\x04", "application/x-archive"),
        ("a.txt", b"7z\xbc\xaf\x27\x1c", "application/x-archive"),
    ],
)
def test_what_the_bytes_say_goes_before_the_name(name: str, head: bytes, expected: str) -> None:
    assert media_type_of(name, head) == expected


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 ...", "legacy Word file: save it as .docx"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 ...", "password-protected: save it without a password"),
        ("a.zip", b"PK\x03\x04...", "archive: unpack it first"),
        ("a.xyz", b"words", "not a kind of file that can be read here: save it as PDF or text"),
        ("a.txt", b"", "empty file"),
        ("a.txt", b" \n - \n", "no text in it"),
        (
            "a.docx",
            b"PK\x03\x04 broken",
            "damaged file: it cannot be unpacked; open it in Word or LibreOffice and save it again",
        ),
        ("a.html", b"", "empty file"),
    ],
)
def test_a_refusal_says_what_to_do(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(data, name)
    assert str(refusal.value) == reason


def test_every_registered_reader_can_be_loaded() -> None:
    for media_type in READERS:
        assert callable(load(media_type))


@pytest.mark.parametrize(
    "name", ["a.txt", "a.md", "a.html", "a.xml", "a.rtf", "a.eml", "a.mbox", "a.srt", "a.docx", "a.odt"]
)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_blocks_lie_in_the_text(name: str, data: bytes) -> None:
    try:
        extract = read(data, name)
    except Refused:
        return
    last = 0
    for block in extract.blocks:
        assert last <= block.start < block.end <= len(extract.text)
        assert extract.text[block.start : block.end] == extract.text[block.start : block.end].strip()
        last = block.end


# Plain text


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.txt")), ids=lambda path: path.stem)
def test_the_text_of_a_text_file_is_the_file(path: Path) -> None:
    extract = read(path.read_bytes(), path.name)
    assert extract.text == path.read_bytes().decode()
    lines = [line.strip() for line in extract.text.split("\n") if line.strip()]
    assert blocks_of(extract) == lines


def test_line_ends_are_kept_as_they_are() -> None:
    extract = read("\ufeffOne\r\n\r\nTwo\rThree\n".encode(), "a.txt")
    assert extract.text == "\ufeffOne\r\n\r\nTwo\rThree\n"
    assert blocks_of(extract) == ["One", "Two", "Three"]


def test_lines_wrapped_by_hand_are_joined_until_a_blank_line() -> None:
    text = (
        "The court found that the applicant had been held for eleven days\n"
        "without any contact with a lawyer or with his family, and that no\n"
        "record of the detention had been made at the station at all.\n"
        "\n"
        "1. The government did not dispute the length of the detention but\n"
        "said that the applicant had not asked for a lawyer at any time in\n"
        "those days.\n"
        "2. The applicant disputed this and pointed to his written request\n"
        "of the first day.\n"
    )
    blocks = blocks_of(read(text.encode(), "a.txt"))
    assert [block.split()[0] for block in blocks] == ["The", "1.", "2."]
    assert blocks[0].endswith("station at all.")


def test_short_lines_in_a_row_are_not_taken_for_wrapped_text() -> None:
    assert len(read(b"ILGA-Europe\nOutright International\nLSVD\nThe Council\n", "a.txt").blocks) == 4


# Markdown


def test_markdown_has_headings_lists_code_and_front_matter() -> None:
    text = (
        '---\ntitle: "A title"\ndate: 2021-02-11\nlang: en\npublisher: Some group\n---\n'
        "# One #\n\nSome words\nthat go on.\n\n"
        "Two\n===\n- first\n  goes on\n- second\n\n1. third\n\n"
        "```\ncode here\n\n# no heading\n```\n> quoted\n\n[^1]: note\n"
    )
    extract = read(text.encode(), "a.md")
    assert extract.text == text
    assert (extract.title, extract.date, extract.language) == ("A title", "2021-02-11", "en")
    assert extract.publisher == "Some group"
    assert [(b.level, extract.text[b.start : b.end]) for b in extract.blocks if b.kind is Kind.HEADING] == [
        (1, "One"),
        (1, "Two"),
    ]
    assert blocks_of(extract, Kind.LIST_ITEM) == ["first\n  goes on", "second", "1. third"]
    assert blocks_of(extract, Kind.BODY) == ["Some words\nthat go on.", "code here\n\n# no heading", "quoted"]
    assert blocks_of(extract, Kind.FOOTNOTE) == ["[^1]: note"]


# HTML


def test_html_is_read_in_order_with_headings_items_and_rows() -> None:
    extract = page(
        "<h1>Title</h1><p>One <b>bold</b>\n word.</p>loose<ul><li>first<li>second</ul>"
        "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td><p>2</p></td></tr></table><p>a<br>b</p><pre>x\n  y</pre>"
    )
    assert blocks_of(extract) == [
        "Title",
        "One bold word.",
        "loose",
        "first",
        "second",
        "A\tB",
        "1\t2",
        "a\nb",
        "x\n  y",
    ]
    assert extract.blocks[0].kind is Kind.HEADING
    assert extract.blocks[0].level == 1
    assert blocks_of(extract, Kind.LIST_ITEM) == ["first", "second"]


def test_what_a_page_does_not_show_is_not_text() -> None:
    extract = page(
        "<script>var a</script><style>p{}</style><noscript>no</noscript><p hidden>no</p><p style='display: none'>no</p>"
        "<!-- no --><template>no</template>Yes<svg><text>no</text></svg>"
    )
    assert blocks_of(extract, Kind.BODY) == ["Yes"]
    assert blocks_of(extract) == ["Yes", "no", "no"], "what is in the page but not shown is kept, and told apart"


def test_menus_and_footers_are_boilerplate_and_articles_are_not() -> None:
    body = " ".join(["The court found that he had been held for eleven days."] * 8)
    extract = page(
        "<nav><a href=/>Home</a> <a href=/n>News</a></nav><header class=site><a href=/>Site</a></header>"
        f"<article><header><h1>Verdict</h1></header><p>{body}</p><footer>Signed by ten groups</footer></article>"
        "<div class='related-posts'><a href=/1>Another story</a></div>"
        "<ul><li><a>One</a><li><a>Two</a><li><a>Three</a><li><a>Four</a></ul><footer>Contact</footer>"
    )
    assert blocks_of(extract, Kind.BOILERPLATE) == [
        "Home News", "Site", "Another story", "One", "Two", "Three", "Four", "Contact",
    ]  # fmt: skip
    assert blocks_of(extract, Kind.HEADING, Kind.BODY) == ["Verdict", body, "Signed by ten groups"]


def test_a_page_that_calls_all_its_content_a_widget_keeps_it() -> None:
    body = "<p>The court found that he had been held for eleven days.</p>" * 8
    assert blocks_of(page(f"<div class='widget sidebar'>{body}</div>"), Kind.BOILERPLATE) == []


def test_a_page_declares_title_publisher_date_and_language() -> None:
    head = (
        "<title>Verdict - Some Site</title><meta property='og:site_name' content='Some Site'>"
        '<script type=\'application/ld+json\'>{"@graph": [{"datePublished": "2021-02-11T08:00:00Z"}]}</script>'
    )
    extract = page("<p>words</p>", head)
    assert (extract.title, extract.publisher, extract.date, extract.language) == (
        "Verdict",
        "Some Site",
        "2021-02-11",
        "en",
    )


def test_a_page_in_koi8_that_declares_latin_1_is_read() -> None:
    data = "<meta charset=iso-8859-1><p>Суд признал заявителя виновным.</p>".encode("koi8-r")
    assert blocks_of(read(data, "a.html")) == ["Суд признал заявителя виновным."]


@pytest.mark.timeout(60)
def test_pages_made_to_be_slow_end_quickly() -> None:
    for data in (
        b"<" * 700_000,
        b"<div>" * 200_000 + b"word",
        b"<p>a" + b"&lt;" * 200_000,
        b"<table><tr><td>" * 20_000,
    ):
        with contextlib.suppress(Refused):
            read(data, "a.html")


# Word and OpenDocument


def test_word_paragraphs_have_headings_numbers_tables_and_notes() -> None:
    number = "<w:pPr><w:numPr><w:ilvl w:val='{}'/><w:numId w:val='1'/></w:numPr></w:pPr>"
    data = word_file(
        "<w:p><w:pPr><w:pStyle w:val='H'/></w:pPr><w:r><w:t>Findings</w:t></w:r></w:p>"
        f"<w:p>{number.format(0)}<w:r><w:t>First</w:t></w:r></w:p>"
        f"<w:p>{number.format(1)}<w:r><w:t>Inner</w:t></w:r></w:p>"
        f"<w:p>{number.format(0)}<w:r><w:t>Second</w:t></w:r><w:r><w:footnoteReference w:id='7'/></w:r></w:p>"
        "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t>kept</w:t></w:r></w:ins></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>B</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        word__styles=f"<w:styles {WORD}><w:style w:styleId='H'><w:name w:val='heading 2'/></w:style></w:styles>",
        word__numbering=f"<w:numbering {WORD}><w:abstractNum w:abstractNumId='0'>"
        "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.'/></w:lvl>"
        "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='lowerLetter'/><w:lvlText w:val='(%2)'/></w:lvl>"
        "</w:abstractNum><w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num></w:numbering>",
        word__footnotes=f"<w:footnotes {WORD}><w:footnote w:id='7'><w:p><w:r><w:t>A note.</w:t></w:r></w:p>"
        "</w:footnote></w:footnotes>",
    )
    extract = read(data, "a.docx")
    assert blocks_of(extract) == ["Findings", "1. First", "(a) Inner", "2. Second[1]", "kept", "A\tB", "[1] A note."]
    assert (extract.blocks[0].kind, extract.blocks[0].level) == (Kind.HEADING, 2)
    assert extract.blocks[-1].kind is Kind.FOOTNOTE


def test_a_word_file_that_defines_entities_is_refused() -> None:
    laughs = "".join(f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, 10))
    data = zipped(
        word__document=f"<!DOCTYPE d [<!ENTITY l0 'ha'>{laughs}]><w:document {WORD}><w:body>&l9;</w:body></w:document>"
    )
    with pytest.raises(Refused, match="entities"):
        read(data, "a.docx")


def test_opendocument_text_has_headings_items_rows_and_notes() -> None:
    body = (
        "<text:h text:outline-level='2'>Findings</text:h><text:p>One<text:s text:c='2'/>two<text:note>"
        "<text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>A note.</text:p></text:note-body></text:note></text:p>"
        "<text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>A</text:p></table:table-cell>"
        "<table:table-cell><text:p>B</text:p></table:table-cell></table:table-row></table:table>"
    )
    content = f"<office:document-content {OFFICE}><office:body>{body}</office:body></office:document-content>"
    extract = read(zipped(content=content), "a.odt")
    assert blocks_of(extract) == ["Findings", "One  two[1]", "item", "A\tB", "[1] A note."]
    assert [block.kind for block in extract.blocks] == [
        Kind.HEADING,
        Kind.BODY,
        Kind.LIST_ITEM,
        Kind.BODY,
        Kind.FOOTNOTE,
    ]


# Rich text, mail, subtitles, XML


def test_rich_text_in_a_russian_code_page_is_read() -> None:
    words = "".join(f"\\'{byte:02x}" for byte in "Приговор суда".encode("cp1251"))
    data = (
        rb"{\rtf1\ansi\ansicpg1251{\fonttbl{\f0\fcharset204 Times;}}{\stylesheet{\s1 heading 1;}}{\info{\title Title}}"
        rb"\pard\s1\f0 " + words.encode() + rb"\par\pard {\listtext 1.\tab}One \u8212? two{\footnote A note.}\par"
        rb"\trowd\intbl a\cell b\cell\row\pard {\*\unknown gone}{\pict 00ff}last}trailing"
    )
    extract = read(data, "a.rtf")
    assert blocks_of(extract) == ["Приговор суда", "1. One — two[1]", "a\tb", "last", "[1] A note."]
    assert extract.title == "Title"
    assert (extract.blocks[0].kind, extract.blocks[0].level) == (Kind.HEADING, 1)


def test_a_letter_has_its_subject_date_and_body() -> None:
    data = (
        "Subject: =?koi8-r?B?8NLJx8/Xz9I=?=\r\nFrom: a@example.org\r\nDate: Thu, 11 Feb 2021 10:00:00 +0100\r\n"
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<p>Текст</p><p>конец</p>"
    ).encode()
    extract = read(data, "a.eml")
    assert (extract.title, extract.date) == ("Приговор", "2021-02-11")
    assert blocks_of(extract)[-2:] == ["Текст", "конец"]


def test_every_letter_of_a_mailbox_is_read() -> None:
    letter = "From a@b Thu Jan  1 00:00:00 2021\nSubject: {}\n\nFrom here on, words.\n\n"
    extract = read((letter.format("One") + letter.format("Two")).encode(), "a.mbox")
    assert blocks_of(extract) == ["One", "From here on, words.", "Two", "From here on, words."]


def test_subtitles_are_words_without_times() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nOne line\nof words\n\n2\n00:00:03,000 --> 00:00:04,000\nMore\n"
    extract = read(text.encode(), "a.srt")
    assert extract.text == text
    assert blocks_of(extract) == ["One line\nof words", "More"]


def test_xml_is_read_by_the_elements_that_hold_words() -> None:
    data = (
        "<?xml version='1.0' encoding='windows-1251'?><rss><title>Новости</title><link>http://a.example/</link>"
        "<item><description>&lt;p&gt;Один &lt;b&gt;два&lt;/b&gt;&lt;/p&gt;</description></item>"
        "<p>a <i>b</i> c</p></rss>"
    ).encode("cp1251")
    extract = read(data, "a.xml")
    assert blocks_of(extract) == ["Новости", "Один два", "a b c"]
    assert extract.title == "Новости"


def test_xml_does_not_reach_for_files() -> None:
    data = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;words</x>'
    assert "root" not in read(data, "a.xml").text


# The folder of odd, broken and hostile files


def test_every_kind_of_messy_file_ends_read_or_refused_with_a_reason(shared_data: Path) -> None:
    files = sorted(file for file in (shared_data / "messy").rglob("*") if file.is_file())
    reasons = []
    with Parser() as parser:
        for path in files[::12] + sorted((shared_data / "messy" / "bombs").iterdir()):
            began = time.monotonic()
            try:
                assert parser.read(path, path.name).blocks
            except Refused as refusal:
                reasons.append(str(refusal))
            assert time.monotonic() - began < 20
    assert not [reason for reason in reasons if len(reason) < 8 or "crashed" in reason]
