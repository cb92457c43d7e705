"""What the virtual speaker said, heard again by the recogniser."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.voice.cascade.parts import load_recogniser
from tests.fakes.speech import RATE, to_16k
from tests.fakes.wavs import read_wav

_FRAME = RATE // 50
_LOUD = 0.004
_PAUSE_FRAMES = 20


def heard_in(path: Path) -> str:
    """All that is said in a recording, piece by piece between pauses of 0.4 s."""
    recogniser, _ = load_recogniser(())
    audio = read_wav(path)
    return " ".join(recogniser.transcribe(to_16k(piece)).text for piece in _pieces(audio))


def _pieces(audio: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    frames = audio[: len(audio) // _FRAME * _FRAME].reshape(-1, _FRAME)
    loud = np.flatnonzero(np.sqrt((frames**2).mean(axis=1)) > _LOUD)
    if not len(loud):
        return []
    starts = [0, *(np.flatnonzero(np.diff(loud) > _PAUSE_FRAMES) + 1), len(loud)]
    return [
        audio[max(0, (loud[begin] - 10) * _FRAME) : (loud[end - 1] + 10) * _FRAME]
        for begin, end in itertools.pairwise(starts)
    ]
