"""Rates and clocks."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.resampling import AlignedReference, BlockReader, Resampler, StreamClock
from assistant.audio.ring import Ring
from assistant.audio.transport import BLOCK
from assistant.engine.protocol import SAMPLE_RATE


def tone(rate: float, start: int, count: int, hertz: float = 500.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * (start + np.arange(count)) / rate)).astype(np.float32)


def test_equal_rates_pass_untouched():
    samples = tone(24_000, 0, 100)
    assert Resampler(24_000, 24_000).feed(samples) is samples


@pytest.mark.parametrize("rate", [44_100, 48_000, 16_000])
def test_blocks_of_any_rate_arrive_at_24_khz_with_less_than_10_ms_held(rate):
    ring, blocks = Ring(rate), []
    reader = BlockReader(ring, rate)
    for step in range(100):
        ring.write(tone(rate, step * rate // 100, rate // 100))
        while (block := reader.next()) is not None:
            blocks.append(block)
    heard = np.concatenate(blocks)
    assert SAMPLE_RATE - BLOCK <= len(heard) <= SAMPLE_RATE
    assert heard[2000:20_000] == pytest.approx(tone(24_000, 2000, 18_000), abs=0.005)
    ring.write(tone(rate, 0, rate // 100))
    reader.clear()
    assert reader.next() is None


def test_clock_sees_through_late_callbacks():
    rng, clock = np.random.default_rng(3), StreamClock(24_000)
    for block in range(500):
        clock.observe(block * 480, 50.0 + block * 0.02 + rng.exponential(0.005))
    assert clock.time_of(500 * 480) == pytest.approx(60.0, abs=0.002)
    assert clock.position_at(60.0) == pytest.approx(500 * 480, abs=48)


@pytest.mark.parametrize(("rate", "ppm"), [(24_000, 0), (24_000, 150), (48_000, -150), (44_100, 100)])
def test_reference_stays_aligned_while_clocks_drift(rate, ppm):
    """Two minutes of drift would be 18 ms; the reference keeps its distance to the microphone's time."""
    rng, ring, clock = np.random.default_rng(1), Ring(rate, overwrites=True), StreamClock(rate)
    reference, true_rate, written, block = (
        AlignedReference(ring, clock, rate),
        rate * (1 + ppm * 1e-6),
        0,
        rate // 50,
    )
    delays = []
    for step in range(12_000):
        now = 100.0 + 0.005 + step * 0.01
        while 100.0 + written / true_rate <= now:
            clock.observe(written, 100.0 + written / true_rate + rng.exponential(0.001))
            # Each sample carries the time at which it was handed over.
            ring.write((np.arange(written, written + block) / true_rate % 1.0).astype(np.float32))
            written += block
        assert reference.is_there(now - 0.02)
        ramp = reference.block_until(now - 0.02)
        if step > 1000 and ramp.min() > 0.1 and ramp.max() < 0.9:
            delays.append((now - 100.02) % 1.0 - ramp[-1])
    assert min(delays) > 0.004
    assert max(delays) < 0.020
    assert max(delays) - min(delays) < 0.006


def test_reference_follows_a_jump_and_gives_zeros_for_what_was_not_played():
    ring, clock = Ring(24_000, overwrites=True), StreamClock(24_000)
    reference = AlignedReference(ring, clock, 24_000)
    ring.write(np.ones(480, dtype=np.float32))
    clock.observe(0, 10.0)
    blocks = [reference.block_until(10.0 + step / 100) for step in range(1, 30)]
    assert np.concatenate(blocks)[-10 * BLOCK :] == pytest.approx(0.0, abs=1e-3)
    ring.write(np.ones(20_000, dtype=np.float32))
    clock.observe(480, 10.02)
    later = np.concatenate([reference.block_until(10.6 + step / 100) for step in range(10)])
    assert later[-5 * BLOCK :] == pytest.approx(1.0, abs=1e-2)
