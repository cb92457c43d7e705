"""Mimi, the codec that Moshi speaks: 80 ms of sound to codes and back, through ``rustymimi``.

It runs on the processor. One object is for one direction: an object serves one thread at a time, and lets go
of Python's lock while it works. The decoder's hand-overs lie half a lifetime beside the encoder's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.engine.footprint import trim_heap
from assistant.errors import CheckpointError
from assistant.voice.moshi.handover import LIFETIME, HandOver

SAMPLE_RATE = 24_000
FRAME = 1920
"""Samples of a frame, 80 ms."""

Encode = Callable[[NDArray[np.float32]], NDArray[np.int32]]
Decode = Callable[[NDArray[np.int32]], NDArray[np.float32]]


def mimi_encoder(path: Path, codebooks: int) -> HandOver[NDArray[np.float32], NDArray[np.int32]]:
    """Sound (1920,) float32 at 24 kHz → codes (codebooks,).

    Raises ``CheckpointError`` for a file it cannot use.
    """

    def make() -> Encode:
        tokenizer = _open(path, codebooks)

        def encode(samples: NDArray[np.float32]) -> NDArray[np.int32]:
            codes = tokenizer.encode_step(np.ascontiguousarray(samples, np.float32)[None, None])
            return np.asarray(codes[0, :, 0], np.int32)

        return encode

    return HandOver(make, after=trim_heap)


def mimi_decoder(path: Path, codebooks: int) -> HandOver[NDArray[np.int32], NDArray[np.float32]]:
    """Codes (codebooks,) → sound (1920,) float32 at 24 kHz.

    Raises ``CheckpointError`` for a file it cannot use.
    """

    def make() -> Decode:
        tokenizer = _open(path, codebooks)

        def decode(codes: NDArray[np.int32]) -> NDArray[np.float32]:
            samples: NDArray[np.float32] = tokenizer.decode_step(codes.astype(np.uint32)[None, :, None])[0, 0]
            return samples

        return decode

    return HandOver(make, spent=LIFETIME // 2, after=trim_heap)


def _open(path: Path, codebooks: int) -> Any:
    import rustymimi

    try:
        return rustymimi.Tokenizer(str(path), num_codebooks=codebooks)
    except (OSError, ValueError) as error:
        # The rest of its message is a backtrace.
        reason = str(error).partition("\n")[0]
        raise CheckpointError(f"{path} is no Mimi that can be used: {reason}.") from error
