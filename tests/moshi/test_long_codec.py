"""A long conversation through the codec: the change from one object to the next cannot be heard."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import rustymimi
from numpy.typing import NDArray

from assistant.voice.moshi.codec import FRAME, mimi_decoder, mimi_encoder
from assistant.voice.moshi.handover import LIFETIME, OVERLAP
from tests.fakes.moshi_weights import write_mimi

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

FRAMES = 20_000
"""26 minutes and 40 seconds."""
SECOND = 13
"""Frames, rounded up."""
INAUDIBLE = 2**-15
"""The smallest step of a 16-bit sample."""
UNBROKEN = 65_536
"""Frames that the tokenizer to compare with is made for."""

Samples = NDArray[np.float32]
Codes = NDArray[np.int32]


def memory() -> int:
    return int(psutil.Process().memory_info().rss)


def sounds() -> Callable[[], Samples]:
    """The next frame of tones that wander, with pauses; (1920,) at 24 kHz."""
    noise = np.random.default_rng(4)
    phase = 0.0

    def next_frame() -> Samples:
        nonlocal phase
        pitch, loud = noise.uniform(90, 400), noise.choice([0.0, 0.1, 0.3])
        angles = phase + 2 * np.pi * pitch / 24_000 * np.arange(1, FRAME + 1)
        phase = float(angles[-1] % (2 * np.pi))
        return np.asarray(loud * np.sin(angles) + 0.01 * noise.standard_normal(FRAME), np.float32)

    return next_frame


def unbroken(path: Path) -> tuple[Callable[[Samples], Codes], Callable[[Codes], Samples]]:
    """Encoder and decoder that never change their objects."""
    encoder, decoder = (
        rustymimi.Tokenizer(str(path), num_codebooks=8, max_seq_len=UNBROKEN) for _ in range(2)
    )

    def encode(samples: Samples) -> Codes:
        return np.asarray(encoder.encode_step(samples[None, None])[0, :, 0], np.int32)

    def decode(codes: Codes) -> Samples:
        samples: Samples = decoder.decode_step(codes.astype(np.uint32)[None, :, None])[0, 0]
        return samples

    return encode, decode


def test_the_codecs_change_of_objects_cannot_be_heard(tmp_path: Path) -> None:
    """Against objects that live on: the same codes, and no more error at a seam than a second later."""
    path = tmp_path / "mimi.safetensors"
    write_mimi(path)
    encode, decode = unbroken(path)
    encoder, decoder = mimi_encoder(path, 8), mimi_decoder(path, 8)
    next_frame = sounds()
    equal, errors = np.zeros((FRAMES, 8), bool), np.zeros(FRAMES)
    used: list[int] = []
    seams: list[tuple[str, int]] = []
    with ThreadPoolExecutor(4) as threads:
        before: Any = None
        for frame in range(FRAMES + 1):
            work: list[Any] = [None] * 4
            if frame < FRAMES:
                samples = next_frame()
                work[:2] = threads.submit(encode, samples), threads.submit(encoder, samples)
            if before is not None:
                work[2:] = threads.submit(decode, before), threads.submit(decoder, before)
            codes, changed, sound, heard = (each and each.result() for each in work)
            if frame < FRAMES:
                equal[frame] = codes == changed
            if before is not None:
                errors[frame - 1] = np.abs(sound - heard).max()
            before = codes
            for name, each, at in (("encoder", encoder, frame), ("decoder", decoder, frame - 1)):
                if each.handovers > sum(name == known for known, _ in seams):
                    seams.append((name, at))
                    print(f"{name} handed over at frame {at}", flush=True)
            if frame % 100 == 0:
                used.append(memory())
    encoder.close()
    decoder.close()
    encoded, decoded = ([at for name, at in seams if name == wanted] for wanted in ("encoder", "decoder"))
    judged = [at for at in decoded if at + SECOND < FRAMES]
    worst = [(at, errors[at], errors[at + SECOND]) for at in judged]
    after = equal[LIFETIME + 1 :].mean()
    print(f"codes equal after the first change: {after:.5f}; frames with any other: {(~equal.all(1)).sum()}")
    print("frame, error at the seam and a second later:", [f"{a} {s:.1e} {e:.1e}" for a, s, e in worst])
    print(f"memory at most {max(used) / 1e6:.0f} MB; waits {encoder.waits} and {decoder.waits}")
    life = LIFETIME - OVERLAP
    assert encoded == list(range(LIFETIME, FRAMES, life))
    assert decoded == list(range(LIFETIME // 2, FRAMES, life))
    assert after >= 0.99
    assert all(seam <= max(1.5 * later, INAUDIBLE) for _, seam, later in worst)
