"""A long conversation: what the model's step takes of memory does not grow."""

from __future__ import annotations

import numpy as np
import psutil
import pytest

from assistant.voice.moshi.generator import Generator
from assistant.voice.moshi.sampling import Sampling
from tests.fakes.moshi_weights import random_lm
from tests.moshi.upstream import SMALL

FRAMES = 20_000
"""26 minutes and 40 seconds."""
GROWTH_BYTES = 4_000_000


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_long_conversation_takes_no_more_memory() -> None:
    generator = Generator(random_lm(SMALL), Sampling(seed=1))
    codes = np.random.default_rng(0).integers(0, 200, (100, 8), np.int32)
    used: list[int] = []
    for frame in range(FRAMES):
        generator.step(codes[frame % len(codes)])
        if frame % 1000 == 999:
            used.append(psutil.Process().memory_info().rss)
    # The first fifth fills the ring and warms the allocators up.
    start, end = max(used[2:5]), max(used[-3:])
    print(f"memory after {FRAMES // 5} frames {start / 1e6:.1f} MB, after {FRAMES} {end / 1e6:.1f} MB")
    assert end - start < GROWTH_BYTES
