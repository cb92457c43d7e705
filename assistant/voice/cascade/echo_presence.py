"""Whether the microphone hears the speaker at all: with headphones it does not.

AEC3 that never finds an echo (headphones, a recording in place of a microphone) comes to suppress the user's
voice by 20 dB and more while the far end speaks, measured with 6 s of far end. Where there is nothing to be
cancelled, the microphone is better taken as it is.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from assistant.audio.echo_delay import slower
from assistant.audio.levels import rms, to_dbfs
from assistant.audio.transport import Samples

_SEGMENT_BLOCKS = 30
"""300 ms, the longest way of an echo that cancellation bears."""

_FAR_DB = -40.0
_BELOW_PEAK_DB = 6.0
_ABOVE_FLOOR_DB = 6.0
_LOWEST_FLOOR_DB = -80.0
_FLOOR_RISE_DB = 0.6
_REMEMBERED = 16
_QUIET_SEGMENTS = 2

_STEP = 6
"""24 kHz to 4 kHz, where the differences of neighbours take mains hum down by 16 dB and leave speech."""


class EchoPresence:
    """Looks for stretches in which the speaker is loud and the microphone stays at its floor.

    Two of them within the last 5 s of speech prove that there is no echo worth cancelling: a user who talks
    over the assistant pauses now and then, an echo does not.
    """

    def __init__(self) -> None:
        self._floor: float | None = None
        self._quiet: deque[bool] = deque(maxlen=_REMEMBERED)
        self._segment: list[tuple[Samples, Samples]] = []
        self._was_loud = False
        self._far_peak = _FAR_DB
        self._last = np.float32(0.0)

    def add(self, microphone: Samples, reference: Samples) -> None:
        """Take 10 ms of each at 24 kHz into account."""
        self._segment.append((microphone, reference))
        if len(self._segment) == _SEGMENT_BLOCKS:
            heard, played = (np.concatenate(side) for side in zip(*self._segment, strict=True))
            self._segment.clear()
            level, far = (to_dbfs(rms(samples)) for samples in (self._without_hum(heard), played))
            self._finish_segment(max(level, _LOWEST_FLOOR_DB), far)

    def _without_hum(self, microphone: Samples) -> Samples:
        means = slower(microphone, _STEP)
        differences = np.diff(means, prepend=self._last)
        self._last = means[-1]
        return np.asarray(differences, np.float32)

    def _finish_segment(self, level: float, far: float) -> None:
        # An echo may arrive as late as in the next segment, so two in a row count. Soft words prove nothing.
        self._far_peak = max(far, self._far_peak)
        is_loud = far >= max(_FAR_DB, self._far_peak - _BELOW_PEAK_DB)
        if is_loud and self._was_loud and self._floor is not None:
            self._quiet.append(level < self._floor + _ABOVE_FLOOR_DB)
        elif far < _FAR_DB and not self._was_loud:
            # Down at once, up slowly: speech of the user must not pass for the floor.
            self._floor = level if self._floor is None else min(level, self._floor + _FLOOR_RISE_DB)
        self._was_loud = is_loud

    @property
    def is_absent(self) -> bool:
        """True when it has become clear that the microphone does not hear the speaker."""
        return sum(self._quiet) >= _QUIET_SEGMENTS
