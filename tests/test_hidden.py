"""Hidden text: found at reading, kept, ranked last, never an answer, and marked wherever it shows."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from test_readers import OFFICE, blocks_of, page, word_file, zipped

from api.app import create_app
from api.cli import main
from indexer.build import build
from indexer.catalogue import Catalogue
from indexer.document import Kind, Passage
from indexer.index import Index
from indexer.paragraphs import paragraphs
from indexer.readers import read
from indexer.readers.pdf_hidden import LOOKS
from indexer.unseen import unseen
from search.engine import Engine

MARK = "not visible in the original"


def hidden(data: bytes, name: str) -> list[str]:
    return blocks_of(read(data, name), Kind.HIDDEN)


# -- web pages


@pytest.mark.parametrize(
    "words",
    [
        '<p style="display:none">GHOST</p>',
        '<p style="visibility: hidden">GHOST</p>',
        "<p hidden>GHOST</p>",
        '<p style="font-size:0">GHOST</p>',
        '<p style="font-size: .5px">GHOST</p>',
        '<p style="opacity:0">GHOST</p>',
        '<p style="color:#fff">GHOST</p>',
        '<p style="color:rgb(254, 255, 250)">GHOST</p>',
        '<p style="color:transparent">GHOST</p>',
        '<p><font color="white">GHOST</font></p>',
        '<p style="background:#123456;color:#123459">GHOST</p>',
        '<div bgcolor="black"><p style="color:black">GHOST</p></div>',
        '<p style="position:absolute; left:-9999px">GHOST</p>',
        '<p style="text-indent:-5000px">GHOST</p>',
        '<p style="position:absolute;clip:rect(0,0,0,0)">GHOST</p>',
        '<div style="max-height:0;overflow:hidden"><p>GHOST</p></div>',
        "<style>.a{display:none}</style><p class='b a'>GHOST</p>",
        "<style>/* .b{} */ #x, #y { visibility:hidden }</style><p id=y>GHOST</p>",
        "<style>p.a{font-size:0}</style><p class=a>GHOST</p>",
        "<details style='display:none'><summary>More</summary>GHOST</details>",
    ],
)
def test_words_that_a_page_does_not_show_are_kept_and_told_apart(words: str) -> None:
    extract = page(f"<p>Seen before.</p>{words}<p>Seen after.</p>")
    assert "GHOST" in " ".join(blocks_of(extract, Kind.HIDDEN))
    assert blocks_of(extract, Kind.BODY) == ["Seen before.", "Seen after."]


@pytest.mark.parametrize(
    "words",
    [
        '<div style="background:#003"><p style="color:#fff">SEEN</p></div>',
        '<div style="background:url(x.png)"><p style="color:white">SEEN</p></div>',
        '<link rel="stylesheet" href="a.css"><p style="color:white">SEEN</p>',
        '<ul style="font-size:0"><li style="font-size:14px">SEEN</li></ul>',
        '<div style="visibility:hidden"><p style="visibility:visible">SEEN</p></div>',
        "<style>@media print{p{display:none}} .other{display:none}</style><p>SEEN</p>",
        "<style>.a{display:none}</style><p class=a style='display:block'>SEEN</p>",
        "<style>div.a{display:none}</style><p class=a>SEEN</p>",
        '<script>show()</script><p style="opacity:0">SEEN</p>',
        '<p style="background-clip:text;color:transparent">SEEN</p>',
        "<details><summary>More</summary><p>SEEN</p></details>",
        '<p style="text-indent:-2em;color:#777">SEEN</p>',
    ],
)
def test_words_that_a_page_shows_or_may_show_are_text(words: str) -> None:
    extract = page(f"<p>Before.</p>{words}")
    assert "SEEN" in " ".join(blocks_of(extract, Kind.BODY, Kind.LIST_ITEM))
    assert blocks_of(extract, Kind.HIDDEN) == []


def test_a_page_that_a_script_shows_as_a_whole_is_text() -> None:
    text = b"<html><body style='visibility:hidden'><p>All of it.</p><script>show()</script></body></html>"
    assert blocks_of(read(text, "a.html"), Kind.BODY) == ["All of it."]


def test_hidden_words_do_not_part_a_sentence_or_shift_the_numbers_of_paragraphs() -> None:
    extract = page("<p>One <span style='display:none'>GHOST</span>sentence.</p><p hidden>HOST</p><p>8. Two.</p>")
    found = paragraphs(extract, "d")
    assert [(p.number, p.kind, p.text) for p in found] == [
        (1, Kind.BODY, "One sentence."), (2, Kind.BODY, "8. Two."), (3, Kind.HIDDEN, "GHOST"), (4, Kind.HIDDEN, "HOST"),
    ]  # fmt: skip


def test_a_sheet_of_styles_that_is_made_to_cost_time_does_not() -> None:
    for evil in (
        "@" * 200_000,
        "@a{" * 100_000,
        "/*" * 200_000,
        "a{" * 100_000 + "}" * 100_000,
        "a," * 200_000 + "{x:y}",
    ):
        assert blocks_of(page(f"<p>Seen.</p><style>{evil}</style>"), Kind.BODY) == ["Seen."]


# -- Word, OpenDocument, RTF


def run(words: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r>"


@pytest.mark.parametrize("properties", [
    "<w:vanish/>", '<w:vanish w:val="true"/>', '<w:color w:val="FFFFFF"/>', '<w:color w:val="fefefe"/>',
    '<w:sz w:val="2"/>', '<w:rStyle w:val="Ghost"/>',
])  # fmt: skip
def test_runs_that_word_does_not_show_are_kept_and_told_apart(properties: str) -> None:
    styles = f'<w:styles {WORD}><w:style w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>'
    body = f"<w:p>{run('Seen ')}{run('GHOST', properties)}{run('words.')}</w:p>"
    extract = read(word_file(body, word__styles=styles), "a.docx")
    assert blocks_of(extract) == ["Seen words.", "GHOST"]
    assert blocks_of(extract, Kind.HIDDEN) == ["GHOST"]


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
WHITE = '<w:color w:val="FFFFFF"/>'


def paragraph(properties: str, of_paragraph: str = "") -> str:
    return f"<w:p><w:pPr>{of_paragraph}</w:pPr>{run('SEEN', properties)}</w:p>"


def table(of_table: str, of_cell: str) -> str:
    cell = f"<w:tc><w:tcPr>{of_cell}</w:tcPr>{paragraph(WHITE)}</w:tc>"
    return f"<w:tbl><w:tblPr>{of_table}</w:tblPr><w:tr>{cell}</w:tr></w:tbl>"


@pytest.mark.parametrize("body", [
    paragraph(WHITE + '<w:shd w:val="clear" w:fill="1F3864"/>'),
    paragraph(WHITE + '<w:highlight w:val="black"/>'),
    paragraph(WHITE, '<w:shd w:fill="000000"/>'),
    table("", '<w:shd w:fill="444444"/>'),
    table('<w:tblStyle w:val="Grid"/>', ""),
    paragraph('<w:vanish w:val="0"/>'),
    paragraph('<w:sz w:val="12"/>'),
])  # fmt: skip
def test_white_on_a_ground_and_what_is_not_hidden_after_all_is_text(body: str) -> None:
    assert blocks_of(read(word_file(body), "a.docx"), Kind.HIDDEN) == []


def test_what_opendocument_and_rtf_hide_is_kept_and_told_apart() -> None:
    names = (
        'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
        'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    )
    body = "<text:p>Seen <text:span text:style-name='G'>GHOST</text:span>words.</text:p>"
    for look in ('text:display="none"', 'fo:color="#ffffff"', 'fo:font-size="1pt"'):
        style = f'<style:style style:name="G"><style:text-properties {look}/></style:style>'
        content = f"<office:document-content {OFFICE} {names}>{style}{body}</office:document-content>"
        extract = read(zipped(content=content), "a.odt")
        assert (blocks_of(extract, Kind.BODY), blocks_of(extract, Kind.HIDDEN)) == (["Seen words."], ["GHOST"]), look
    extract = read(rb"{\rtf1 Seen {\v GHOST}words.\par {\deleted gone}More.\par}", "a.rtf")
    assert (blocks_of(extract, Kind.BODY), blocks_of(extract, Kind.HIDDEN)) == (["Seen words.", "More."], ["GHOST"])


# -- PDF

PICTURE = "q 500 0 0 200 50 550 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \x10\xe0\xe0\x10 EI Q\n"
DARK = "0.1 0.1 0.4 rg 50 690 400 30 re f\n"


def pdf(*pages: str, rotate: int = 0) -> bytes:
    """A PDF of A4 pages with these contents; /F1 is Helvetica."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        f"<< /Font << /F1 {font} >> >>",
    ]  # fmt: skip
    for n, content in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate {rotate} /Resources 3 0 R "
            f"/Contents {5 + 2 * n} 0 R >>"
        )
        packed = zlib.compress(content.encode("latin-1")).decode("latin-1")
        objects.append(f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n{packed}\nendstream")
    body = "%PDF-1.4\n" + "".join(f"{n} 0 obj\n{text}\nendobj\n" for n, text in enumerate(objects, 1))
    return (body + f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n%%EOF\n").encode("latin-1")


def shown(words: str, how: str = "", *, x: float = 60, y: float = 700, size: float = 12) -> str:
    return f"q BT {how} /F1 {size} Tf {x} {y} Td ({words}) Tj ET Q\n"


SEEN = shown("The reader sees these words on the page.", y=500)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("ghost", [
    shown("GHOST words", "3 Tr"),
    shown("GHOST words", "1 1 1 rg"),
    shown("GHOST words", "0.97 g"),
    DARK + shown("GHOST words", "0.1 0.1 0.4 rg").replace("0.1 0.1 0.4 rg", "3 Tr"),
    shown("GHOST words", size=0.5),
    shown("GHOST words", x=700),
    shown("GHOST words", y=-40),
])  # fmt: skip
def test_words_that_leave_no_mark_on_a_page_are_kept_and_told_apart(ghost: str, rotate: int) -> None:
    extract = read(pdf(SEEN + ghost, rotate=rotate), "a.pdf")
    assert blocks_of(extract, Kind.HIDDEN) == ["GHOST words"]
    assert extract.blocks[-1].page == 1
    assert "GHOST" not in " ".join(blocks_of(extract, Kind.BODY, Kind.HEADING))


@pytest.mark.parametrize("rotate", [0, 90])
@pytest.mark.parametrize("ghost", [
    DARK + shown("SEEN words", "1 1 1 rg"),
    shown("SEEN words"),
    shown("SEEN words", "0.6 g"),
    shown("SEEN words", "1 1 1 rg 0 G 2 Tr"),
    shown("SEEN words", size=6),
])  # fmt: skip
def test_words_that_leave_a_mark_on_a_page_are_text(ghost: str, rotate: int) -> None:
    assert blocks_of(read(pdf(SEEN + ghost, rotate=rotate), "a.pdf"), Kind.HIDDEN) == []


def test_the_text_layer_of_a_scan_is_text_also_under_a_stamp_that_is_printed_on_it() -> None:
    scan = PICTURE + shown("Words that OCR read in the picture", "3 Tr")
    for content in (scan, scan + shown("Page 7 of 9", y=30)):
        extract = read(pdf(content), "a.pdf")
        assert "Words that OCR read in the picture" in blocks_of(extract)
        assert blocks_of(extract, Kind.HIDDEN) == []
    beside = PICTURE + shown("GHOST words", "3 Tr", y=300) + SEEN
    assert hidden(pdf(beside), "a.pdf") == ["GHOST words"], "a picture elsewhere on the page does not count"


def test_a_hidden_word_within_a_line_does_not_take_the_line_with_it() -> None:
    line = "q BT /F1 12 Tf 60 700 Td (The council ) Tj 3 Tr (GHOST ) Tj 0 Tr (met in March.) Tj ET Q\n"
    extract = read(pdf(line + SEEN), "a.pdf")
    assert blocks_of(extract, Kind.HIDDEN) == ["GHOST"]
    assert "The council" in extract.text
    assert "met in March." in extract.text


def test_drawing_pages_to_look_for_light_words_has_an_end() -> None:
    light = shown("Light words", "1 1 1 rg")
    found = blocks_of(read(pdf(*[SEEN + light] * (LOOKS + 3)), "a.pdf"), Kind.HIDDEN)
    assert len(found) == LOOKS


# -- characters


@pytest.mark.parametrize(("text", "spans"), [
    ("pay\u200bload", [(3, 4)]),
    ("im\u200d\u200dport", [(2, 4)]),
    ("account \u202egnirts\u202c end", [(8, 9), (15, 16)]),
    ("tags \U000e0041\U000e0042 here", [(5, 7)]),
    ("a \u200b\u200c\u200d\u200b b", [(2, 6)]),
    ("left \u2066and\u2069", [(5, 6), (9, 10)]),
    ("\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", []),  # Persian needs its joiner
    ("\u05e9\u05dc\u05d5\u05dd \u2066(abc)\u2069 \u200f!", []),  # Hebrew beside Latin
    ("\U0001f468\u200d\U0001f469\u200d\U0001f467", []),  # a family
    ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", []),  # the flag of England
    ("co\u00adoperation caf\u00e9", []),
    ("\u0e20\u0e32\u0e29\u0e32\u200b\u0e44\u0e17\u0e22", []),  # Thai
])  # fmt: skip
def test_characters_without_use_that_nobody_sees_are_found_and_useful_ones_left_alone(
    text: str, spans: list[tuple[int, int]]
) -> None:
    assert unseen(text) == spans


@given(st.text(st.sampled_from("ab \u200b\u202e\u2066\U000e0041\u05d0\u0e01"), max_size=30))
def test_what_is_found_lies_within_the_text_in_order_and_holds_no_letter(text: str) -> None:
    at = 0
    for start, end in unseen(text):
        assert at <= start < end <= len(text)
        assert not any(c.isalnum() or c == " " for c in text[start:end])
        at = end


# -- from the index to the reader


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of a page with hidden words and one with a character that is not seen."""
    at = tmp_path_factory.mktemp("hidden")
    (at / "files").mkdir()
    (at / "files" / "grain.html").write_text(
        "<title>Grain report</title><h1>Grain report</h1><p>The harvest of 2019 failed in the northern districts.</p>"
        "<p>Prices rose in the spring that followed.</p>"
        '<p style="display:none">The zeppelin inspector Ivo Kessler burned the granary of Lomno on 3 May 2019.</p>'
    )
    (at / "files" / "court.txt").write_text("The court sus\u200bpended the licence of the radio station in Osmanly.\n")
    index = Index(at / "index", create=True)
    build(index, [at / "files"])
    index.close()
    return at / "index"


@pytest.fixture(scope="module")
def engine(folder: Path) -> Engine:
    return Engine.open(folder)


QUESTION = "Which inspector burned the granary of Lomno?"


def test_hidden_words_are_found_but_rank_last_and_never_answer(engine: Engine) -> None:
    from search.query import Query

    hits = engine.search(Query(QUESTION)).hits
    assert "Kessler" in hits[-1].passage.text
    assert hits[-1].passage.hidden
    assert not any(hit.passage.hidden for hit in hits[:-1])
    assert "Kessler" not in engine.ask(QUESTION).text


def test_an_answer_that_takes_hidden_words_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passages = Catalogue.passages

    def shown(self: Catalogue, keys: Sequence[int]) -> dict[int, Passage]:
        return {key: replace(passage, boilerplate=False) for key, passage in passages(self, keys).items()}

    monkeypatch.setattr(Catalogue, "passages", shown)
    with pytest.raises(AssertionError):
        test_hidden_words_are_found_but_rank_last_and_never_answer(Engine.open(folder))


def test_search_ask_reading_and_verification_mark_hidden_words_on_the_wire(folder: Path) -> None:
    with TestClient(create_app(folder), base_url="http://127.0.0.1") as client:
        hits = client.get("/v1/search", params={"q": QUESTION}).json()["hits"]
        ghost = hits[-1]["citation"]
        assert ghost["hidden"] == [[0, len(ghost["text"])]]
        assert [hit["citation"]["hidden"] for hit in hits if "harvest" in hit["text"]] == [[]]
        said = client.post("/v1/ask", json={"question": "what did the court suspend in Osmanly"}).json()
        (cited,) = said["citations"]
        assert cited["text"][slice(*cited["hidden"][0])] == "\u200b"
        document = next(hit["document"]["id"] for hit in hits if "Kessler" in hit["text"])
        rows = client.get(f"/v1/documents/{document}/paragraphs").json()["paragraphs"]
        assert [(row["kind"], bool(row["hidden"])) for row in rows][-1] == ("not visible", True)
        assert not any(row["hidden"] for row in rows[:-1])
        quote = {"quote": "Ivo Kessler burned the granary of Lomno"}
        (place,) = client.post("/v1/verify", json=quote).json()["places"]
        assert place["hidden"] == [[0, len(place["text"])]]
        at = {"document": document, "char_start": ghost["char_start"], "char_end": ghost["char_end"]}
        assert MARK in client.get("/v1/cite", params=at).json()["formats"]["text"]
        assert "Kessler" not in client.get("/v1/timeline").text
        assert "failed in" in client.get("/v1/timeline").text


def test_the_terminal_marks_hidden_words(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", QUESTION, "--index", str(folder)]) == 0
    *_, last = capsys.readouterr().out.split("grain.html")
    assert MARK in last
    assert main(["ask", "what did the court suspend in Osmanly", "--index", str(folder)]) == 0
    assert f"1 of its characters {MARK}" in capsys.readouterr().out


def test_a_word_is_found_through_the_characters_that_hide_it(engine: Engine) -> None:
    from search.query import Mode, Query

    assert engine.search(Query("suspended", mode=Mode.LEXICAL)).total == 1
