"""How many written references lead to the paragraph that they name, and whether a reference ever becomes a label.

Every labelled paragraph below ``--folder`` is asked for, or with ``--gold DIR`` (``corpus.jsonl.gz`` with ids
``document#label``, and ``pdfs/``) paragraphs drawn from there: the words found must be the gold ones. Each is asked for
in a form drawn at random: "para. 8", "§ 8", "п. 8", with the document's symbol, title or file before or after it.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from eval.labels import plain_words, records
from indexer.catalogue import Catalogue
from indexer.document import Document, Kind, Paragraph
from indexer.folder import read_folder
from indexer.paragraphs import body_start, paragraphs
from indexer.readers.text import read
from search.addresses import Addresses

_UNITS = {
    "para": ("para. {}", "paragraph {}", "§ {}", "para {}", "п. {}", "пункт {}", "point {}"),
    "recital": ("recital {}", "Recital {}", "преамбула {}"),
    "citation": ("citation {}",),
    "footnote": ("footnote {}", "fn. {}", "сноска {}"),
    "section": ("section {}", "раздел {}"),
}
_OWN = {"subpara": "para"}
_INSERTED = (
    "See paragraph {n} above.", "Paragraph {n} of the previous report applies.", "para. {n} was accepted.",
    "Recital O of that resolution says so.", "{n} and {m} were noted.", "{n}.{m} above enjoyed support.",
    "п. {n} не применяется.", "Article {n}. It is often cited.", "(see {n}, {m})",
)  # fmt: skip
_PREFIX = 60  # letters and digits compared at the start of a paragraph


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 0 if the share resolved reaches ``--gate`` and no reference became a label."""
    parser = argparse.ArgumentParser(prog="python -m eval.references", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="documents to resolve in")
    parser.add_argument("--gold", type=Path, help="folder with corpus.jsonl.gz, whose ids are document#label")
    parser.add_argument("--count", type=int, default=300, help="gold paragraphs to draw (default 300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gate", type=float, default=0.99, help="share to reach (default 0.99)")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    options = parser.parse_args(argv)
    chance = random.Random(options.seed)
    with read_folder([options.folder]) as catalogue:
        gold = _drawn(catalogue, options.gold, options.count, chance) if options.gold else _all(catalogue)
        result = {**measure(catalogue, gold, chance), "mutations": mutated(catalogue, options.count, chance)}
    if options.json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for miss in result["misses"]:
            print(f"{miss['reference']}\n    wanted {miss['wanted']}\n    found  {miss['found']}")
        print(f"{result['resolved']} of {result['asked']} references resolved ({result['share']:.2%}); "
              f"{result['mutations']['became_labels']} of {result['mutations']['inserted']} references became labels, "
              f"{result['mutations']['labels_moved']} moved the label of another paragraph")  # fmt: skip
    faults = result["mutations"]["became_labels"] + result["mutations"]["labels_moved"]
    return 0 if result["share"] >= options.gate and not faults else 1


Gold = tuple[Document, str, str, str]  # document, unit, label without its unit word, its words


def _all(catalogue: Catalogue) -> list[Gold]:
    """Every labelled paragraph: what must be found is the paragraph itself."""
    _, documents = catalogue.documents(limit=-1)
    found = []
    for document in documents:
        for p in catalogue.paragraphs(document.id):
            if p.label and p.label_kind and "," not in p.label:
                unit = _OWN.get(p.label_kind, p.label_kind)
                found.append((document, unit, p.label.removeprefix(f"{unit} "), _words(p)))
    return found


def _drawn(catalogue: Catalogue, folder: Path, count: int, chance: random.Random) -> list[Gold]:
    """Paragraphs of a gold set, by the labels and with the words that its makers gave them."""
    _, documents = catalogue.documents(limit=-1)
    by_name = {Path(d.source).stem.casefold(): d for d in documents}
    gold = []
    for record in records(folder):
        name, _, label = record["_id"].partition("#")
        if name.casefold() in by_name and plain_words(record["text"]):
            gold.append((by_name[name.casefold()], "para", label, plain_words(record["text"])))
    return chance.sample(gold, min(count, len(gold)))


def measure(catalogue: Catalogue, gold: Sequence[Gold], chance: random.Random) -> dict[str, Any]:
    """Ask for each gold paragraph in a form drawn at random and compare the words found."""
    addresses = Addresses(catalogue)
    misses = []
    for document, unit, label, words in gold:
        reference = _written(addresses, document, unit, label, chance)
        places = addresses.resolve(reference).places
        found = places[0].paragraphs[0] if len(places) == 1 and len(places[0].paragraphs) == 1 else None
        right = found is not None and places[0].document.id == document.id
        if not (right and found and _words(found).startswith(words[:_PREFIX])):
            there = f"{found.label}: {found.text[:80]}" if found else f"{len(places)} places"
            misses.append({"reference": reference, "wanted": words[:80], "found": there})
    asked = len(gold)
    share = (asked - len(misses)) / asked if asked else 0.0
    return {"asked": asked, "resolved": asked - len(misses), "share": round(share, 4), "misses": misses}


def _written(addresses: Addresses, document: Document, unit: str, label: str, chance: random.Random) -> str:
    """A reference to a paragraph as a person may write it."""
    symbols = addresses.register.symbols_of(document.id)
    names = [*symbols, document.source] if symbols else [document.title, document.source]
    if document.title and len(addresses.register.called(document.title)) != 1:
        names = [name for name in names if name != document.title]
    name = chance.choice(names)
    place = chance.choice(_UNITS[unit]).format(label)
    return chance.choice((f"{name}, {place}", f"{name} {place}", f"{place} of {name}", f"{name} ({place})"))


def mutated(catalogue: Catalogue, count: int, chance: random.Random) -> dict[str, int]:
    """Insert references as paragraphs of their own and into others: no label may come of it, none may move."""
    _, documents = catalogue.documents(limit=-1)
    labelled = [d for d in documents if sum(bool(p.label) for p in catalogue.paragraphs(d.id)) >= 10]
    became = moved = inserted = 0
    for _ in range(count if labelled else 0):
        document = chance.choice(labelled)
        before = catalogue.paragraphs(document.id)
        at = chance.randrange(1, len(before))
        reference = chance.choice(_INSERTED).format(n=chance.randint(1, 150), m=chance.randint(1, 150))
        # A heading with a sentence after it on its line is no heading, whatever the sentence says.
        alone = chance.random() < 0.5 or before[at].kind is Kind.HEADING
        text = "\n\n".join(_with(before, at, reference, alone=alone))
        plain = "\n\n".join(p.text for p in before)
        was, now = _labels(plain), _labels(text)
        inserted += 1
        became += any(start.startswith(_key(reference)) for start in now.values())
        moved += any(not now.get(label, "").startswith(start) for label, start in was.items())
    return {"inserted": inserted, "became_labels": became, "labels_moved": moved}


def _with(before: Sequence[Paragraph], at: int, reference: str, *, alone: bool) -> Iterator[str]:
    for i, paragraph in enumerate(before):
        if i == at and alone:
            yield reference
        yield f"{paragraph.text} {reference}" if i == at and not alone else paragraph.text


def _labels(text: str) -> dict[str, str]:
    extract = read(text.encode(), "mutated.txt")
    return {p.label: _key(p.text) for p in paragraphs(extract, "mutated") if p.label}


def _key(text: str) -> str:
    return plain_words(text)[:20]


def _words(paragraph: Paragraph) -> str:
    return plain_words(paragraph.text[body_start(paragraph) :])


if __name__ == "__main__":
    raise SystemExit(main())
