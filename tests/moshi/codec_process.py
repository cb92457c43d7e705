"""A process with Moshi's codec and nothing else: ``python -m tests.moshi.codec_process MIMI FRAMES``.

It encodes ``FRAMES`` frames of ``sounds`` and decodes the codes that it is sent, a frame late, as ``CODES``;
each frame it sends back a ``HEARD``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from assistant.voice.moshi.codec import FRAME, mimi_decoder, mimi_encoder

CODEBOOKS = 8
CODES = np.dtype((np.int32, CODEBOOKS))
HEARD = np.dtype(
    [
        ("codes", np.int32, CODEBOOKS),
        ("sound", np.float32, FRAME),
        ("handovers", np.int32, 2),
        ("waits", np.int32),
        ("memory", np.int64),
    ]
)
"""The encoder's codes, the decoder's sound, what both have done so far, and the process's resident bytes."""

Samples = NDArray[np.float32]


def sounds() -> Callable[[], Samples]:
    """The next frame of tones that wander, with pauses; (1920,) at 24 kHz. Every call makes the same ones."""
    noise = np.random.default_rng(4)
    phase = 0.0

    def next_frame() -> Samples:
        nonlocal phase
        pitch, loud = noise.uniform(90, 400), noise.choice([0.0, 0.1, 0.3])
        angles = phase + 2 * np.pi * pitch / 24_000 * np.arange(1, FRAME + 1)
        phase = float(angles[-1] % (2 * np.pi))
        return np.asarray(loud * np.sin(angles) + 0.01 * noise.standard_normal(FRAME), np.float32)

    return next_frame


def main(path: Path, frames: int) -> None:
    encoder, decoder = mimi_encoder(path, CODEBOOKS), mimi_decoder(path, CODEBOOKS)
    next_frame, process = sounds(), psutil.Process()
    heard = np.zeros((), HEARD)
    with ThreadPoolExecutor(2) as threads:
        for _ in range(frames):
            coded = threads.submit(encoder, next_frame())
            codes = np.frombuffer(sys.stdin.buffer.read(CODES.itemsize), np.int32)
            sound = threads.submit(decoder, codes)
            heard["codes"], heard["sound"] = coded.result(), sound.result()
            heard["handovers"] = encoder.handovers, decoder.handovers
            heard["waits"] = encoder.waits + decoder.waits
            heard["memory"] = process.memory_info().rss
            sys.stdout.buffer.write(heard.tobytes())
            sys.stdout.buffer.flush()
    encoder.close()
    decoder.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
