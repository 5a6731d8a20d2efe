"""Write a packed model out as a folder that sentence-transformers loads, with the files of the quick path beside it.

``onnx/`` holds the encoder, the word embeddings still packed (looked up a row at a time), and the tokeniser's pieces.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer import pieces
from indexer.packed import PackedModel

ENCODER = "onnx/encoder_int8.onnx"
WORDS = "onnx/words.q4"
PIECES = "onnx/pieces.table"
LENGTH = 512
PROMPTS = {"query": "query: ", "document": "passage: "}
_MODULES = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}


def write_weights(model: PackedModel, folder: Path) -> None:
    """Write ``model.safetensors``, in 16 bits, and ``config.json``."""
    from safetensors.numpy import save_file

    save_file(_tensors(model), folder / "model.safetensors", metadata={"format": "pt"})
    shape = model.shape
    _write_json(folder / "config.json", {
        "architectures": ["BertModel"], "model_type": "bert", "dtype": "float32", "hidden_act": "gelu",
        "vocab_size": shape.rows, "hidden_size": shape.width, "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads, "intermediate_size": shape.inner,
        "max_position_embeddings": shape.positions, "type_vocab_size": shape.types,
        "layer_norm_eps": 1e-12, "pad_token_id": model.pad, "position_embedding_type": "absolute",
    })  # fmt: skip


def _tensors(model: PackedModel) -> dict[str, npt.NDArray[np.float16]]:
    """Return the weights under the names that BERT has in transformers, pooler included (it is not used)."""
    width, inner = model.shape.width, model.shape.inner
    named = {
        "embeddings.word_embeddings.weight": model.matrix("emb.word", model.shape.rows, np.float16),
        "embeddings.position_embeddings.weight": model.vector("emb.pos").reshape(-1, width),
        "embeddings.token_type_embeddings.weight": model.vector("emb.type").reshape(-1, width),
        "embeddings.LayerNorm.weight": model.vector("emb.ln.w"),
        "embeddings.LayerNorm.bias": model.vector("emb.ln.b"),
        "pooler.dense.weight": np.eye(width, dtype=np.float32),
        "pooler.dense.bias": np.zeros(width, np.float32),
    }
    for layer in range(model.shape.layers):
        theirs, ours = f"encoder.layer.{layer}.", f"l{layer}."
        for short, long in _PARTS.items():
            named[f"{theirs}{long}.weight"] = model.matrix(f"{ours}{short}.w", inner if short == "fi" else width)
            named[f"{theirs}{long}.bias"] = model.vector(f"{ours}{short}.b")
        for short, long in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
            named[f"{theirs}{long}.weight"] = model.vector(f"{ours}{short}.w")
            named[f"{theirs}{long}.bias"] = model.vector(f"{ours}{short}.b")
    return {name: np.ascontiguousarray(values, np.float16) for name, values in named.items()}


def write_tokenizer(model: PackedModel, folder: Path) -> None:
    """Write ``tokenizer.json`` and ``tokenizer_config.json``."""
    marks = {"bos_token": model.begin, "pad_token": model.pad, "eos_token": model.end, "unk_token": model.unknown}
    names = {role: model.pieces[id_] for role, id_ in marks.items()}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    words = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}
    _write_json(folder / "tokenizer.json", {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": id_, "content": model.pieces[id_], **flags} for id_ in sorted(marks.values())],
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "Nmt"}, {"type": "NFKC"}, {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
        ]},
        "pre_tokenizer": words,
        "post_processor": _marked(names["bos_token"], model.begin, names["eos_token"], model.end),
        "decoder": words,
        "model": {
            "type": "Unigram", "unk_id": model.unknown, "byte_fallback": False,
            "vocab": list(zip(model.pieces, model.scores.tolist(), strict=True)),
        },
    })  # fmt: skip
    _write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": LENGTH,
        "cls_token": names["bos_token"], "sep_token": names["eos_token"],
        "model_input_names": ["input_ids", "attention_mask"], **names,
    })  # fmt: skip


def _marked(begin: str, begin_id: int, end: str, end_id: int) -> dict[str, Any]:
    """Return the template that puts the marks of beginning and end around a text, or around two."""

    def mark(name: str) -> dict[str, Any]:
        return {"SpecialToken": {"id": name, "type_id": 0}}

    def text(name: str) -> dict[str, Any]:
        return {"Sequence": {"id": name, "type_id": 0}}

    return {
        "type": "TemplateProcessing",
        "single": [mark(begin), text("A"), mark(end)],
        "pair": [mark(begin), text("A"), mark(end), mark(end), text("B"), mark(end)],
        "special_tokens": {
            name: {"id": name, "ids": [id_], "tokens": [name]} for name, id_ in ((begin, begin_id), (end, end_id))
        },
    }


def write_sentence_transformer(model: PackedModel, folder: Path) -> None:
    """Write what makes a transformer one that embeds sentences: mean pooling, normalisation and prompts."""
    pooling = folder / "1_Pooling"
    pooling.mkdir(exist_ok=True)
    _write_json(pooling / "config.json", {
        "word_embedding_dimension": model.shape.width, "pooling_mode_mean_tokens": True,
        "pooling_mode_cls_token": False, "pooling_mode_max_tokens": False,
    })  # fmt: skip
    _write_json(folder / "modules.json", [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(_MODULES)
    ])  # fmt: skip
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": LENGTH, "do_lower_case": False})
    settings = {"prompts": PROMPTS, "default_prompt_name": None, "similarity_fn_name": "cosine"}
    _write_json(folder / "config_sentence_transformers.json", settings)


def write_quick_path(model: PackedModel, folder: Path) -> None:
    """Write the encoder's graph, the word embeddings and the pieces of the tokeniser."""
    from indexer.graph import encoder  # imports onnx, which only the conversion needs

    (folder / "onnx").mkdir(exist_ok=True)
    (folder / ENCODER).write_bytes(encoder(model).SerializeToString())
    (folder / WORDS).write_bytes(model.raw("emb.word").data)
    pieces.write(model.pieces, model.scores.tolist(), folder / PIECES)


def _write_json(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=None), encoding="utf-8")
