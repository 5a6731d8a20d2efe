"""Questions with and without an answer that were written by hand, as people ask, over a few documents of a data set.

Their files stand beside the code; the documents are read from the set. What the kinds are: `eval.refusal_questions`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.refusal_questions import Example, Made, Source, read
from indexer.sentences import sentences

# With the data set that the documents are from. Those reworded share few words with the text.
BY_HAND = {
    "rights_news": "hrdsattack",
    "reworded_news": "hrdsattack",
    "reworded_reviews": "upr",
    "reworded_articles": "xquad_ru2en",
}


def by_hand(data: Path) -> list[Made]:
    """Read the questions over documents of the data sets below `data` that are there."""
    return [_asked(data, name) for name, folder in BY_HAND.items() if (data / folder).is_dir()]


def _asked(data: Path, name: str) -> Made:
    """Questions written by hand, as people ask, over a few documents of a set; their file stands beside the code."""
    written = read(Path(__file__).parent / "questions" / f"{name}.jsonl")
    wanted = {gold["article"] for q in written for gold in q.get("gold", ())}
    rows = [(_document(r), r) for r in read(data / BY_HAND[name] / "corpus.jsonl")]
    sources = [
        Source((r["_id"],), document, f"{r['title']} {str(r['metadata'].get('date') or '')[:10]}", text)
        for document, r in rows
        if document in wanted
        for text in _passages(r["text"])
    ]
    everything = tuple(range(len(sources)))
    examples = [
        Example(name, q["question"], q["kind"], everything, _holding(sources, q.get("gold", ()))) for q in written
    ]
    return Made(name, sources, examples)


def _passages(text: str) -> list[str]:
    """The whole of a text: paragraphs joined to about 110 words, longer ones cut at the ends of sentences."""
    whole: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        passage = ""
        for start, end in sentences(paragraph):
            sentence = " ".join(paragraph[start:end].split())
            if passage and len(f"{passage} {sentence}".split()) > 110:
                whole.append(passage)
                passage = sentence
            else:
                passage = f"{passage} {sentence}".strip()
        if whole and len(f"{whole[-1]} {passage}".split()) <= 110:
            whole[-1] += "\n" + passage
        elif passage:
            whole.append(passage)
    return whole


def _document(row: dict[str, Any]) -> str:
    """The document that a row is of: the row itself in a set of articles, else what its id begins with."""
    return str(row["metadata"].get("doc") or re.split(r"-\d+$", row["_id"])[0])


def _holding(sources: Sequence[Source], gold: Sequence[dict[str, str]]) -> frozenset[int]:
    return frozenset(
        i for i, s in enumerate(sources) if any(s.group == g["article"] and g["holds"] in s.text for g in gold)
    )
