"""What goes on in the room behind the user: whether many people talk there, and from which level one is near.

Voice activity tells speech from noise, but not the user's from that of people elsewhere in the room. A single
voice pauses and swings by 15 dB and more; many voices at once fill each other's pauses.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float64]

WINDOW = 140
"""Chunks of 32 ms that are remembered: 4.5 s."""

_FEWEST = 47
_TALK = 0.5
_MOSTLY = 0.9
_SWING_DB = 11.0
_ABOVE_DB = 13.0
_LOUDER_DB = 4.0
HYSTERESIS_DB = 3.0
"""How far below the level from which one stands out the one who does may fall."""

_GONE = 0.5


def near_level(levels: Levels) -> float:
    """From which level one stands out of talk that is in all of ``levels`` (dBFS): it fills one's pauses."""
    return float(np.percentile(levels, 10)) + _ABOVE_DB


class Background:
    """The last seconds of probabilities of speech and of levels (dBFS)."""

    def __init__(self) -> None:
        self._levels: deque[float] = deque(maxlen=WINDOW)
        self._talk: deque[bool] = deque(maxlen=WINDOW)
        self._crowd = float("-inf")

    def add(self, probability: float, level: float) -> None:
        """One chunk more."""
        self._levels.append(level)
        self._talk.append(probability >= _TALK)
        if sum(self._talk) < _GONE * len(self._talk):
            self._crowd = float("-inf")

    def forget(self) -> None:
        """Another room, or a microphone that was closed."""
        self._levels.clear()
        self._talk.clear()
        self._crowd = float("-inf")

    def note_crowd(self) -> None:
        """These are people elsewhere: as long as they talk, only who is louder than all of them is near."""
        levels = np.array(self._levels)
        latest = levels[-_FEWEST:]
        elsewhere = latest[latest < near_level(levels)]
        self._crowd = float(np.percentile(elsewhere, 95)) + _LOUDER_DB

    @property
    def onset_level(self) -> float:
        """The level (dBFS) from which speech may be the user's: any, unless there is talk without a pause."""
        if not self._is_talk(_FEWEST):
            return self._crowd
        return max(self._crowd, near_level(np.array(self._levels)))

    @property
    def is_crowd(self) -> bool:
        """True when all of the last seconds was talk, and none of it stood out, or nobody does any more."""
        if not self._is_talk(WINDOW):
            return False
        levels = np.array(self._levels)
        low, high = np.percentile(levels, (10, 95))
        latest = np.percentile(levels[-_FEWEST:], 95)
        return bool(high - low < _SWING_DB or latest < near_level(levels) - HYSTERESIS_DB)

    def _is_talk(self, least: int) -> bool:
        return len(self._talk) >= least and sum(self._talk) >= _MOSTLY * len(self._talk)
