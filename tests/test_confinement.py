"""A process that reads a document can reach nothing else, and broken copies of messy files cost only themselves."""

from __future__ import annotations

import json
import random
import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from soaking import times

from indexer.document import Extract, Refused
from indexer.sandbox import Limits, Parser

ROOT = Path(__file__).parent.parent
ATTEMPTS = ("connects", "reads", "writes", "forks", "runs", "signals")
SECONDS, MIB = 5, 1024  # what a bomb may take of the processor and of memory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp are Linux's")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.txt"
    file.write_text("words of another document")
    return file


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_reader_fails_at_whatever_leads_out(secret: Path, attempt: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, Parser() as parser:
        said = parser.probe(listener.getsockname()[1], secret)
        assert parser.read(b"and it reads on", "a.txt").text == "and it reads on"
    if not said["held"]:
        pytest.skip("this kernel has neither Landlock nor seccomp")
    assert said[attempt] is True, said
    assert not secret.with_name("secret.txt.written").exists()


def test_whatever_leads_out_is_possible_without_the_confinement(secret: Path) -> None:
    code = (
        "import json, sys; from indexer.confinement import attempts;"
        " print(json.dumps(attempts(int(sys.argv[1]), sys.argv[2])))"
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, "-c", code, str(listener.getsockname()[1]), str(secret)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert json.loads(done.stdout) == dict.fromkeys(ATTEMPTS, False)


@pytest.fixture
def messy(shared_data: Path) -> list[Path]:
    return sorted(f for f in (shared_data / "messy").rglob("*") if f.is_file() and f.suffix != ".tsv")


def broken(data: bytes, draw: random.Random, other: bytes) -> bytes:
    """A copy with bytes changed, cut off, doubled, or with a part of another file in it."""
    made, at = bytearray(data), draw.randrange(len(data) or 1)
    match draw.randrange(4):
        case 0:
            for _ in range(draw.choice([1, 10, 100])):
                made[draw.randrange(len(made))] = draw.randrange(256)
        case 1:
            del made[at:]
        case 2:
            made[at:at] = made[at : at + draw.randrange(1, 5_000)]
        case 3:
            made[at : at + 500] = other[:500]
    return bytes(made)


@pytest.mark.timeout(7200)
def test_broken_copies_of_messy_files_are_read_or_refused_and_the_reader_lives_on(messy: list[Path]) -> None:
    draw = random.Random(11)
    small = [file for file in messy if 0 < file.stat().st_size < 2_000_000]
    ends = {"read": 0, "refused": 0}
    with Parser() as parser:
        parser.read(b"words", "a.txt")
        server = parser._server
        for _ in range(times(50, 5_000)):
            file, other = draw.choice(small), draw.choice(small)
            try:
                extract = parser.read(broken(file.read_bytes(), draw, other.read_bytes()), file.name)
                assert isinstance(extract, Extract)
                ends["read"] += 1
            except Refused:
                ends["refused"] += 1
        assert parser._server is server, "the server was started again"
        print(ends, f"{parser.peak_mib:.0f} MiB at most")
        assert parser.peak_mib <= MIB * 1.05


@pytest.mark.timeout(1800)
def test_bombs_end_in_seconds_and_within_their_memory(messy: list[Path]) -> None:
    bombs = [file for file in messy if file.parent.name == "bombs"]
    for bomb in bombs if times(0, 1) else random.Random(1).sample(bombs, min(4, len(bombs))):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with Parser(Limits()) as parser:
            try:
                parser.read(bomb, bomb.name)
                how = "read"
            except Refused as refusal:
                how = str(refusal)
            peak = parser.peak_mib
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{bomb.name}: {seconds:.1f} s, {peak:.0f} MiB, {how}")
        assert seconds <= SECONDS
        assert peak <= MIB * 1.05
