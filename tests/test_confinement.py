"""A process that reads a document can reach nothing else, and broken copies of messy files cost only themselves."""

from __future__ import annotations

import io
import json
import os
import random
import resource
import socket
import subprocess
import sys
import time
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import pytest
from soaking import times

from indexer.document import Extract, Refused
from indexer.entries import cut
from indexer.reading import as_document
from indexer.sandbox import Limits, Parser
from indexer.scan import File

ROOT = Path(__file__).parent.parent
ATTEMPTS = ("connects", "reads", "writes", "forks", "runs", "signals")
HARSH = ("crashed", "longer than", "MiB to read")  # of reasons, where a limit ended the reader or it ended itself
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
    """A copy with bytes changed, cut off, doubled, or with a part of another file in it; of a package, inside too."""
    if data.startswith(b"PK") and draw.random() < 0.7 and (inside := _broken_inside(data, draw, other)):
        return inside
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


def _broken_inside(data: bytes, draw: random.Random, other: bytes) -> bytes | None:
    # A changed byte of a compressed file stops at its checksum; what reads the XML would never see one.
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy:
            parts = [part for part in package.infolist() if part.file_size]
            if not parts or sum(part.file_size for part in parts) > 20_000_000:
                return None
            changed = draw.choice(parts)
            for part in parts:
                words = package.read(part)
                copy.writestr(part.filename, broken(words, draw, other) if part is changed else words)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError):
        return None
    return made.getvalue()


def cut_up(extract: Extract, name: str) -> None:
    """Do with what was read what comes next, outside the reader's process; it must hold for any text."""
    document = as_document("x", File(Path("/x"), name, 0, 0), extract, None, "")
    entry = cut(document, extract, "", (0, 0))
    for part in (*entry.paragraphs, *(p.passage for p in entry.passages)):
        assert extract.text[part.char_start : part.char_end] == part.text


def spent(server: subprocess.Popen[bytes]) -> float:
    """Seconds of the processor that a process and its ended children took, and this process."""
    after_name = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK") + time.process_time()


@pytest.mark.timeout(36_000)
def test_broken_copies_of_messy_files_are_read_or_refused_and_the_reader_lives_on(messy: list[Path]) -> None:
    seed = times(11, int(os.environ.get("SEED", "12")))
    draw = random.Random(seed)
    small = [file for file in messy if 0 < file.stat().st_size < 2_000_000]
    ends, harsh, slowest, shown = Counter[str](), Counter[str](), 0.0, time.monotonic()
    with Parser() as parser:
        parser.read(b"words", "a.txt")
        server = parser._server
        assert server
        began = spent(server)
        while ends.total() < 50 or spent(server) - began < times(0, int(os.environ.get("FUZZ_SECONDS", "3600"))):
            file, other = draw.choice(small), draw.choice(small)
            data = broken(file.read_bytes(), draw, other.read_bytes())
            try:
                extract = parser.read(data, file.name)
                ends["read"] += 1
                took = time.process_time()
                cut_up(extract, file.name)
                slowest = max(slowest, time.process_time() - took)
            except Refused as refusal:
                ends["refused"] += 1
                harsh[str(refusal)] += any(word in str(refusal) for word in HARSH)
            if time.monotonic() > shown + 30:
                shown = time.monotonic()
                print(f"{spent(server) - began:.0f} s: {dict(ends)}", file=sys.stderr, flush=True)
        assert parser._server is server, "the server was started again"
        print(
            f"seed {seed}, {spent(server) - began:.0f} s of the processor: {dict(ends)}, of these {dict(+harsh)}; "
            f"{parser.peak_mib:.0f} MiB at most; what comes after reading took {slowest:.1f} s at most"
        )
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
