"""Fit the model for English and `search.interaction` on questions worded unlike the text, and measure both.

`python -m eval.interaction fit --data DIR` writes indexer/english.npz and search/interaction.npz; `... measure
--data DIR` leaves one kind of documents out at a time, and prints how often the first sentence answers, before the fit
and after. Both take the data sets below DIR that `eval.interaction_examples` names.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from eval.interaction_examples import Candidate, Example, Examples, examples, kind
from eval.measures import mean
from eval.tuning import Halves, Tuned
from indexer import english
from search import interaction
from search.answers import MEANING, PASSAGE, WORDS
from search.interaction import SPREAD, Interaction

DIMENSIONS, GATE = 384, 32
EPOCHS, BATCH, WARM_UP = 2, 24, 20  # passes, questions, steps
RATE, GATE_RATE, SCALAR_RATE = 5e-4, 3e-4, 0.01
PASSAGES = 34  # of a batch that are read; questions of a batch lie near each other, and share them
APART = 6.0  # how far apart in their document the questions of a batch may lie, in passages
SEED = 1

Report = Callable[[str], None]


class Gate(nn.Module):
    """`Interaction` while it is fitted, where each token counts alike at first, and what turns nearness into odds."""

    def __init__(self) -> None:
        super().__init__()
        self.gate, self.counts = nn.Linear(DIMENSIONS, GATE), nn.Linear(GATE, 1, bias=False)
        nn.init.zeros_(self.counts.weight)
        self.rarity, self.carried = nn.Parameter(torch.tensor(0.0)), nn.Parameter(torch.tensor(1.0))
        self.scale = nn.Parameter(torch.tensor(2.5))
        self.coverage, self.score = nn.Parameter(torch.tensor(1.0)), nn.Parameter(torch.tensor(0.0))

    @property
    def scalars(self) -> list[nn.Parameter]:
        """What is one number."""
        return [self.rarity, self.carried, self.scale, self.coverage, self.score]

    def weights(self, vectors: Tensor, rarity: Tensor) -> Tensor:
        """See `Interaction.weights`."""
        gated = self.counts(functional.gelu(self.gate(vectors * SPREAD), approximate="tanh")).squeeze(-1).exp()
        share = self.rarity.sigmoid()
        weights: Tensor = (share * rarity / rarity.max().clamp(min=1e-6) + 1 - share) * gated
        return weights / weights.sum()

    def nearness(self, asked: Tensor, rarity: Tensor, passage: Tensor, candidate: Candidate) -> list[Tensor]:
        """See `Interaction.asking`."""
        weights, similar, carried = self.weights(asked, rarity), asked @ passage.T, self.carried.sigmoid()
        near, before, read = [], None, 0
        for sentence in candidate.sentences:
            if sentence.first > read:
                more = similar[:, read : sentence.first].amax(1)
                before, read = more if before is None else torch.maximum(before, more), sentence.first
            best = similar[:, sentence.first : sentence.last].amax(1)
            near.append(weights @ (best if before is None else torch.maximum(best, carried * before)))
        return near


@dataclass(frozen=True, slots=True)
class Read:
    """What the lower layers gave for each question, by its place among all, and for each text."""

    asked: Sequence[Halves]
    texts: Sequence[Halves]


class Fitted(nn.Module):
    """The model's upper layers and the gate, fitted together."""

    def __init__(self, seed: int = SEED) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.upper, self.gate = Tuned(), Gate()

    def read(self, found: Examples) -> Read:
        """Read all questions and texts through the layers that stay as they are."""
        return Read(self.upper.lower([example.tokens for example in found.asked]), self.upper.lower(found.texts))

    def nearness(self, batch: Mapping[int, Example], read: Read, texts: Sequence[int]) -> Iterator[list[list[Tensor]]]:
        """Return for each question, by its place, how near each sentence of what was found in ``texts`` is."""
        vectors = dict(zip(texts, self.upper([read.texts[text] for text in texts]), strict=True))
        asked = self.upper([read.asked[place] for place in batch])
        for example, own in zip(batch.values(), asked, strict=True):
            rarity = torch.tensor(example.rarity.astype(np.float32))
            yield [self.gate.nearness(own, rarity, vectors[c.text], c) for c in example.found if c.text in vectors]

    def loss(self, batch: Mapping[int, Example], read: Read, texts: Sequence[int]) -> Tensor:
        """The negative log-likelihood of the sentences that answer among all in ``texts``."""
        losses, known = [], set(texts)
        for example, nearness in zip(batch.values(), self.nearness(batch, read, texts), strict=True):
            found = [c for c in example.found if c.text in known]
            odds = torch.stack([
                self.gate.scale.exp() * near + self.gate.coverage * s.coverage + self.gate.score * candidate.score
                for candidate, own in zip(found, nearness, strict=True)
                for s, near in zip(candidate.sentences, own, strict=True)
            ])  # fmt: skip
            answers = torch.tensor([s.answers for candidate in found for s in candidate.sentences])
            losses.append(torch.logsumexp(odds, 0) - torch.logsumexp(odds[answers], 0))
        return torch.stack(losses).mean()


