"""How well `search.grounding` tells sentences that a passage supports from those it does not.

``--data`` is a corpus in BEIR layout whose passages sentences are taken from and spoilt; ``--claims`` one whose
``answers.jsonl`` says which of its queries a text supports and which it contradicts (people wrote these). Everything
drawn depends on ``--seed`` alone.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from eval.dataset import read
from indexer.sentences import sentences
from search.framing import says
from search.function_words import function_words
from search.grounding import ENOUGH, Source, Unsupported, support

LEVELS = (0.7, 0.8, 0.9, 1.0)
FAITHFUL = ("verbatim", "shortened", "supported claim")
Case = tuple[str, str, str]  # kind, sentence, passage
_WORD = re.compile(r"[^\W\d_]{4,}")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 0."""
    parser = argparse.ArgumentParser(prog="python -m eval.grounding", description=__doc__)
    parser.add_argument("--data", required=True, help="corpus in BEIR layout to plant from")
    parser.add_argument("--claims", type=Path, help="corpus in BEIR layout with labelled claims")
    parser.add_argument("--count", type=int, default=200, help="sentences of each class (default 200)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    cases = list(planted([t.text for t in read(options.data).texts()], options.count, options.seed))
    if options.claims:
        cases += labelled(options.claims)
    print(f"{'class':<20} {'n':>4}  kept at a share of words of at least")
    print(f"{'':<26} " + " ".join(f"{level:>6}" for level in LEVELS))
    for kind in dict.fromkeys(kind for kind, _, _ in cases):
        chosen = [case for case in cases if case[0] == kind]
        shares = [sum(kept(case, level) for case in chosen) / len(chosen) for level in LEVELS]
        mark = "+" if kind in FAITHFUL else "-"
        print(f"{mark} {kind:<18} {len(chosen):>4}  " + " ".join(f"{share:6.1%}" for share in shares))
    return 0


def kept(case: Case, enough: float = ENOUGH) -> bool:
    """Whether a sentence is kept that cites its passage alone."""
    _, sentence, passage = case
    common = frozenset(w for w in re.findall(r"[^\W\d_]+", passage) if w.islower())
    try:
        return bool(support(sentence, [Source(1, passage, "en")], common, enough=enough))
    except Unsupported:
        return False


def planted(texts: Sequence[str], count: int, seed: int) -> Iterator[Case]:
    """Yield up to ``count`` sentences of each class, each with the passage it is said to come from."""
    drawn = random.Random(seed)
    passages = [text for text in texts if 60 <= len(text.split()) <= 250]
    vocabulary = sorted(
        {w for text in passages for w in _WORD.findall(text) if w.islower() and w not in function_words()}
    )
    names = sorted({name for text in passages for name in _NAME.findall(text)})
    makers: dict[str, Callable[[str, str], str | None]] = {
        "verbatim": lambda s, _: s,
        "shortened": lambda s, _: _shortened(s, drawn),
        "elsewhere": lambda s, other: other,
        "number changed": lambda s, _: _changed(s, r"\b\d+\b", lambda n: str(int(n) + drawn.randint(1, 9)), drawn),
        "name changed": lambda s, _: _changed(s, _NAME.pattern, lambda _n: drawn.choice(names), drawn),
        "word changed": lambda s, _: _changed(s, r"\b[a-z]{5,}\b", lambda _w: drawn.choice(vocabulary), drawn),
        "denied": lambda s, _: _denied(s),
        "unattributed": lambda s, _: _unattributed(s),
        "mixed": lambda s, other: _mixed(s, other),
    }
    for kind, make in makers.items():
        made = 0
        for _ in range(40 * count):
            if made == count:
                break
            passage, elsewhere = drawn.choice(passages), drawn.choice(passages)
            sentence, other = _one(passage, drawn), _one(elsewhere, drawn)
            if passage is elsewhere or not sentence or not other:
                continue
            said = make(sentence, other)
            if said and (kind == "verbatim" or said not in passage):
                made += 1
                yield kind, said, passage


def labelled(folder: Path) -> Iterator[Case] | list[Case]:
    """Return the claims of a data set with the text that supports or contradicts each."""
    texts = {t.id: t.text for t in read(str(folder)).texts()}
    claims = {row["_id"]: row["text"] for row in map(json.loads, (folder / "queries.jsonl").open(encoding="utf-8"))}
    names = {"SUPPORT": "supported claim", "CONTRADICT": "contradicted claim"}
    found = {}
    for row in map(json.loads, (folder / "answers.jsonl").open(encoding="utf-8")):
        for evidence in row["evidence"]:
            found[row["_id"], evidence["doc"]] = (names[evidence["label"]], claims[row["_id"]], texts[evidence["doc"]])
    return sorted(found.values(), key=lambda case: case[0], reverse=True)


def _one(passage: str, drawn: random.Random) -> str:
    spans = [s for s in sentences(passage) if 8 <= len(passage[slice(*s)].split()) <= 45]
    return passage[slice(*drawn.choice(spans))] if spans else ""


def _shortened(sentence: str, drawn: random.Random) -> str | None:
    """The sentence without one of the parts that stand between its commas."""
    parts = sentence.split(", ")
    if len(parts) < 3:
        return None
    del parts[drawn.randrange(1, len(parts) - 1)]
    return ", ".join(parts)


def _changed(sentence: str, pattern: str, change: Callable[[str], str], drawn: random.Random) -> str | None:
    places = [m for m in re.finditer(pattern, sentence) if m[0] not in function_words()]
    if not places:
        return None
    place = drawn.choice(places)
    return sentence[: place.start()] + change(place[0]) + sentence[place.end() :]


def _denied(sentence: str) -> str | None:
    """The sentence with "not" put in after its first auxiliary, or taken out."""
    if re.search(r"\bnot ", sentence):
        return re.sub(r"\bnot ", "", sentence, count=1)
    said = re.sub(r"\b(was|were|is|are|had|has|have|would|could|should|will)\b", r"\1 not", sentence, count=1)
    return said if said != sentence else None


def _unattributed(sentence: str) -> str | None:
    """What someone is said to have said, as if it were so."""
    before, that, after = sentence.partition(" that ")
    if not that or len(after.split()) < 6 or not says(before) or says(after):
        return None
    return after[0].upper() + after[1:]


def _mixed(sentence: str, other: str) -> str | None:
    ours, theirs = sentence.split(), other.split()
    return " ".join(ours[: len(ours) // 2] + theirs[len(theirs) // 2 :])


if __name__ == "__main__":
    raise SystemExit(main())
