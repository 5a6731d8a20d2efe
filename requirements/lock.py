"""Make the hash-locked requirements: `make lock` (needs uv, and the package registry).

torch comes in two builds for Linux: the registry's, which needs the CUDA packages, and the CPU build. The lock
accepts both, and keeps the CUDA packages in a file of their own that is installed only where torch asks for them.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
CUDA = re.compile(r"^(nvidia-|cuda-|triton)")
# torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl
CPU_BUILDS = {"torch==2.13.0": ["6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b"]}


def resolve(*extra: str) -> list[str]:
    """Return the locked requirements, one string of several lines each."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11", "--quiet"]
    options = ["--generate-hashes", "--no-header", "--no-annotate", *extra]
    text = subprocess.run([*command, *options], check=True, capture_output=True, text=True, cwd=HERE.parent).stdout
    return re.split(r"\n(?=\S)", text.strip())


def with_cpu_builds(requirement: str) -> str:
    """Accept the CPU build of a requirement beside the registry's."""
    hashes = CPU_BUILDS.get(requirement.split()[0], [])
    return requirement + "".join(f" \\\n    --hash=sha256:{digest}" for digest in hashes)


def main() -> None:
    """Write the three lock files."""
    run, dev = resolve(), resolve("--extra", "dev")
    parts = {
        "run.lock": [r for r in run if not CUDA.match(r)],
        "dev.lock": [r for r in dev if not CUDA.match(r)],
        "cuda.lock": [r for r in run if CUDA.match(r)],
    }
    for name, requirements in parts.items():
        (HERE / name).write_text("\n".join(map(with_cpu_builds, requirements)) + "\n")


if __name__ == "__main__":
    main()
