"""Weights of low rank that are added to the matrices of a packaged model: what was learned, apart from the model.

A matrix of the package, which is in 8 bits with a scale for each output, becomes ``W + up @ down`` (LoRA: Hu et al.,
*Low-Rank Adaptation of Large Language Models*, 2021) and is rounded to 8 bits again: reading takes no longer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, load_model, numpy_helper

from indexer.graph import LARGEST_WEIGHT

Floats = npt.NDArray[np.float32]
Constants = Mapping[str, npt.NDArray[np.generic]]

DOWN, UP = ".down", ".up"
_PRODUCT = re.compile(r"/(encoder/layer\.\d+/.+)/MatMul_quant")


def constants(model: ModelProto) -> dict[str, npt.NDArray[np.generic]]:
    """Return what the graph holds, by name."""
    return {constant.name: numpy_helper.to_array(constant) for constant in model.graph.initializer}


def matrices(model: ModelProto) -> dict[str, str]:
    """Return for each matrix in 8 bits, by its name in BERT, the stem of its constants' names."""
    found = {}
    for node in model.graph.node:
        if node.op_type == "MatMulInteger" and (match := _PRODUCT.fullmatch(node.name)):
            found[match[1].replace("/", ".")] = node.input[1].removesuffix("_quantized")
    return found


def whole(held: Constants, stem: str) -> Floats:
    """Return a matrix (inputs, outputs), or an embedding, in 32 bits."""
    zero = held[f"{stem}_zero_point"].astype(np.float32)
    matrix: Floats = (held[f"{stem}_quantized"].astype(np.float32) - zero) * held[f"{stem}_scale"].astype(np.float32)
    return matrix


def adapted(graph: Path, added: Mapping[str, Floats]) -> bytes:
    """Return a graph with what was learned: for a matrix its ``.down`` (r, inputs) and its ``.up`` (outputs, r).

    Raises KeyError where the graph has no such matrix.
    """
    model = load_model(graph)
    held, named = constants(model), matrices(model)
    changed: dict[str, npt.NDArray[np.generic]] = {}
    for name in (key.removesuffix(UP) for key in added if key.endswith(UP)):
        stem = named[name]
        matrix = whole(held, stem) + (added[name + UP] @ added[name + DOWN]).T
        scales = np.maximum(np.abs(matrix).max(axis=0) / np.float32(LARGEST_WEIGHT), np.float32(1e-12))
        changed[f"{stem}_quantized"] = np.round(matrix / scales).astype(np.int8)
        changed[f"{stem}_scale"] = scales.astype(np.float32)
    for constant in model.graph.initializer:
        if constant.name in changed:
            constant.CopyFrom(numpy_helper.from_array(changed[constant.name], constant.name))
    written: bytes = model.SerializeToString()
    return written
