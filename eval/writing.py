"""What is kept of what a real language model writes, asked over HTTP: `pincite serve` with a writer on answers here."""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.progress import track

from eval.dataset import sample

QUESTIONS = Path(__file__).parent / "questions/sample.jsonl"
_MOST_S = 3_600.0  # seconds for one answer of a model on a slow machine


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 1 if a citation was not word for word."""
    parser = argparse.ArgumentParser(prog="python -m eval.writing", description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000", help="where `pincite serve` is")
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="questions, one JSON object a line")
    parser.add_argument("--count", type=int, default=20, help="how many of the answerable ones, drawn with --seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print what was kept and dropped")
    arguments = parser.parse_args(argv)
    asked = [q.text for q in sample(arguments.questions).questions if q.answerable]
    random.Random(arguments.seed).shuffle(asked)
    answers = [ask(arguments.address, text) for text in track(asked[: arguments.count], "asked")]
    for body, _ in answers if arguments.show else ():
        print(body["question"], body["writer"], body["writer_failure"], sep=" | ")
        print(*(f"  + {s['text']}" for s in body["sentences"]), sep="\n")
        print(*(f"  - {d['text']} ({d['reason']})" for d in body["dropped"]), sep="\n")
    measured = measure(answers, lambda citation: _stands(arguments.address, citation))
    print(json.dumps(measured, indent=2, ensure_ascii=False))
    return 0 if measured["citations not word for word"] == 0 else 1


def ask(address: str, question: str) -> tuple[dict[str, Any], float]:
    """Ask a question and return the answer as it was sent, and the seconds it took. Raises `httpx2.HTTPError`."""
    import httpx2

    began = time.monotonic()
    response = httpx2.post(f"{address}/v1/ask", json={"question": question}, timeout=_MOST_S)
    response.raise_for_status()
    body: dict[str, Any] = response.json()
    return body, time.monotonic() - began


def measure(
    answers: Sequence[tuple[Mapping[str, Any], float]], stands: Callable[[Mapping[str, Any]], bool]
) -> dict[str, Any]:
    """Count what was kept and dropped; ``stands`` says whether a citation is in its document word for word."""
    bodies = [body for body, _ in answers if body["status"] != "unanswerable"]
    written = [body for body in bodies if body["writer"] != "extractive"]
    citations = [citation for body in bodies for citation in body["citations"]]
    reasons = Counter(_kind(d["reason"]) for body in bodies for d in body["dropped"])
    return {
        "answered": len(bodies),
        "written": len(written),
        "left in the words of the sources": Counter(b["writer_failure"] for b in bodies if b not in written),
        "sentences kept": sum(len(body["sentences"]) for body in written),
        "sentences dropped": reasons,
        "citations": len(citations),
        "citations not word for word": sum(not stands(citation) for citation in citations),
        "seconds, p50": round(statistics.median(seconds for _, seconds in answers), 1) if answers else None,
    }


def _kind(reason: str) -> str:
    """A reason without the words and numbers of the one sentence."""
    parts = reason.replace("”", "“").split("“")
    return "…".join(part for part in parts[::2]).translate(str.maketrans("", "", "0123456789[]"))


def _stands(address: str, citation: Mapping[str, Any]) -> bool:
    """Whether the characters of a citation are those of its paragraphs."""
    import httpx2

    at = f"{address}/v1/documents/{citation['document']['id']}/paragraphs"
    first, last = citation["paragraph"], citation["paragraph_end"]
    asked = {"offset": first - 1, "limit": last - first + 1}
    paragraphs = httpx2.get(at, params=asked, timeout=60).json()["paragraphs"]
    text, begin, end = citation["text"], citation["char_start"], citation["char_end"]
    places = [(p, max(begin, p["char_start"]), min(end, p["char_start"] + len(p["text"]))) for p in paragraphs]
    same = [text[a - begin : b - begin] == p["text"][a - p["char_start"] : b - p["char_start"]] for p, a, b in places]
    return bool(same) and all(same) and len(text) == end - begin


if __name__ == "__main__":
    raise SystemExit(main())
