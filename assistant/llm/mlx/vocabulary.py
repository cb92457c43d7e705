"""A tokenizer out of the vocabulary in a GGUF file.

Sources: ggml's "docs/gguf.md" (``tokenizer.ggml.*``) and the two algorithms of llama.cpp's
``llama-vocab.cpp``: byte-level pairs ("gpt2"), whose words a regular expression cuts, and sentencepiece's
pairs by score ("llama"), which fall back to bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

from assistant.llm.mlx.words import PRE_TOKENIZERS, WHOLE_WORDS_FIRST

_CONTROL, _USER_DEFINED = 3, 4
_UNDERLINE = "▁"
"""Sentencepiece's space."""


def build_tokenizer(metadata: Mapping[str, Any]) -> Tokenizer:
    """``metadata`` as lists and plain values; it is one that ``gguf_support.why_not`` has nothing against.

    Control and user-defined tokens are found in text as they are written; no token is added at the begin.
    """
    tokens, types = metadata["tokenizer.ggml.tokens"], metadata["tokenizer.ggml.token_type"]
    is_byte_level = metadata["tokenizer.ggml.model"] == "gpt2"
    tokenizer = _byte_level(tokens, metadata) if is_byte_level else _by_score(tokens, metadata)
    for kind in (_CONTROL, _USER_DEFINED):
        found = [
            AddedToken(token, special=kind == _CONTROL, normalized=False)
            for token, its_kind in zip(tokens, types, strict=True)
            if its_kind == kind and token
        ]
        (tokenizer.add_special_tokens if kind == _CONTROL else tokenizer.add_tokens)(found)
    return tokenizer


def _byte_level(tokens: list[str], metadata: Mapping[str, Any]) -> Tokenizer:
    pre = metadata["tokenizer.ggml.pre"]
    merges = [tuple(merge.split(" ", 1)) for merge in metadata["tokenizer.ggml.merges"]]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, ignore_merges=pre in WHOLE_WORDS_FIRST))
    cuts = [pre_tokenizers.Split(Regex(each), "isolated") for each in PRE_TOKENIZERS[pre]]
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*cuts, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _by_score(tokens: list[str], metadata: Mapping[str, Any]) -> Tokenizer:
    vocabulary = {token: number for number, token in enumerate(tokens)}
    unknown = tokens[metadata.get("tokenizer.ggml.unknown_token_id", 0)]
    tokenizer = Tokenizer(
        models.BPE(
            vocab=vocabulary,
            merges=_merges(vocabulary, metadata["tokenizer.ggml.scores"]),
            unk_token=unknown,
            fuse_unk=True,
            byte_fallback=True,
        )
    )
    begins_with_space = bool(metadata.get("tokenizer.ggml.add_space_prefix", True))
    spaces = normalizers.Replace(" ", _UNDERLINE)
    prefix = [normalizers.Prepend(_UNDERLINE)] if begins_with_space else []
    tokenizer.normalizer = normalizers.Sequence([*prefix, spaces])
    steps = [decoders.Replace(_UNDERLINE, " "), decoders.ByteFallback(), decoders.Fuse()]
    tokenizer.decoder = decoders.Sequence(steps + ([decoders.Strip(" ", 1, 0)] if begins_with_space else []))
    return tokenizer


def _merges(vocabulary: Mapping[str, int], scores: list[float]) -> list[tuple[str, str]]:
    """Every pair of tokens that makes a token, the one with the best score first."""
    found = [
        (-scores[number], number, token[:cut], token[cut:])
        for token, number in vocabulary.items()
        for cut in range(1, len(token))
        if token[:cut] in vocabulary and token[cut:] in vocabulary
    ]
    return [(left, right) for _, _, left, right in sorted(found)]
