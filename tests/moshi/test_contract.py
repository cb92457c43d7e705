"""What the step relies on in MLX, moshi_mlx and rustymimi; a failure here says what a new version broke."""

from __future__ import annotations

import inspect
from importlib import metadata

import mlx.core as mx
import numpy as np
import pytest
import rustymimi
from mlx.utils import tree_flatten
from moshi_mlx import models

from assistant.voice.moshi.generator import Generator
from tests.fakes.moshi_weights import random_lm
from tests.moshi.upstream import GREEDY, SMALL

CHECKED = {"mlx": "0.32", "moshi-mlx": "0.3", "rustymimi": "0.4"}
"""Versions that all of the other tests were run with."""


@pytest.mark.parametrize("package", CHECKED)
def test_the_version_is_one_that_was_checked(package: str) -> None:
    version = metadata.version(package)
    assert version.startswith(f"{CHECKED[package]}."), (
        f"{package} {version} is new: run the whole of tests/moshi and scripts/bench_moshi_step with it, "
        "correct docs/moshi.md, then name it here."
    )


def test_the_model_has_the_parameters_that_checkpoints_have() -> None:
    names = {name for name, _ in tree_flatten(random_lm(SMALL).parameters())}
    layer = {f"{part}.weight" for part in (
        "norm1", "norm2", "self_attn.in_proj", "self_attn.out_proj", "gating.linear_in", "gating.linear_out",
    )}  # fmt: skip
    main = {f"transformer.layers.{index}.{part}" for index in range(2) for part in layer}
    slices = [f"depformer.slices.{index}" for index in range(8)]
    depth = {f"{each}.{part}.weight" for each in slices for part in ("emb", "linear_in", "linear_out")}
    depth |= {f"{each}.transformer.layers.{i}.{part}" for each in slices for i in range(2) for part in layer}
    ends = {f"audio_embs.{index}.weight" for index in range(16)}
    ends |= {"text_emb.weight", "text_linear.weight", "out_norm.weight"}
    assert names == main | depth | ends, "moshi_mlx names its parameters otherwise: checkpoints no longer fit"


def test_the_model_ignores_the_length_of_its_cache() -> None:
    """Its ring must be made as long as its context, which ``MoshiConfig.lm_config`` does."""
    raw = models.LmConfig.from_config_dict(SMALL)
    assert (raw.transformer.max_seq_len, raw.transformer.context) == (4096, SMALL["context"]), (
        "moshi_mlx now sets the length of its ring: MoshiConfig.lm_config need no longer do so"
    )


def test_its_transformer_is_still_not_causal() -> None:
    """Why prompts have a pass of our own."""
    lm = random_lm(SMALL)
    x = mx.random.normal((1, 3, SMALL["dim"]))
    changed = mx.concatenate([x[:, :2], x[:, 2:] + 1], axis=1)
    firsts = [lm.transformer(each, lm.transformer.make_rot_cache())[:, 0] for each in (x, changed)]
    assert not mx.allclose(*firsts).item(), (
        "moshi_mlx's transformer is causal now: Temporal.prefill could use it, and docs/moshi.md is wrong"
    )


def test_one_rotation_takes_a_position_for_each_of_a_batch() -> None:
    x = mx.random.normal((3, 2, 1, 16))
    options = {"traditional": True, "base": 10_000.0, "scale": 1.0}
    joined = mx.fast.rope(x, 16, offset=mx.array([7, 7, 0]), **options)
    assert mx.array_equal(joined[2], x[2]).item(), (
        "position 0 no longer leaves values as they are (Block.enter)"
    )
    alone = mx.fast.rope(x[:1], 16, offset=7, **options)
    assert mx.allclose(joined[:1], alone, atol=1e-6).item(), "rope reads offsets otherwise (Block.enter)"


def test_the_ring_is_written_in_place() -> None:
    """A step must not copy the keys and values of the whole conversation."""
    generator = Generator(random_lm(SMALL | {"context": 20_000}), GREEDY)
    codes = np.zeros(8, np.int32)
    generator.step(codes)
    mx.clear_cache()
    before = mx.get_active_memory()
    mx.reset_peak_memory()
    generator.step(codes)
    ring = generator._temporal.ring[0].nbytes
    assert mx.get_peak_memory() - before < ring, "MLX copies the ring in every step (Temporal._attend)"


def test_the_codecs_class_takes_what_it_is_given() -> None:
    named = inspect.signature(rustymimi.Tokenizer).parameters
    assert {"num_codebooks", "max_seq_len"} <= set(named), "rustymimi.Tokenizer is made otherwise (codec.py)"
    methods = ("encode_step", "decode_step")
    assert all(hasattr(rustymimi.Tokenizer, each) for each in methods), "rustymimi lacks a step (codec.py)"
