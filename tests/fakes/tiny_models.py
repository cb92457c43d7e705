"""Text models with random weights: real files of the real formats, a few hundred kilobytes each."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from tests.fakes.gguf import F32, Array, write_gguf

TEXT = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8").splitlines()
CHAT = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]


@dataclass(frozen=True)
class Shape:
    """Of a small model; ``width`` is that of its residual stream."""

    width: int = 64
    layers: int = 2
    inner: int = 128
    heads: int = 4
    kv_heads: int = 2
    context: int = 512

    @property
    def head(self) -> int:
        return self.width // self.heads


SMALL = Shape()


def byte_level(pattern: str) -> Tokenizer:
    """Trained on the README, its words cut by ``pattern``."""
    tokenizer = Tokenizer(models.BPE())
    cut = pre_tokenizers.Split(Regex(pattern), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [cut, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(TEXT, trainer)
    tokenizer.add_special_tokens([AddedToken(each, special=True, normalized=False) for each in SPECIAL])
    return tokenizer


def byte_level_entries(tokenizer: Tokenizer, pre: str) -> dict[str, Any]:
    """Its vocabulary as a GGUF file has it."""
    told = json.loads(tokenizer.to_str())
    tokens = [tokenizer.id_to_token(number) for number in range(tokenizer.get_vocab_size())]
    merges = [each if isinstance(each, str) else " ".join(each) for each in told["model"]["merges"]]
    end = tokenizer.token_to_id(SPECIAL[0])
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": pre,
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [3 if token in SPECIAL else 1 for token in tokens],
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.bos_token_id": end,
        "tokenizer.ggml.eos_token_id": end,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": CHAT,
    }


def by_score() -> sentencepiece.SentencePieceProcessor:
    """Trained on the README with Llama's settings."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT), model_writer=model, model_type="bpe", vocab_size=600,
        byte_fallback=True, split_digits=True, allow_whitespace_only_pieces=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, minloglevel=2,
        user_defined_symbols=["<tool>"],
    )  # fmt: skip
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def by_score_entries(pieces: sentencepiece.SentencePieceProcessor) -> dict[str, Any]:
    """Its vocabulary as a GGUF file has it."""
    numbers = range(pieces.get_piece_size())

    def kind(number: int) -> int:
        if pieces.is_unknown(number):
            return 2
        if pieces.is_control(number):
            return 3
        if pieces.id_to_piece(number) == "<tool>":
            return 4
        return 6 if pieces.is_byte(number) else 1

    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": [pieces.id_to_piece(number) for number in numbers],
        "tokenizer.ggml.scores": [float(pieces.get_score(number)) for number in numbers],
        "tokenizer.ggml.token_type": [kind(number) for number in numbers],
        "tokenizer.ggml.bos_token_id": pieces.bos_id(),
        "tokenizer.ggml.eos_token_id": pieces.eos_id(),
        "tokenizer.ggml.unknown_token_id": pieces.unk_id(),
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_eos_token": False,
    }


def write_tiny_gguf(
    path: Path,
    vocabulary: dict[str, Any],
    *,
    architecture: str = "llama",
    kind: int = F32,
    shape: Shape = SMALL,
    factors: bool = False,
) -> Path:
    """Matrices in ``kind``; ``factors`` adds Llama 3.1's divisors of wavelengths."""
    values = {
        "general.architecture": architecture,
        "general.name": "Tiny",
        f"{architecture}.context_length": shape.context,
        f"{architecture}.embedding_length": shape.width,
        f"{architecture}.block_count": shape.layers,
        f"{architecture}.feed_forward_length": shape.inner,
        f"{architecture}.attention.head_count": shape.heads,
        f"{architecture}.attention.head_count_kv": shape.kv_heads,
        f"{architecture}.attention.layer_norm_rms_epsilon": 1e-5,
        f"{architecture}.rope.freq_base": 10000.0,
        f"{architecture}.rope.dimension_count": shape.head,
        f"{architecture}.vocab_size": len(vocabulary["tokenizer.ggml.tokens"]),
        **vocabulary,
    }
    tensors = _gguf_tensors(architecture, kind, shape, len(vocabulary["tokenizer.ggml.tokens"]))
    if factors:
        tensors["rope_freqs.weight"] = (F32, np.linspace(1, 8, shape.head // 2, dtype=np.float32))
    return write_gguf(path, values, tensors)


def _gguf_tensors(architecture: str, kind: int, shape: Shape, words: int) -> dict[str, tuple[int, Array]]:
    random = np.random.default_rng(7)

    def matrix(rows: int, columns: int) -> tuple[int, Array]:
        return kind, (random.standard_normal((rows, columns)) / np.sqrt(columns)).astype(np.float32)

    def vector(size: int, around: float = 1.0) -> tuple[int, Array]:
        return F32, (around + 0.1 * random.standard_normal(size)).astype(np.float32)

    keys = shape.head * shape.kv_heads
    tensors = {"token_embd.weight": matrix(words, shape.width), "output_norm.weight": vector(shape.width)}
    for number in range(shape.layers):
        layer = {
            "attn_norm.weight": vector(shape.width), "attn_q.weight": matrix(shape.width, shape.width),
            "attn_k.weight": matrix(keys, shape.width), "attn_v.weight": matrix(keys, shape.width),
            "attn_output.weight": matrix(shape.width, shape.width), "ffn_norm.weight": vector(shape.width),
            "ffn_gate.weight": matrix(shape.inner, shape.width),
            "ffn_up.weight": matrix(shape.inner, shape.width),
            "ffn_down.weight": matrix(shape.width, shape.inner),
        }  # fmt: skip
        if architecture == "qwen2":
            layer |= {
                "attn_q.bias": vector(shape.width, 0.0), "attn_k.bias": vector(keys, 0.0),
                "attn_v.bias": vector(keys, 0.0),
            }  # fmt: skip
        if architecture == "qwen3":
            layer |= {"attn_q_norm.weight": vector(shape.head), "attn_k_norm.weight": vector(shape.head)}
        tensors |= {f"blk.{number}.{name}": tensor for name, tensor in layer.items()}
    return tensors


def write_tiny_folder(path: Path, tokenizer: Tokenizer, shape: Shape = SMALL) -> Path:
    """A Llama in Hugging Face's layout."""
    from safetensors.numpy import save_file

    from assistant.llm.mlx.gguf_support import renamed

    words = tokenizer.get_vocab_size()
    path.mkdir(parents=True, exist_ok=True)
    tensors = _gguf_tensors("llama", F32, shape, words)
    save_file(
        {renamed(name): numbers for name, (_, numbers) in tensors.items()},
        path / "model.safetensors",
        {"format": "pt"},
    )
    config = {
        "model_type": "llama", "hidden_size": shape.width, "num_hidden_layers": shape.layers,
        "intermediate_size": shape.inner, "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads, "rms_norm_eps": 1e-5, "vocab_size": words,
        "rope_theta": 10000.0, "max_position_embeddings": shape.context, "tie_word_embeddings": True,
        "eos_token_id": tokenizer.token_to_id(SPECIAL[0]),
    }  # fmt: skip
    (path / "config.json").write_text(json.dumps(config))
    tokenizer.save(str(path / "tokenizer.json"))
    told = {
        "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": SPECIAL[0], "chat_template": CHAT,
        "clean_up_tokenization_spaces": False,
    }  # fmt: skip
    (path / "tokenizer_config.json").write_text(json.dumps(told))
    return path
