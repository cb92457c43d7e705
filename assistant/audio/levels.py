"""Loudness in dBFS: 0 is full scale, ``SILENCE`` stands for nothing at all."""

from __future__ import annotations

import math

import numpy as np

from assistant.audio.transport import Samples

SILENCE = -120.0
"""dBFS reported for digital silence, in place of minus infinity."""


def to_dbfs(amplitude: float) -> float:
    """An amplitude (1.0 is full scale) in dBFS, never below ``SILENCE``."""
    return max(SILENCE, 20.0 * math.log10(amplitude)) if amplitude > 0.0 else SILENCE


def peak(samples: Samples) -> float:
    """The largest magnitude in ``samples``, 0.0 for none."""
    return float(np.abs(samples).max()) if samples.size else 0.0


def rms(samples: Samples) -> float:
    """The root mean square of ``samples``, 0.0 for none."""
    return math.sqrt(float(np.dot(samples, samples)) / samples.size) if samples.size else 0.0


class PeakMeter:
    """The loudest moment since it was last looked at, which is to be often: it keeps what it is given."""

    def __init__(self) -> None:
        self._unseen: list[Samples] = []

    def add(self, samples: Samples) -> None:
        """Take ``samples`` into account."""
        self._unseen.append(samples)

    def take(self) -> float:
        """The loudest sample since the last call in dBFS; starts over."""
        loudest = peak(np.concatenate(self._unseen)) if self._unseen else 0.0
        self._unseen.clear()
        return to_dbfs(loudest)
