"""What a ranking is worth, through ir-measures: trec_eval's numbers under the names that papers use.

Every function gives values per question, since a mean alone cannot be compared: `eval.significance` needs the pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import ir_measures
import numpy as np

from eval.trec import Qrels, Run, ranked, scores_of

PerQuestion = dict[str, float]
RANKED = ("nDCG@10", "Recall@5", "Recall@10", "Recall@20", "Recall@100", "MRR@10", "hit@1", "hit@5")
_LIBRARY = {"nDCG": "nDCG", "Recall": "R", "MRR": "RR", "hit": "Success", "P": "P", "MAP": "AP"}


def measure(qrels: Qrels, run: Run, names: Sequence[str] = RANKED) -> dict[str, PerQuestion]:
    """Values of each named measure for every question that has judgements.

    A judged question that the run lacks scores zero, a ranked one without judgements does not count. Ties are broken as
    `trec.ranked` does before any measure sees them: the libraries behind ir-measures break them differently, one of
    them in favour of the relevant document. nDCG is Järvelin and Kekäläinen's (2002) with linear gain and a log2
    discount, as in trec_eval; MRR@k is the reciprocal rank of the first relevant document, 0 beyond k; hit@k is 1 if
    there is one in the first k.
    Raises ValueError for a name that is not ``measure@k`` with a measure known here.
    """
    wanted = {library_measure(name): name for name in names}
    ordered = {question: scores_of(ranked(run[question])) for question in qrels if run.get(question)}
    table: dict[str, PerQuestion] = {name: {} for name in names}
    if qrels:
        for value in ir_measures.iter_calc(list(wanted), {q: dict(d) for q, d in qrels.items()}, ordered):
            table[wanted[value.measure]][value.query_id] = float(value.value)
    return {name: {question: values.get(question, 0.0) for question in sorted(qrels)} for name, values in table.items()}


def library_measure(name: str) -> ir_measures.Measure:
    """Return the measure of ir-measures that ``name`` means. Raises ValueError if there is none."""
    found = re.fullmatch(r"(\w+)@([1-9]\d*)", name)
    if found is None or found[1] not in _LIBRARY:
        raise ValueError(f"no measure is called {name!r}; there are {', '.join(f'{known}@k' for known in _LIBRARY)}")
    return ir_measures.parse_measure(f"{_LIBRARY[found[1]]}@{found[2]}")


def is_ranked(name: str) -> bool:
    """Whether ``name`` is a measure of rankings, which every judged question has."""
    try:
        library_measure(name)
    except ValueError:
        return False
    return True


def means(values: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Mean of each measure over its questions; a measure without questions has none."""
    return {name: mean(of.values()) for name, of in values.items() if of}


def mean(values: Iterable[float]) -> float:
    """Arithmetic mean; 0 of nothing."""
    held = list(values)
    return float(np.mean(held)) if held else 0.0
