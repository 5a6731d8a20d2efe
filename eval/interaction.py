"""Fit `search.interaction` on questions worded unlike the text, and measure it on kinds of documents left out.

`python -m eval.interaction fit --data DIR` writes search/interaction.npz; `... measure --data DIR` leaves one kind of
documents out at a time, and prints how often the first sentence answers, with the plain late interaction and with the
learned. Both take the data sets below DIR that `eval.interaction_examples` names.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from eval.interaction_examples import Candidate, Example, examples, groups, kind
from eval.measures import mean
from indexer.tokenvectors import TokenVectors
from search import interaction
from search.answers import MEANING, PASSAGE, WORDS
from search.interaction import SPREAD, Interaction
from search.reranking import maxsim

DIMENSIONS, RANK, GATE = 384, 64, 32
EPOCHS, BATCH, RATE, DROPOUT = 3, 8, 3e-4, 0.2
SCALAR_RATE = 0.02
WARM_UP = 30  # steps
SEED = 1

Nearness = Callable[[Example, Candidate], list[float]]


class Fitted(nn.Module):
    """`Interaction` while it is fitted; it begins as plain late interaction, where each token counts alike."""

    def __init__(self) -> None:
        super().__init__()
        self.down, self.up = nn.Linear(DIMENSIONS, RANK), nn.Linear(RANK, DIMENSIONS)
        self.gate, self.counts = nn.Linear(DIMENSIONS, GATE), nn.Linear(GATE, 1, bias=False)
        for zero in (self.up.weight, self.up.bias, self.counts.weight):
            nn.init.zeros_(zero)
        self.dropout = nn.Dropout(DROPOUT)
        self.rarity, self.carried = nn.Parameter(torch.tensor(0.0)), nn.Parameter(torch.tensor(1.0))
        self.scale, self.coverage = nn.Parameter(torch.tensor(2.5)), nn.Parameter(torch.tensor(1.0))

    def moved(self, vectors: Tensor) -> Tensor:
        """See `Interaction.moved`."""
        hidden = functional.gelu(self.down(vectors * SPREAD), approximate="tanh")
        return functional.normalize(vectors + self.up(self.dropout(hidden)), dim=-1)

    def weights(self, vectors: Tensor, rarity: Tensor) -> Tensor:
        """See `Interaction.weights`."""
        gated = self.counts(functional.gelu(self.gate(vectors * SPREAD), approximate="tanh")).squeeze(-1).exp()
        share = self.rarity.sigmoid()
        weights: Tensor = (share * rarity / rarity.max().clamp(min=1e-6) + 1 - share) * gated
        return weights / weights.sum()

    def forward(self, example: Example) -> Tensor:
        """Return the log-odds of each sentence that was found, in order."""
        asked = torch.tensor(example.vectors.astype(np.float32))
        weights = self.weights(asked, torch.tensor(example.rarity.astype(np.float32)))
        asked, carried = self.moved(asked), self.carried.sigmoid()
        odds = []
        for candidate in example.found:
            similar = asked @ self.moved(torch.tensor(candidate.vectors.astype(np.float32))).T
            for sentence in candidate.sentences:
                best = similar[:, sentence.first : sentence.last].amax(1)
                if sentence.first:
                    best = torch.maximum(best, carried * similar[:, : sentence.first].amax(1))
                odds.append(self.scale.exp() * (weights @ best) + self.coverage * sentence.coverage)
        return torch.stack(odds)


def fit(found: Sequence[Example], seed: int = SEED) -> Interaction:
    """Fit by the log-likelihood of the sentences that answer among all that were found, with AdamW."""
    rows = [example for example in found if example.answered]
    torch.manual_seed(seed)
    chance, model = random.Random(seed), Fitted()
    scalars = [model.rarity, model.carried, model.scale, model.coverage]
    ids = {id(scalar) for scalar in scalars}
    matrices = [p for p in model.parameters() if id(p) not in ids]
    optimiser = torch.optim.AdamW(
        [
            {"params": matrices, "lr": RATE, "weight_decay": 0.05},
            {"params": scalars, "lr": SCALAR_RATE, "weight_decay": 0.0},
        ]
    )
    steps = EPOCHS * (len(rows) // BATCH)
    slope = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - step / steps)
    )
    for epoch in range(EPOCHS):
        chance.shuffle(rows)
        losses = []
        for start in range(0, len(rows) - BATCH + 1, BATCH):
            loss = torch.stack([_loss(model, example) for example in rows[start : start + BATCH]]).mean()
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimiser.step()
            slope.step()
            losses.append(float(loss.detach()))
        print(f"  pass {epoch + 1} of {EPOCHS}: loss {mean(losses):.3f} over {len(rows)} questions", flush=True)
    return _learned(model)


def _loss(model: Fitted, example: Example) -> Tensor:
    odds = model(example)
    answers = torch.tensor([s.answers for c in example.found for s in c.sentences])
    return torch.logsumexp(odds, 0) - torch.logsumexp(odds[answers], 0)


def _learned(model: Fitted) -> Interaction:
    def array(tensor: Tensor) -> npt.NDArray[np.float32]:
        return np.asarray(tensor.detach().numpy().astype(np.float16), np.float32)  # as it is stored

    return Interaction(
        array(model.down.weight), array(model.down.bias), array(model.up.weight), array(model.up.bias),
        array(model.gate.weight), array(model.gate.bias), array(model.counts.weight[0]),
        model.rarity.sigmoid().item(), model.carried.sigmoid().item(),
    )  # fmt: skip


def write(learned: Interaction, file: Path) -> None:
    """Write the matrices in 16 bits, for `search.interaction.read`."""
    names = ("down", "down_bias", "up", "up_bias", "gate", "gate_bias", "counts")
    halves = {name: getattr(learned, name).astype(np.float16) for name in names}
    np.savez(file, rarity=np.float32(learned.rarity), carried=np.float32(learned.carried), **halves)


# -- measuring


def first_answers(found: Sequence[Example], near: Nearness) -> float:
    """Return the share of questions whose first sentence answers, chosen as `search.answers` scores them."""
    return mean([float(_first_answers(example, near)) for example in found if example.found])


def _first_answers(example: Example, near: Nearness) -> bool:
    nearness = np.array([value for candidate in example.found for value in near(example, candidate)])
    scaled = (nearness - nearness.min()) / max(float(np.ptp(nearness)), 1e-9)
    every = [(candidate.score, sentence) for candidate in example.found for sentence in candidate.sentences]
    scores = MEANING * scaled + [WORDS * s.coverage + PASSAGE * score for score, s in every]
    return every[int(np.argmax(scores))][1].answers


def plain(example: Example, candidate: Candidate) -> list[float]:
    """Return how near each sentence is by late interaction without anything learned."""
    asked, passage = _tokens(example.vectors), candidate.vectors
    return [maxsim(asked, _tokens(passage[sentence.first : sentence.last])) for sentence in candidate.sentences]


def by(learned: Interaction) -> Nearness:
    """Return what tells nearness by what was learned."""
    return lambda example, candidate: list(
        learned.asking(_tokens(example.vectors), example.rarity)(
            _tokens(candidate.vectors), [(sentence.first, sentence.last) for sentence in candidate.sentences]
        )
    )


def _tokens(vectors: npt.NDArray[np.float16]) -> TokenVectors:
    """Tokens of one character each, so that places among them are places in the text."""
    places = np.arange(len(vectors), dtype=np.int32)
    return TokenVectors(places, places, places + 1, vectors.astype(np.float32))


def measure(found: Sequence[Example]) -> None:
    """Print the share of first sentences that answer, for each kind left out of the fit."""
    for left_out in sorted({kind(example.group) for example in found}):
        own = [example for example in found if kind(example.group) == left_out]
        learned = fit([example for example in found if kind(example.group) != left_out])
        print(
            f"{left_out}: {len(own)} questions, first sentence answers: plain {first_answers(own, plain):.3f},"
            f" learned on the others {first_answers(own, by(learned)):.3f}", flush=True,
        )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m eval.interaction", description=__doc__)
    parser.add_argument("action", choices=("fit", "measure"))
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="a folder of data sets")
    parser.add_argument("--work", type=Path, metavar="DIR", help="where indexes are kept for next time")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        work = given.work or Path(temporary)
        found: list[Example] = []
        for group in groups(given.data):
            found += examples(given.data, group, work)
            print(f"{group}: read, {len(found)} questions so far", flush=True)
    if given.action == "measure":
        measure(found)
        return
    learned = fit(found)
    file = Path(interaction.__file__).with_suffix(".npz")
    write(learned, file)
    was, is_now = first_answers(found, plain), first_answers(found, by(learned))
    print(f"first sentence answers, of the questions fitted on: plain {was:.3f}, learned {is_now:.3f}")
    print(f"written to {file}")


if __name__ == "__main__":
    main()
