import io
import os
import signal
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.document import Block, Extract, Kind, Refused
from indexer.sandbox import Limits, Parser, _extract_from
from indexer.sandbox_child import _answer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as shared:
        yield shared


def reason(parser: Parser, data: bytes, name: str) -> str:
    with pytest.raises(Refused) as refusal:
        parser.read(data, name)
    return str(refusal.value)


def pdf_with_stream(stream: bytes, filters: bytes) -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n"
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>\nendobj\n4 0 obj\n<</Length "
        + str(len(stream)).encode()
        + b"/Filter "
        + filters
        + b">>stream\n"
        + stream
        + b"\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )


def test_a_file_is_read_with_its_furniture_marked(parser: Parser) -> None:
    extract = parser.read("Заголовок\n\nТекст страницы.\n\nПодписаться\n".encode("cp1251"), "a.txt")
    assert extract.text == "Заголовок\n\nТекст страницы.\n\nПодписаться\n"
    assert [block.kind for block in extract.blocks] == [Kind.BODY, Kind.BODY, Kind.BOILERPLATE]


def test_a_path_is_read_and_what_cannot_be_opened_is_refused(parser: Parser, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("words")
    assert parser.read(path, "a.txt").text == "words"
    with pytest.raises(Refused, match="cannot be opened"):
        parser.read(tmp_path / "none.txt", "none.txt")


def test_empty_and_over_large_files_are_refused_unread() -> None:
    with Parser(max_file_mb=1) as small:
        assert reason(small, b"", "a.txt") == "empty file"
        assert "--max-file-mb" in reason(small, b"a" * 1_000_001, "a.txt")


def test_a_bomb_in_a_pdf_is_refused_in_seconds(parser: Parser) -> None:
    squeeze = zlib.compressobj(9)
    bomb = b"".join(squeeze.compress(bytes(2**20)) for _ in range(100)) + squeeze.flush()
    began = time.monotonic()
    assert "bomb" in reason(parser, pdf_with_stream(bomb, b"/FlateDecode"), "a.pdf")
    assert "bomb" in reason(parser, pdf_with_stream(zlib.compress(bomb), b"[/FlateDecode /FlateDecode]"), "a.pdf")
    assert time.monotonic() - began < 20


def test_a_bomb_in_a_word_file_is_refused_in_seconds(parser: Parser) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package, package.open("word/document.xml", "w") as part:
        for _ in range(100):
            part.write(b" " * 2**20)
    assert "bomb" in reason(parser, file.getvalue(), "a.docx")


def test_a_file_that_needs_too_much_memory_costs_itself_only() -> None:
    with Parser(Limits(memory_mib=120)) as tight:
        assert "MiB" in reason(tight, b"<p>word</p>" * 2_000_000, "a.html")
        assert tight.read(b"after", "b.txt").text == "after"


def test_a_file_that_takes_too_long_costs_itself_only() -> None:
    with Parser(Limits(seconds=0.2)) as hasty:
        assert "took longer" in reason(hasty, b"<p>word <b>bold</b></p>" * 300_000, "a.html")
        hasty.limits = Limits()
        assert hasty.read(b"after", "b.txt").text == "after"


def test_a_server_that_was_killed_is_replaced(parser: Parser) -> None:
    assert parser.read(b"before", "a.txt").text == "before"
    assert parser._server is not None
    os.kill(parser._server.pid, signal.SIGKILL)
    assert parser.read(b"after", "b.txt").text == "after"


def test_ctrl_c_while_reading_leaves_no_stale_answer(parser: Parser, monkeypatch: pytest.MonkeyPatch) -> None:
    parser.read(b"before", "a.txt")
    with monkeypatch.context() as patch:
        patch.setattr("indexer.sandbox._frame", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            parser.read(b"interrupted", "a.txt")
    assert parser.read(b"after", "b.txt").text == "after"


def test_an_answer_that_breaks_its_promises_is_refused() -> None:
    good: dict[str, object] = {"text": "words", "blocks": [[0, 5, 1, 0, None]], "media_type": "text/plain"}
    assert _extract_from(good) == Extract("words", (Block(0, 5),), "text/plain")
    for blocks in (
        [[0, 6, 1, 0, None]],
        [[3, 2, 1, 0, None]],
        [[0, 5, 99, 0, None]],
        [[0, 3, 1, 0, 1], [2, 5, 1, 0, 1]],
        7,
    ):
        with pytest.raises(Refused, match="nonsense"):
            _extract_from({**good, "blocks": blocks})


def test_text_that_no_database_takes_is_replaced_in_place() -> None:
    answer = _answer(b"a{\\rtf1 x}", "a.txt")
    assert answer["text"] == "a{\\rtf1 x}"
    rtf = _answer(rb"{\rtf1 one \u55296? two}", "a.rtf")
    assert rtf["text"] == "one \ufffd two"


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is measured on Linux")
def test_reading_a_small_file_takes_little_memory(parser: Parser) -> None:
    parser.read(b"words", "a.txt")
    assert 5 < parser.peak_mib < 1100
