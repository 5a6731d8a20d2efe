"""Every peer on one data set, each in a process of its own, so that its time and its memory are its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval import results
from eval.peers.models import Model
from eval.peers.peer import TOOLS, Missing, Tool
from eval.run import ROOT, Progress

_OFFLINE = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "HAYSTACK_TELEMETRY_ENABLED": "False"}


@dataclass(frozen=True, slots=True)
class Rival:
    """A peer with the model that it is given."""

    tool: Tool
    model: Model = "theirs"

    @property
    def system(self) -> str:
        """Its name among the results."""
        return f"{self.tool.name}, our model" if self.model == "ours" else self.tool.name


def rivals(tools: Sequence[Tool] = TOOLS, ours: bool = False) -> list[Rival]:
    """Return each peer with the model of its own kind, and with ours too if asked for and if it embeds at all."""
    return [Rival(tool) for tool in tools] + [Rival(tool, "ours") for tool in tools if ours and tool.embeds]


def run(
    dataset: str, data: str, rival: Rival, work: Path, folder: Path, site: Path | None = None,
    report: Callable[[Progress], None] = lambda _: None,
) -> None:  # fmt: skip
    """Measure one peer in a process of its own, and write the result into ``folder``.

    Texts are encoded in another process before, once for a data set and a model, so that encoding is not in the memory
    of any peer. Raises `Missing`, naming what to install, or ValueError if the peer fails.
    """
    common = ["--data", data, "--model", rival.model, "--cache", str(work / "peers")]
    common += ["--site", str(site)] if site else []
    if rival.tool.embeds:
        _child(common, f"{dataset}, {rival.system}", report)
    own = ["--peer", rival.tool.key, "--folder", str(folder), "--system", rival.system]
    _child([*common, *own], f"{dataset}, {rival.system}", report)


def newest(root: Path, dataset: str, system: str) -> Path | None:
    """Return the folder of a system's newest result on a data set below ``root``; None if there is none."""
    found = [folder for folder in results.find(root) if _is(folder, dataset, system)]
    return max(found, key=lambda folder: (folder / "result.json").stat().st_mtime, default=None)


def _is(folder: Path, dataset: str, system: str) -> bool:
    head = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return bool(head.get("dataset") == dataset and head.get("system") == system)


def _child(arguments: Sequence[str], name: str, report: Callable[[Progress], None]) -> None:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, **_OFFLINE, "PYTHONPATH": path}
    command = [sys.executable, "-m", "eval.peers.child", *arguments]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        problem = ""
        for step in _steps(child.stdout):
            problem = str(step.get("problem", problem))
            if "doing" in step:
                report(Progress(str(step["doing"]), int(str(step["done"])), int(str(step["total"]))))
        said = child.stderr.read()
    if problem:
        raise Missing(problem)
    if child.returncode:
        raise ValueError(f"{name} failed:\n{said.strip()}")


def _steps(lines: Iterator[str]) -> Iterator[dict[str, object]]:
    """Read the child's lines; what a tool prints by itself is passed over."""
    for line in lines:
        if line.startswith("{"):
            step = json.loads(line)
            if isinstance(step, dict):
                yield step
