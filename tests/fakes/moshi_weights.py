"""Random Moshi checkpoints in Kyutai's file layout: the published ones' names, shapes, types, quantisation.

The weights are noise, so that what comes out is noise; loading, stepping, coding and timing are real.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.voice.moshi.catalogue import MIMI_FILE, TOKENIZER_FILE
from assistant.voice.moshi.catalogue import WEIGHT_FILES as PUBLISHED_FILES
from assistant.voice.moshi.config import MOSHI_7B, MoshiConfig

WEIGHT_FILES = {"f32": "model.f32.safetensors", **PUBLISHED_FILES}
FULL: dict[str, Any] = dict(MOSHI_7B.raw)
"""The sizes of Moshiko and Moshika: 7.7 billion parameters."""
TINY: dict[str, Any] = FULL | {
    "dim": 256,
    "num_heads": 4,
    "num_layers": 2,
    "depformer_dim": 128,
    # Not four times the width: upstream would make the hidden width 11/4 of it, which q8 cannot pack.
    "depformer_dim_feedforward": 192,
    "depformer_num_heads": 4,
    "depformer_num_layers": 2,
    "text_card": 400,
}
"""A Moshi of 16 million parameters that still speaks Mimi's full codes."""
FOUND_PIECES = 400
"""Of a text tokenizer's pieces, those that are made out of text."""


def random_lm(raw: dict[str, Any], kind: str = "f32", seed: int = 0) -> Any:
    """A ``moshi_mlx`` model of the configuration ``raw``; ``kind`` is f32, bf16, q8 or q4.

    The same seed gives the same weights before rounding. The ring is as long as the context, without which
    upstream's own step goes wrong when it wraps.
    """
    import mlx.core as mx
    from mlx import nn
    from moshi_mlx import models

    config = MoshiConfig.of(raw, "the test").lm_config()
    mx.random.seed(seed)
    lm = models.Lm(config)
    if kind != "f32":
        lm.set_dtype(mx.bfloat16)
    if kind in ("q8", "q4"):
        nn.quantize(lm, bits=int(kind[1]), group_size={"q8": 64, "q4": 32}[kind])
    mx.eval(lm.parameters())
    return lm


def write_checkpoint(folder: Path, raw: dict[str, Any], kinds: tuple[str, ...], *, mimi: bool = True) -> None:
    """Write a folder as the hub has it: weights of each kind, config, text tokenizer and codec."""
    import mlx.core as mx
    from mlx.utils import tree_flatten

    folder.mkdir(parents=True, exist_ok=True)
    for kind in kinds:
        weights = dict(tree_flatten(random_lm(raw, kind).parameters()))
        mx.save_safetensors(str(folder / WEIGHT_FILES[kind]), weights)
    names = {"moshi_name": WEIGHT_FILES[kinds[0]], "mimi_name": MIMI_FILE, "tokenizer_name": TOKENIZER_FILE}
    (folder / "config.json").write_text(json.dumps(raw | names | {"model_type": "moshi"}, indent=2))
    write_tokenizer(folder / TOKENIZER_FILE, raw["text_card"])
    if mimi:
        write_mimi(folder / MIMI_FILE)


def write_tokenizer(path: Path, tokens: int) -> None:
    """A sentencepiece model of ``tokens`` pieces with Moshi's special ids: 0 new word, 3 pad."""
    import sentencepiece

    made = random.Random(0)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    words = ["".join(made.choices(letters, k=made.randint(2, 8))) for _ in range(1500)]
    with path.open("wb") as target:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=(" ".join(made.choices(words, k=10)) for _ in range(2000)),
            model_writer=target,
            vocab_size=tokens,
            # So little text does not hold so many pieces, and a random model says any of them.
            user_defined_symbols=[f"q{number}" for number in range(tokens - FOUND_PIECES)],
            hard_vocab_limit=False,
            model_type="unigram",
            unk_id=0,
            bos_id=1,
            eos_id=2,
            pad_id=3,
            minloglevel=2,
        )


def write_mimi(path: Path, codebooks: int = 32, seed: int = 0) -> None:
    """A full-size Mimi, 385 MB, whose random weights keep signals apart."""
    from safetensors.numpy import save_file

    noise = np.random.default_rng(seed)
    save_file({name: _filled(name, shape, noise) for name, shape in mimi_shapes(codebooks)}, path)


