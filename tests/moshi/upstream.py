"""What upstream's own step says, to compare with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mlx.core as mx
import numpy as np
from moshi_mlx import models, utils
from numpy.typing import NDArray

from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.sampling import Sampling
from tests.fakes.moshi_weights import TINY

GREEDY = Sampling(text_temperature=0.0, audio_temperature=0.0, repetition_guard=False)
SMALL = TINY | {
    "dim": 64,
    "depformer_dim": 32,
    "depformer_dim_feedforward": 96,
    "text_card": 300,
    "card": 200,
    "context": 160,
}
"""So small that hundreds of steps take seconds."""
DEEP = SMALL | {"dim": 32, "num_layers": 32, "depformer_num_layers": 6, "context": 3000}
"""As deep as Moshi and very narrow: what the processor does for a step, and little else."""

Run = list[tuple[int, tuple[int, ...] | None]]
Sampler = Callable[[mx.array], tuple[mx.array, mx.array]]


def users(frames: int, codes: int = 200) -> NDArray[np.int32]:
    """A user's random frames, (frames, 8)."""
    return np.random.default_rng(7).integers(0, codes, (frames, 8), np.int32)


def lm_gen(lm: Any, steps: int, sampler: Sampler | None = None) -> models.LmGen:
    """Upstream's step, which takes the likeliest token everywhere unless told otherwise."""
    sampler = sampler or utils.Sampler(temp=0)
    return models.LmGen(lm, max_steps=steps, text_sampler=sampler, audio_sampler=sampler)


def upstream_run(lm: Any, user: NDArray[np.int32]) -> Run:
    """A conversation through upstream's step, read the way its own ``local.py`` reads it."""
    generator = lm_gen(lm, len(user))
    run: Run = []
    for codes in user:
        text, _ = generator.step(mx.array(codes)[None])
        frame = generator.last_audio_tokens()
        run.append((text.item(), None if frame is None else tuple(frame[0].tolist())))
    return run


def own_run(generator: Generator, user: NDArray[np.int32]) -> Run:
    """The same conversation through ours."""
    steps = [generator.step(codes) for codes in user]
    return [(step.text, None if step.codes is None else tuple(step.codes.tolist())) for step in steps]
