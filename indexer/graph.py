"""The encoder as an ONNX graph, written node by node from the weights, with onnxruntime's fused BERT operators.

It reads the word embeddings of texts of one length (batch, tokens, width) and has no padding and no mask: a text is
encoded alone, so that its vector does not depend on its neighbours, and attention takes its quickest path. In 8 bits a
matrix has one scale for each output and the activations one for each token.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from indexer.packed import PackedModel

# On processors that multiply bytes in pairs into 16 bits (AVX2), weights of 7 bits cannot overflow the sum.
LARGEST_WEIGHT = 63
_FUSED = "com.microsoft"


class Precision(StrEnum):
    """How the matrices are stored and multiplied."""

    FLOAT32 = "float32"
    INT8 = "int8"


def encoder(model: PackedModel, precision: Precision = Precision.INT8) -> ModelProto:
    """Return the graph: ``embeddings`` in, ``sentence`` (batch, width) and ``tokens`` (batch, tokens, width) out.

    Both are L2-normalised; ``sentence`` is the mean over the tokens.
    """
    return _Encoder(model, precision).build()


class _Encoder:
    def __init__(self, model: PackedModel, precision: Precision) -> None:
        self.model, self.shape, self.precision = model, model.shape, precision
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, TensorProto] = {}

    def build(self) -> ModelProto:
        x = self.embedded("embeddings")
        for layer in range(self.shape.layers):
            late = layer >= self.shape.layers // 2
            x = self.attention(f"l{layer}.", x, Precision.FLOAT32 if late else self.precision)
            x = self.feed_forward(f"l{layer}.", x)
        (mean,) = self.node("ReduceMean", [x, self.constant("along_tokens", np.array([1]))], keepdims=0)
        self.node("LpNormalization", [mean], ["sentence"], axis=-1, p=2)
        self.node("LpNormalization", [x], ["tokens"], axis=-1, p=2)
        width = self.shape.width
        graph = helper.make_graph(
            self.nodes,
            "encoder",
            [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["batch", "length", width])],
            [
                helper.make_tensor_value_info("sentence", TensorProto.FLOAT, ["batch", width]),
                helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["batch", "length", width]),
            ],
            list(self.constants.values()),
        )
        domains = [helper.make_opsetid("", 18), helper.make_opsetid(_FUSED, 1)]
        return helper.make_model(graph, opset_imports=domains, ir_version=9, producer_name="pincite")

    def embedded(self, words: str) -> str:
        """Add the positions, and the one token type that is used, to the word embeddings."""
        width = self.shape.width
        table = self.model.vector("emb.pos").reshape(-1, width) + self.model.vector("emb.type")[:width]
        (length,) = self.node("Shape", [words], start=1, end=2)
        zero = self.constant("zero", np.array([0]))
        (positions,) = self.node("Slice", [self.constant("positions", table), zero, length, zero])
        (x,) = self.node("Add", [words, positions])
        scale, shift = self.vector("emb.ln.w"), self.vector("emb.ln.b")
        return self.node("LayerNormalization", [x, scale, shift], epsilon=self.shape.epsilon)[0]

    def attention(self, layer: str, x: str, precision: Precision) -> str:
        """Attend; in the later layers what is compared with what must be exact, which costs 3 % of the speed."""
        bias = np.concatenate([self.model.vector(f"{layer}{part}.b") for part in "qkv"])
        weights = np.concatenate([self.matrix(f"{layer}{part}.w", self.shape.width) for part in "qkv"])
        qkv = self.product(f"{layer}qkv", x, weights, precision)
        parts = self.node("Split", [qkv], 3, axis=-1, num_outputs=3)
        inputs = [*parts, self.constant(f"{layer}qkv.b", bias)]
        (heard,) = self.node("MultiHeadAttention", inputs, domain=_FUSED, num_heads=self.shape.heads)
        out = self.product(f"{layer}ao", heard, self.matrix(f"{layer}ao.w", self.shape.width))
        return self.added(x, out, f"{layer}ao.b", f"{layer}aln")

    def feed_forward(self, layer: str, x: str) -> str:
        inner = self.product(f"{layer}fi", x, self.matrix(f"{layer}fi.w", self.shape.inner))
        (inner,) = self.node("BiasGelu", [inner, self.vector(f"{layer}fi.b")], domain=_FUSED)
        out = self.product(f"{layer}fo", inner, self.matrix(f"{layer}fo.w", self.shape.width))
        return self.added(x, out, f"{layer}fo.b", f"{layer}oln")

    def added(self, x: str, y: str, bias: str, norm: str) -> str:
        """Return the layer norm of x + y + bias."""
        inputs = [x, y, self.vector(f"{norm}.w"), self.vector(f"{norm}.b"), self.vector(bias)]
        return self.node("SkipLayerNormalization", inputs, domain=_FUSED, epsilon=self.shape.epsilon)[0]

    def product(self, name: str, x: str, weights: npt.NDArray[np.float32], precision: Precision | None = None) -> str:
        """Multiply x (..., inputs) by weights (outputs, inputs) transposed."""
        if (precision or self.precision) is Precision.FLOAT32:
            return self.node("MatMul", [x, self.constant(name, weights.T)])[0]
        scales = np.abs(weights).max(axis=1) / np.float32(LARGEST_WEIGHT)
        rounded = np.round(weights / scales[:, None]).astype(np.int8)
        scaled, peaks = self.scaled(x)
        inputs = [scaled, self.constant(f"{name}.int8", rounded.T), self.constant(f"{name}.scale", scales)]
        return self.node("Mul", [*self.node("DynamicQuantizeMatMul", inputs, domain=_FUSED), peaks])[0]

    def scaled(self, x: str) -> tuple[str, str]:
        """Divide each token's activations by the largest of them, and return those as well (..., 1).

        A few tokens have activations a hundred times as large as the others; with one scale for all in 8 bits, they
        would round the others to nothing.
        """
        (sizes,) = self.node("Abs", [x])
        (peaks,) = self.node("ReduceMax", [sizes, self.constant("along_width", np.array([-1]))], keepdims=1)
        return self.node("Div", [x, peaks])[0], peaks

    def matrix(self, name: str, rows: int) -> npt.NDArray[np.float32]:
        return self.model.matrix(name, rows)

    def vector(self, name: str) -> str:
        return self.constant(name, self.model.vector(name))

    def constant(self, name: str, values: npt.NDArray[Any]) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def node(
        self, kind: str, inputs: Sequence[str], outputs: int | list[str] = 1, domain: str = "", **settings: Any
    ) -> list[str]:
        name = f"{kind}_{len(self.nodes)}"
        named = [f"{name}.{i}" for i in range(outputs)] if isinstance(outputs, int) else outputs
        self.nodes.append(helper.make_node(kind, inputs, named, name=name, domain=domain, **settings))
        return named