def fit(found: Examples, read: Read, chosen: Sequence[int], model: Fitted, report: Report = print) -> None:
    """Fit on the ``chosen`` questions, by their places, that have an answer among what was found, with AdamW."""
    chance = random.Random(SEED)
    rows = {place: found.asked[place] for place in chosen if found.asked[place].answering}
    scalars = model.gate.scalars
    gate = [p for p in model.gate.parameters() if all(p is not scalar for scalar in scalars)]
    upper = list(model.upper.parameters())
    optimiser = torch.optim.AdamW(
        [
            {"params": upper, "lr": RATE, "weight_decay": 0.01},
            {"params": gate, "lr": GATE_RATE, "weight_decay": 0.05},
            {"params": scalars, "lr": SCALAR_RATE, "weight_decay": 0.0},
        ]
    )
    steps = EPOCHS * len(_batches(rows, chance))
    slope = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - step / steps)
    )
    model.train()
    for epoch in range(EPOCHS):
        losses: list[float] = []
        for batch in _batches(rows, chance):
            loss = model.loss(batch, read, _shared(list(batch.values())))
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_([*upper, *gate, *scalars], 2.0)
            optimiser.step()
            slope.step()
            losses.append(float(loss.detach()))
            if len(losses) % 25 == 0:
                report(f"  pass {epoch + 1} of {EPOCHS}: step {len(losses)}, loss {mean(losses[-25:]):.3f}")
    model.eval()


def _batches(rows: Mapping[int, Example], chance: random.Random) -> list[dict[int, Example]]:
    """Cut the questions of each group, in about the order of their answers, and shuffle the batches."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place, example in rows.items():
        groups[example.group].append(place)
    batches = []
    for places in groups.values():
        near = sorted(places, key=lambda place: rows[place].answering[0] + APART * chance.random())
        batches += [near[start : start + BATCH] for start in range(0, len(near), BATCH)]
    chance.shuffle(batches)
    return [{place: rows[place] for place in batch} for batch in batches]


def _shared(batch: Sequence[Example]) -> list[int]:
    """The texts that a batch reads: what answers its questions, then what is found most often for them."""
    answering = dict.fromkeys(text for example in batch for text in example.answering[:2])
    often = Counter(candidate.text for example in batch for candidate in example.found[:10])
    more = [text for text, _ in often.most_common() if text not in answering]
    return sorted([*answering, *more[: max(PASSAGES - len(answering), 0)]])


# -- what was learned


def learned(model: Fitted) -> Interaction:
    """Return the gate as it is stored."""

    def array(tensor: Tensor) -> interaction.Floats:
        return np.asarray(tensor.detach().numpy().astype(np.float16), np.float32)

    gate = model.gate
    return Interaction(
        array(gate.gate.weight), array(gate.gate.bias), array(gate.counts.weight[0]),
        gate.rarity.sigmoid().item(), gate.carried.sigmoid().item(),
    )  # fmt: skip


def write(model: Fitted, weights: Path, gate: Path) -> None:
    """Write what was learned, in 16 bits: what is added to the model's weights, and what `search.interaction` reads."""
    np.savez(weights, allow_pickle=False, **model.upper.learned())
    own = learned(model)
    halves = {name: getattr(own, name).astype(np.float16) for name in ("gate", "gate_bias", "counts")}
    np.savez(gate, allow_pickle=False, rarity=np.float32(own.rarity), carried=np.float32(own.carried), **halves)


# -- measuring


@torch.no_grad()
def first_answers(found: Examples, read: Read, chosen: Sequence[int], model: Fitted) -> float:
    """Return the share of questions whose first sentence answers, chosen as `search.answers` scores them."""
    model.eval()
    right = []
    for place in chosen:
        example = found.asked[place]
        if example.found:
            [near] = model.nearness({place: example}, read, [candidate.text for candidate in example.found])
            right.append(float(_first_answers(example, [float(value) for own in near for value in own])))
    return mean(right)


def _first_answers(example: Example, nearness: Sequence[float]) -> bool:
    near = np.array(nearness)
    scaled = (near - near.min()) / max(float(np.ptp(near)), 1e-9)
    every = [(candidate.score, sentence) for candidate in example.found for sentence in candidate.sentences]
    scores = MEANING * scaled + [WORDS * s.coverage + PASSAGE * score for score, s in every]
    return every[int(np.argmax(scores))][1].answers


def measure(found: Examples, report: Report = print) -> None:
    """Print the share of first sentences that answer, for each kind left out of the fit."""
    read = Fitted().read(found)
    kinds = [kind(example.group) for example in found.asked]
    for left_out in sorted(set(kinds)):
        own = [place for place, one in enumerate(kinds) if one == left_out]
        model = Fitted()
        before = first_answers(found, read, own, model)
        fit(found, read, [place for place, one in enumerate(kinds) if one != left_out], model, report)
        after = first_answers(found, read, own, model)
        report(
            f"{left_out}: {len(own)} questions, first sentence answers: before {before:.3f},"
            f" fitted on the others {after:.3f}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.interaction", description=__doc__)
    parser.add_argument("action", choices=("fit", "measure"))
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="a folder of data sets")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where indexes are kept for next time")
    given = parser.parse_args(arguments)

    def report(line: str) -> None:
        print(line, flush=True)

    with tempfile.TemporaryDirectory() as temporary:
        found = examples(given.data, given.work or Path(temporary), report)
    if given.action == "measure":
        measure(found, report)
        return
    model = Fitted()
    read = model.read(found)
    report("all are read through the layers that stay as they are")
    fit(found, read, range(len(found.asked)), model, report)
    files = english.LEARNED, Path(interaction.__file__).with_suffix(".npz")
    write(model, *files)
    report(f"written to {files[0]} and {files[1]}")


if __name__ == "__main__":
    main()
