"""What a conversation begins with, as the model's inputs: each code of a frame in the step it goes into.

PersonaPlex is prompted with a voice, which comes as inputs already summed, and with frames whose tokens are
all known (NVIDIA/personaplex, ``moshi/models/lm.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.voice.moshi.token_ring import FREE


@dataclass(frozen=True, slots=True)
class Prompt:
    """Inputs of the first steps.

    ``voice`` (steps, width) are those of the very first as the transformer takes them. ``rows`` (steps +
    latest, streams) are the tokens of what follows, text first; of the last ``latest`` ones, the longest
    delay, only the delayed streams are known, and the rest is ``FREE``.
    """

    voice: NDArray[np.float32] | None
    rows: NDArray[np.int32]


def lay_out(frames: NDArray[np.int32], delays: Sequence[int], before: NDArray[np.int32]) -> NDArray[np.int32]:
    """Rows of tokens for ``frames`` (frames, streams), each code as many rows late as its stream's delay.

    ``before`` (1 + latest, streams) is the row in front of the first frame, then what is known of the rows
    after it: there a delayed stream is still in the frame before.
    """
    latest = max(delays)
    rows = np.full((1 + len(frames) + latest, len(delays)), FREE, np.int32)
    rows[: 1 + latest] = before
    for stream, delay in enumerate(delays):
        rows[1 + delay : 1 + delay + len(frames), stream] = frames[:, stream]
        rows[1 + delay + len(frames) :, stream] = FREE
    return rows
