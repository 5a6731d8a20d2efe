"""The model for English in torch, with weights of low rank in its upper layers: what `eval.interaction` fits.

The lower layers stay as the package has them, so each text is read through them once. The layers are those of BERT
(Devlin et al. 2019); the added weights are those of Hu et al. 2021, *Low-Rank Adaptation of Large Language Models*.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
from onnx import load_model
from torch import Tensor, nn
from torch.nn import functional

from indexer import adaptation, english
from indexer.models import find

LAYERS, UPPER, HEADS, EPSILON = 12, 4, 12, 1e-12
RANK, DROPOUT = 16, 0.1
AT_ONCE = 8  # texts of about one length, read together

Halves = npt.NDArray[np.float16]
Weights = dict[str, npt.NDArray[np.generic]]
_MATRICES = (
    "attention.self.query", "attention.self.key", "attention.self.value",
    "attention.output.dense", "intermediate.dense", "output.dense",
)  # fmt: skip


class Added(nn.Module):
    """A matrix of the package, which stays, and ``up @ down`` beside it, which is 0 at first."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        outputs, inputs = weight.shape
        self.register_buffer("weight", weight)
        self.register_buffer("bias", bias)
        self.down = nn.Parameter(torch.randn(RANK, inputs) / inputs**0.5)
        self.up = nn.Parameter(torch.zeros(outputs, RANK))
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor) -> Tensor:
        """Multiply x (..., inputs)."""
        more = functional.linear(self.dropout(functional.linear(x, self.down)), self.up)
        return functional.linear(x, cast(Tensor, self.weight), cast(Tensor, self.bias)) + more


class Layer(nn.Module):
    """One layer; its names are those of the package's graph."""

    def __init__(self, weights: Weights, name: str) -> None:
        super().__init__()

        def tensor(part: str) -> Tensor:
            return torch.tensor(np.asarray(weights[f"{name}.{part}"], np.float32))

        self.parts = nn.ModuleDict(
            {part.replace(".", "_"): Added(tensor(f"{part}.weight"), tensor(f"{part}.bias")) for part in _MATRICES}
        )
        for norm, part in (("heard", "attention.output.LayerNorm"), ("thought", "output.LayerNorm")):
            self.register_buffer(f"{norm}_weight", tensor(f"{part}.weight"))
            self.register_buffer(f"{norm}_bias", tensor(f"{part}.bias"))

    def forward(self, x: Tensor, hidden: Tensor) -> Tensor:
        """Read x (texts, tokens, width); ``hidden`` (texts, 1, 1, tokens) is far below 0 where there is no token."""
        texts, tokens, width = x.shape

        def of(part: str, given: Tensor) -> Tensor:
            return cast(Tensor, self.parts[part.replace(".", "_")](given))

        def heads(part: str) -> Tensor:
            return of(part, x).view(texts, tokens, HEADS, -1).transpose(1, 2)

        query, key, value = (heads(part) for part in _MATRICES[:3])
        # torch's fused attention takes four times as long to go back through in 16 bits
        attention = torch.softmax(query @ key.transpose(2, 3) * (width // HEADS) ** -0.5 + hidden.to(query.dtype), -1)
        heard = (attention.to(value.dtype) @ value).transpose(1, 2).reshape(texts, tokens, width)
        x = self._normal("heard", of("attention.output.dense", heard) + x)
        return self._normal("thought", of("output.dense", functional.gelu(of("intermediate.dense", x))) + x)

    def _normal(self, norm: str, x: Tensor) -> Tensor:
        weight, bias = getattr(self, f"{norm}_weight"), getattr(self, f"{norm}_bias")
        return functional.layer_norm(x, x.shape[-1:], weight, bias, EPSILON)


class Tuned(nn.Module):
    """The upper layers, which are fitted. `lower` reads texts up to them. Raises `ModelUnavailable`."""

    def __init__(self) -> None:
        super().__init__()
        self._package = _weights()
        first = LAYERS - UPPER
        self.layers = nn.ModuleList(Layer(self._package, f"encoder.layer.{first + n}") for n in range(UPPER))

    @torch.no_grad()
    def lower(self, texts: Sequence[Sequence[int]]) -> list[Halves]:
        """Read the tokens of texts, marks of beginning and end included, through the lower layers: (t, width) each."""
        words, places, kinds, norm, shift = (
            torch.tensor(np.asarray(self._package[f"embeddings.{name}"], np.float32))
            for name in (
                "word_embeddings.weight", "position_embeddings.weight", "token_type_embeddings.weight",
                "LayerNorm.weight", "LayerNorm.bias",
            )
        )  # fmt: skip
        layers = nn.ModuleList(Layer(self._package, f"encoder.layer.{n}") for n in range(LAYERS - UPPER)).eval()
        summed = (words[torch.tensor(ids)] + places[: len(ids)] + kinds[0] for ids in texts)
        embedded = [functional.layer_norm(x, norm.shape, norm, shift, EPSILON) for x in summed]
        return [x.numpy().astype(np.float16) for x in _through(layers, embedded, 4 * AT_ONCE)]

    def forward(self, lower: Sequence[Halves]) -> list[Tensor]:
        """Read on from what `lower` gave: the tokens of each text, of length 1, without the marks."""
        given = [torch.tensor(x.astype(np.float32)) for x in lower]
        return [functional.normalize(x[1:-1], dim=-1) for x in _through(self.layers, given, AT_ONCE)]

    def learned(self) -> dict[str, Halves]:
        """Return what was added to each matrix, by the names that `indexer.adaptation` reads."""
        found: dict[str, Halves] = {}
        for n, layer in enumerate(self.layers):
            for part in _MATRICES:
                added = cast(Layer, layer).parts[part.replace(".", "_")]
                name = f"encoder.layer.{LAYERS - UPPER + n}.{part}"
                found[name + adaptation.DOWN] = cast(Tensor, added.down).detach().numpy().astype(np.float16)
                found[name + adaptation.UP] = cast(Tensor, added.up).detach().numpy().astype(np.float16)
        return found


def _through(layers: nn.ModuleList, texts: Sequence[Tensor], at_once: int) -> list[Tensor]:
    """Read texts (t, width) through layers, those of about one length together, in 16 bits where that is quick."""
    found: dict[int, Tensor] = {}
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    for start in range(0, len(order), at_once):
        some = order[start : start + at_once]
        lengths = torch.tensor([len(texts[i]) for i in some])
        x = nn.utils.rnn.pad_sequence([texts[i] for i in some], batch_first=True)
        hidden = torch.where(torch.arange(x.shape[1]) < lengths[:, None], 0.0, -1e4)[:, None, None, :]
        with torch.autocast("cpu", torch.bfloat16):
            for layer in layers:
                x = layer(x, hidden)
        found |= {i: x[row, : len(texts[i])].float() for row, i in enumerate(some)}
    return [found[i] for i in range(len(texts))]


def _weights() -> Weights:
    """Return the weights of the package by their names in BERT, its 8 bits undone."""
    model = load_model(find(english.WEIGHTS))
    held = adaptation.constants(model)
    weights = {name: value for name, value in held.items() if name.startswith(("embeddings.", "encoder."))}
    weights |= {f"{name}.weight": adaptation.whole(held, stem).T for name, stem in adaptation.matrices(model).items()}
    packed = [
        name.removesuffix("_quantized")
        for name in held
        if name.startswith("embeddings.") and name.endswith("_quantized")
    ]
    return weights | {name: adaptation.whole(held, name) for name in packed}
