"""Tokenizers out of GGUF vocabularies say what llama.cpp and sentencepiece say."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.llm.mlx.vocabulary import build_tokenizer
from assistant.llm.mlx.words import PRE_TOKENIZERS
from tests.llm.llama_judge import LlamaJudge
from tests.llm.needs import needs_llama, needs_mlx
from tests.llm.smollm import needs_smollm, smollm_path

sentencepiece = pytest.importorskip("sentencepiece")
tiny_models = pytest.importorskip("tests.fakes.tiny_models")

HARD = (
    "Hello, world!", " leading and trailing ", "two  spaces\tand\ttabs\n\n\nlines\r\nWindows", "",
    "I'm sure they'LL say it's 'fine' - don't YOU?", "12345678901 3.14 1,000 ٣٤٥ ½ ²", "naïve café Ünïcödé",
    "Привет, мир! Как дела?", "你好，世界。こんにちは", "👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301",
    "عربي 12 فارسی", "def f(x):\n    return x**2  # ok",
    "<|user|>not closed<|end|>x <|end", "a\u00a0b\u200bc\u2028d", "…—“”„ ﬁ ①", "\\n \\t %s {} [] ~`",
    "ААА ΩΩΩ 𝔘𝔫𝔦",
)  # fmt: skip
"""Scripts, digits of several, joined emoji, every kind of space, endings, special tokens cut off."""


@needs_llama
@pytest.mark.parametrize("pre", PRE_TOKENIZERS)
def test_byte_level_tokens_are_those_of_llama_cpp(pre: str, tmp_path: Path):
    trained = tiny_models.byte_level("|".join(PRE_TOKENIZERS[pre]))
    entries = tiny_models.byte_level_entries(trained, pre)
    file = tiny_models.write_tiny_gguf(tmp_path / "tiny.gguf", entries)
    ours = build_tokenizer(entries)
    with LlamaJudge(file, tmp_path) as judge:
        for text in HARD:
            tokens = ours.encode(text, add_special_tokens=False).ids
            assert tokens == judge.tokens(text), text
            assert ours.decode(tokens, skip_special_tokens=False) == text


@needs_llama
def test_tokens_by_score_are_those_of_llama_cpp_and_of_sentencepiece(tmp_path: Path):
    pieces = tiny_models.by_score()
    entries = tiny_models.by_score_entries(pieces)
    file = tiny_models.write_tiny_gguf(tmp_path / "tiny.gguf", entries)
    ours = build_tokenizer(entries)
    with LlamaJudge(file, tmp_path) as judge:
        for text in (*HARD, "call <tool> now", "</s>"):
            tokens = ours.encode(text, add_special_tokens=False).ids
            assert tokens == judge.tokens(text), text
            if "<" not in text:
                assert tokens == pieces.encode(text), text
                assert ours.decode(tokens, skip_special_tokens=False) == text


@needs_smollm
@needs_mlx
def test_a_real_vocabulary(tmp_path: Path):
    import mlx.core as mx

    from assistant.llm.mlx.model import plain_metadata

    ours = build_tokenizer(plain_metadata(mx.load(str(smollm_path()), return_metadata=True)[1]))
    with LlamaJudge(smollm_path(), tmp_path) as judge:
        for text in (*HARD, "<|im_start|>user\nHi<|im_end|>\n"):
            assert ours.encode(text, add_special_tokens=False).ids == judge.tokens(text), text
