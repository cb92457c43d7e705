"""Half precision and quantised weights, teacher-forced: no further from float32 than upstream's own step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mlx.core as mx
import numpy as np
import pytest
from mlx import nn
from numpy.typing import NDArray

from assistant.voice.moshi import generator as generating
from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.sampling import Sampling
from tests.fakes.moshi_weights import TINY, random_lm
from tests.moshi.upstream import lm_gen, users

FRAMES = 60
RAW = TINY | {"card": 256, "text_card": 256}
"""Wide enough to be quantised; tokens are few, so that all heads' logits go into one array."""


class Teacher:
    """Stands for both samplers: keeps every head's logits and says what it is told to."""

    def __init__(self, tokens: NDArray[np.int32]) -> None:
        self._tokens: Iterator[int] = iter(tokens.reshape(-1).tolist())
        self.logits: list[mx.array] = []

    def __call__(self, logits: mx.array, *_: Any) -> Any:
        self.logits.append(logits.astype(mx.float32).reshape(-1))
        return mx.full(logits.shape[:-1], next(self._tokens), mx.int32)

    def heard(self) -> NDArray[np.float32]:
        """(frames, heads, tokens)."""
        return np.array(mx.stack(self.logits)).reshape(-1, 9, 256)


def upstream_logits(lm: Any, tokens: NDArray[np.int32]) -> NDArray[np.float32]:
    """What upstream's step thinks, led along ``tokens``."""
    teacher = Teacher(tokens)
    generator = lm_gen(lm, FRAMES + 5, lambda logits: (teacher(logits), logits))
    for codes in users(FRAMES - 1):
        generator.step(mx.array(codes)[None])
        mx.eval(teacher.logits[-9:])
    generator.step(mx.zeros((1, 8), mx.int32))
    return teacher.heard()


def own_logits(lm: Any, tokens: NDArray[np.int32], monkeypatch: pytest.MonkeyPatch) -> NDArray[np.float32]:
    """What our step thinks, led along the same tokens."""
    teacher = Teacher(tokens)
    monkeypatch.setattr(generating, "draw", teacher)
    generator = Generator(lm, Sampling(), compiled=False)
    for codes in users(FRAMES - 1):
        generator.step(codes)
    return teacher.heard()


def in_float32(lm: Any) -> Any:
    """The very weights of a rounded model, in float32 arithmetic."""
    exact = random_lm(RAW)
    weights = dict(lm.named_modules())
    for name, module in exact.named_modules():
        held = weights[name]
        if isinstance(held, nn.QuantizedLinear | nn.QuantizedEmbedding):
            scales, biases = held.scales.astype(mx.float32), held.biases.astype(mx.float32)
            module.weight = mx.dequantize(held.weight, scales, biases, held.group_size, held.bits)
        elif "weight" in module:
            module.weight = held.weight.astype(mx.float32)
    return exact


class Recorder(nn.Module):
    """Stands for an output head: keeps what goes into it."""

    def __init__(self, head: Any) -> None:
        super().__init__()
        self.head, self.seen = head, []

    def __call__(self, hidden: mx.array) -> mx.array:
        self.seen.append(hidden.reshape(-1))
        return self.head(hidden)


def fit_heads(lm: Any, tokens: NDArray[np.int32]) -> None:
    """Output heads as training leaves them: along ``tokens`` nearly every step has a clear favourite.

    Heads of random weights do not: of 256 logits that are nothing but noise the two best lie a quarter of a
    deviation apart in the median step. Fitted ones (least squares) give noise too, with one token of each
    step five deviations up. No trained weights are at hand to say how clear Moshi's own favourites are.
    """
    exact = in_float32(lm)
    owners = [(exact, "text_linear"), *((each, "linear_out") for each in exact.depformer.slices)]
    recorders = [Recorder(getattr(owner, name)) for owner, name in owners]
    for (owner, name), recorder in zip(owners, recorders, strict=True):
        setattr(owner, name, recorder)
    upstream_logits(exact, tokens)
    noise = np.random.default_rng(5)
    rounded = [(lm, "text_linear"), *((each, "linear_out") for each in lm.depformer.slices)]
    for (owner, name), recorder in zip(rounded, recorders, strict=True):
        wanted = noise.standard_normal((FRAMES, 256))
        wanted[np.arange(FRAMES), noise.integers(0, 256, FRAMES)] += 5
        weight = np.linalg.lstsq(np.array(mx.stack(recorder.seen)), wanted, rcond=None)[0].T
        held, head = getattr(owner, name), nn.Linear(weight.shape[1], 256, bias=False)
        head.weight = mx.array(weight.astype(np.float32)).astype(mx.bfloat16)
        if isinstance(held, nn.QuantizedLinear):
            head = nn.QuantizedLinear.from_linear(head, held.group_size, held.bits)
        setattr(owner, name, head)


@pytest.mark.parametrize("heads", ["random", "fitted"])
@pytest.mark.parametrize("kind", ["bf16", "q8", "q4"])
def test_rounding_moves_logits_as_little_as_upstreams(
    kind: str, heads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which token is the likeliest is only asked of heads that have one; nothing is left out there."""
    tokens = np.random.default_rng(1).integers(0, 256, (FRAMES, 9), np.int32)
    lm = random_lm(RAW, kind)
    if heads == "fitted":
        fit_heads(lm, tokens)
    exact = upstream_logits(in_float32(lm), tokens)
    theirs = upstream_logits(lm, tokens)
    for cache in lm.transformer_cache:
        cache.reset()
    ours = own_logits(lm, tokens, monkeypatch)
    ours_error, theirs_error = (float(np.sqrt(np.mean((each - exact) ** 2))) for each in (ours, theirs))
    same = {
        name: float((each.argmax(-1) == exact.argmax(-1)).mean())
        for name, each in (("ours", ours), ("theirs", theirs))
    }
    print(f"{kind}, {heads} heads: error {ours_error:.5f}, upstream's {theirs_error:.5f}; top-1 {same}")
    assert ours_error <= 2 * theirs_error
    if heads == "fitted":
        assert same["ours"] >= 0.99
