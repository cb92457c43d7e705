"""Whether what is left after echo cancellation is still the assistant's own voice.

Cancellation follows a room, and is lost for seconds when the way of the echo changes at once. What it lets
through then is a filtered copy of what was played, and so is all that the microphone heard; a user's voice is
not. The best short filter from one to the other tells them apart whatever the canceller believes of itself.
Measured in the simulated room with windows of 0.5 to 1.2 s: of the microphone it makes at least 0.7 where
there is only echo, and at most 0.5 where a user speaks as loud as the assistant over an echo of -10 dB.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from assistant.audio.echo_delay import LONGEST_S, echo_response, slower
from assistant.audio.transport import Samples
from assistant.engine.protocol import SAMPLE_RATE

WINDOW_S = 1.5
"""The longest stretch that is looked at."""

_STEP = 6
_RATE = SAMPLE_RATE // _STEP
_FILTER = _RATE // 40
"""Taps of the filter: the 25 ms around the echo's strongest part. More would fit a user's voice as well."""

_MOSTLY_ECHO = 0.65
_LIKE_ECHO = 0.2
_EARLIER = _RATE // 500
_LOADING = 1e-3
_INAUDIBLE = 1e-9
_BLOCKS_S = 100


def echo_share(sound: Samples, reference: Samples) -> float:
    """The share (0.0 to 1.0) of ``sound``'s power that one short filter makes of ``reference``.

    Both at 4 kHz, ending at the same time; ``reference`` begins earlier, by the longest delay to be found
    (at most ``LONGEST_S``). 0.0 where nothing was played. Least squares by the covariance method, with the
    delay taken from a deconvolution.
    """
    history = len(reference) - len(sound)
    power = float(np.dot(sound, sound))
    if power < _INAUDIBLE * len(sound) or float(np.dot(reference, reference)) < _INAUDIBLE * len(reference):
        return 0.0
    response = np.abs(echo_response(np.pad(sound, (history, 0)), reference, _RATE))
    nearest = min(max(0, int(np.argmax(response)) - _EARLIER), history - _FILTER)
    last = history - nearest
    views = np.lib.stride_tricks.sliding_window_view(reference, len(sound))
    delayed = views[last - _FILTER + 1 : last + 1].astype(np.float64)
    covariance = delayed @ delayed.T
    covariance[np.diag_indices(_FILTER)] += _LOADING * np.trace(covariance) / _FILTER
    taps = np.linalg.solve(covariance, delayed @ sound)
    left = sound - taps @ delayed
    return max(0.0, 1.0 - float(np.dot(left, left)) / power)


class EchoShare:
    """The last seconds of what was heard, what cancellation left of it, and what was played."""

    def __init__(self) -> None:
        kept = int((WINDOW_S + LONGEST_S) * _BLOCKS_S)
        self._blocks: deque[tuple[Samples, Samples, Samples]] = deque(maxlen=kept)

    def add(self, heard: Samples, cleaned: Samples, played: Samples) -> None:
        """10 ms of each at 24 kHz."""
        self._blocks.append((heard, cleaned, played))

    def is_all(self, seconds: float) -> bool:
        """True when all of the last ``seconds`` (at most ``WINDOW_S``) is echo, cancelled or not.

        The microphone alone would tell, were it not for a user softer than a loud echo that is cancelled.
        """
        history = int(LONGEST_S * _BLOCKS_S)
        blocks = min(int(min(seconds, WINDOW_S) * _BLOCKS_S), len(self._blocks) - history)
        if blocks <= 0:
            return False
        recent = list(self._blocks)[-blocks - history :]
        heard, cleaned, played = (slower(np.concatenate(side), _STEP) for side in zip(*recent, strict=True))
        first = len(played) - blocks * (_RATE // _BLOCKS_S)
        return (
            echo_share(heard[first:], played) >= _MOSTLY_ECHO
            and echo_share(cleaned[first:], played) >= _LIKE_ECHO
        )
