"""How late the speaker's sound comes in at the microphone, from what both carried."""

from __future__ import annotations

import math

import numpy as np

from assistant.audio.levels import to_dbfs
from assistant.audio.transport import BLOCK, Samples
from assistant.engine.protocol import SAMPLE_RATE

LONGEST_S = 0.6
"""The longest delay that is looked for."""

CLEAR = 12.0
"""How far the response must stand out of its own noise (its root mean square) to be an echo."""

_FAR_ACTIVE_DB = -50.0
_STEP = 3
_RATE = SAMPLE_RATE // _STEP
_WINDOW = 3 * _RATE
_BETWEEN_BLOCKS = 100
_AGREE_S = 0.01


def echo_response(microphone: Samples, reference: Samples, rate: int = SAMPLE_RATE) -> Samples:
    """What turns ``reference`` into ``microphone`` (regularised deconvolution), up to ``LONGEST_S``.

    Both at ``rate`` and on one clock; the result has ``LONGEST_S * rate`` samples.
    """
    longest = int(LONGEST_S * rate)
    size = 1 << (len(reference) + longest - 1).bit_length()
    played = np.fft.rfft(reference, size)
    power = np.abs(played) ** 2
    spectrum = np.fft.rfft(microphone, size) * np.conj(played) / (power + 0.01 * power.max() + 1e-20)
    return np.asarray(np.fft.irfft(spectrum, size)[:longest], np.float32)


def echo_delay(microphone: Samples, reference: Samples, rate: int = SAMPLE_RATE) -> float | None:
    """Seconds between a sample given to the speaker and its echo; None when no echo stands out."""
    response = np.abs(echo_response(microphone, reference, rate))
    peak = int(np.argmax(response))
    if response[peak] <= CLEAR * np.sqrt(np.mean(response**2)):
        return None
    return peak / rate


class DelayMeter:
    """Follows the delay while the speaker is active: every second one look at the last three, at 8 kHz."""

    def __init__(self) -> None:
        self._microphone = np.zeros(_WINDOW, np.float32)
        self._reference = np.zeros(_WINDOW, np.float32)
        self._fresh: list[tuple[Samples, Samples]] = []
        self._before: float | None = None
        self._value: float | None = None

    def add(self, microphone: Samples, reference: Samples) -> None:
        """Take one block of 10 ms of each into account."""
        # Worked on a second at a time: a call of NumPy costs as much for 10 ms.
        self._fresh.append((microphone, reference))
        if len(self._fresh) == _BETWEEN_BLOCKS:
            self._look()

    @property
    def value(self) -> float | None:
        """Seconds; None until two looks in a row agreed."""
        return self._value

    def _look(self) -> None:
        heard, played = (np.concatenate(side) for side in zip(*self._fresh, strict=True))
        self._fresh.clear()
        self._microphone = np.concatenate((self._microphone, slower(heard, _STEP)))[-_WINDOW:]
        self._reference = np.concatenate((self._reference, slower(played, _STEP)))[-_WINDOW:]
        blocks = played.reshape(-1, BLOCK)
        loudest = float(np.einsum("ij,ij->i", blocks, blocks).max()) / BLOCK
        if to_dbfs(math.sqrt(loudest)) < _FAR_ACTIVE_DB:
            return
        found = echo_delay(self._microphone, self._reference, _RATE)
        # One look in which the user speaks louder than the echo may find anything.
        if found is not None and self._before is not None and abs(found - self._before) <= _AGREE_S:
            self._value = found
        self._before = found


def slower(samples: Samples, step: int) -> Samples:
    """The mean of every ``step`` samples, of which there must be whole groups."""
    return np.asarray(samples.reshape(-1, step).mean(axis=1), np.float32)