def mimi_shapes(codebooks: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and shapes of Mimi's tensors, as in the published file."""
    yield from _convolution("encoder.model.0.conv.conv", 64, 1, 7)
    width = 64
    for index, stride in enumerate((4, 5, 6, 8)):
        yield from _residual(f"encoder.model.{1 + 3 * index}", width)
        yield from _convolution(f"encoder.model.{3 + 3 * index}.conv.conv", 2 * width, width, 2 * stride)
        width *= 2
    yield from _convolution("encoder.model.14.conv.conv", 512, width, 3)
    yield from _convolution("decoder.model.0.conv.conv", width, 512, 7)
    for index, stride in enumerate((8, 6, 5, 4)):
        name = f"decoder.model.{2 + 3 * index}.convtr.convtr"
        yield f"{name}.weight", (width, width // 2, 2 * stride)
        yield f"{name}.bias", (width // 2,)
        width //= 2
        yield from _residual(f"decoder.model.{3 + 3 * index}", width)
    yield from _convolution("decoder.model.14.conv.conv", 1, width, 3)
    yield "downsample.conv.conv.conv.weight", (512, 512, 4)
    yield "upsample.convtr.convtr.convtr.weight", (512, 1, 4)
    for side in ("encoder_transformer", "decoder_transformer"):
        for layer in range(8):
            yield from _transformer_layer(f"{side}.transformer.layers.{layer}")
    for name, count in (("rvq_first", 1), ("rvq_rest", codebooks - 1)):
        yield f"quantizer.{name}.input_proj.weight", (256, 512, 1)
        yield f"quantizer.{name}.output_proj.weight", (512, 256, 1)
        for layer in range(count):
            book = f"quantizer.{name}.vq.layers.{layer}._codebook"
            yield f"{book}.embedding_sum", (2048, 256)
            yield f"{book}.cluster_usage", (2048,)
            yield f"{book}._initialized", (1,)


def _convolution(name: str, out: int, into: int, kernel: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.weight", (out, into, kernel)
    yield f"{name}.bias", (out,)


def _residual(name: str, width: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield from _convolution(f"{name}.block.1.conv.conv", width // 2, width, 3)
    yield from _convolution(f"{name}.block.3.conv.conv", width, width // 2, 1)


def _transformer_layer(name: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield f"{name}.self_attn.in_proj_weight", (1536, 512)
    yield f"{name}.self_attn.out_proj.weight", (512, 512)
    yield f"{name}.linear1.weight", (2048, 512)
    yield f"{name}.linear2.weight", (512, 2048)
    for norm in ("norm1", "norm2"):
        yield f"{name}.{norm}.weight", (512,)
        yield f"{name}.{norm}.bias", (512,)
    for scale in ("layer_scale_1", "layer_scale_2"):
        yield f"{name}.{scale}.scale", (512,)


def _filled(name: str, shape: tuple[int, ...], noise: np.random.Generator) -> NDArray[np.float32]:
    """Gain near one and no biases, so that the codes follow the signal rather than the weights."""
    if name.endswith("embedding_sum"):
        return (0.3 * noise.standard_normal(shape)).astype(np.float32)
    if name.endswith(("cluster_usage", "_initialized", "norm1.weight", "norm2.weight")):
        return np.ones(shape, np.float32)
    if name.endswith("bias"):
        return np.zeros(shape, np.float32)
    if name.endswith("scale"):
        return np.full(shape, 0.01, np.float32)
    if "upsample" in name:
        return (0.5 * noise.standard_normal(shape)).astype(np.float32)
    # A transposed convolution lays half of its kernel over each sample of its output.
    inputs = shape[0] * shape[2] / 2 if "convtr" in name else float(np.prod(shape[1:]))
    return (1.3 / inputs**0.5 * noise.standard_normal(shape)).astype(np.float32)


def write_without_codec(folder: Path) -> Path:
    """A tiny checkpoint for a stand-in codec: where Mimi belongs lies a file without it."""
    from safetensors.numpy import save_file

    write_checkpoint(folder, TINY, ("bf16",), mimi=False)
    save_file({"none": np.zeros(1, np.float32)}, folder / MIMI_FILE)
    return folder
