"""Which GGUF files MLX runs as they are, and what their names and numbers are in mlx-lm's models.

Sources: ggml's "docs/gguf.md" for the metadata, llama.cpp's ``convert_hf_to_gguf.py`` for the names, and
mlx's GGUF loader for the tensor types. Anything else is a file for llama.cpp.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.llm.llama.gguf import TYPE_NAMES, GgufHeader
from assistant.llm.mlx.words import PRE_TOKENIZERS

NATIVE_TYPES = {0, 1, 2, 3, 8}
"""F32, F16, Q4_0, Q4_1 and Q8_0 stay as they are; MLX would unpack every other type."""

_ROPE_IS_INTERLEAVED = {"llama": True, "qwen2": False, "qwen3": False}
"""By architecture: for llama, converters permute queries and keys into neighbouring pairs."""

ROPE_FACTORS = "rope_freqs.weight"
"""Llama 3.1's stretched wavelengths, as one divisor for each pair of dimensions."""

_TOP = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_LAYER = {
    "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj", "attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm",
    "attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}  # fmt: skip


def why_not(header: GgufHeader) -> str:
    """A sentence that says what of this file MLX cannot read; empty when it can all of it."""
    values, architecture = header.values, header.architecture
    vocabulary, pre = values.get("tokenizer.ggml.model"), values.get("tokenizer.ggml.pre")
    scaling = values.get(f"{architecture}.rope.scaling.type", "none")
    if architecture not in _ROPE_IS_INTERLEAVED:
        known = ", ".join(_ROPE_IS_INTERLEAVED)
        reason = f"MLX reads GGUF files of the architectures {known}, and this is {architecture}."
    elif foreign := sorted(header.types - NATIVE_TYPES):
        names = ", ".join(TYPE_NAMES.get(kind, f"type {kind}") for kind in foreign)
        reason = f"MLX has no {names}, which this file is packed in."
    elif values.get(f"{architecture}.expert_count"):
        reason = "MLX reads no GGUF files with experts."
    elif scaling != "none":
        reason = f"MLX does not know how this file scales its positions ({scaling})."
    elif vocabulary not in ("gpt2", "llama"):
        reason = f"Its kind of vocabulary, {vocabulary!r}, is not known to MLX."
    elif vocabulary == "gpt2" and pre not in PRE_TOKENIZERS:
        reason = f"Its pre-tokenizer, {pre!r}, is not known to MLX."
    else:
        reason = ""
    return reason


def model_config(metadata: Mapping[str, Any], *, has_output: bool) -> dict[str, Any]:
    """The ``config.json`` that mlx-lm's model of this architecture wants; arrays are lists here."""
    architecture = metadata["general.architecture"]

    def number(key: str, otherwise: Any = None) -> Any:
        return metadata.get(f"{architecture}.{key}", otherwise)

    width, heads = number("embedding_length"), number("attention.head_count")
    return {
        "model_type": architecture,
        "hidden_size": width,
        "num_hidden_layers": number("block_count"),
        "intermediate_size": number("feed_forward_length"),
        "num_attention_heads": heads,
        "num_key_value_heads": number("attention.head_count_kv", heads),
        "head_dim": number("attention.key_length", width // heads),
        "rms_norm_eps": number("attention.layer_norm_rms_epsilon"),
        "vocab_size": len(metadata["tokenizer.ggml.tokens"]),
        "max_position_embeddings": number("context_length", 0),
        "rope_theta": number("rope.freq_base", 10_000.0),
        "rope_traditional": _ROPE_IS_INTERLEAVED[architecture],
        "tie_word_embeddings": not has_output,
    }


def renamed(name: str) -> str:
    """The tensor's name in mlx-lm's model. Raises ``KeyError`` for one that such a model does not have."""
    stem, leaf = name.rsplit(".", 1)
    if stem.startswith("blk."):
        _, number, part = stem.split(".")
        return f"model.layers.{number}.{_LAYER[part]}.{leaf}"
    return f"{_TOP[stem]}.{leaf}"
