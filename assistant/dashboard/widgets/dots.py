"""The visualizer's picture without a screen: rows of dots born on the left that drift to the right.

A dot's size is the level of its moment of birth and never changes. Position depends on elapsed time only, so
a frame that comes late, or never, moves nothing out of its place.
"""

from __future__ import annotations

from collections import deque

COLUMNS_PER_SECOND = 20
FLOOR_DB = -55.0
CEILING_DB = -6.0
SIZES = 5
SILENCE_DB = -120.0

_ROUNDING = 1e-6
"""Columns; keeps a sum of binary fractions such as 0.15 s from counting one column too few."""


def dot_size(level: float) -> int:
    """The size 0 to 4 of a level in dBFS: five equal bands from ``FLOOR_DB`` to ``CEILING_DB``."""
    if not level > FLOOR_DB:
        return 0
    share = (level - FLOOR_DB) / (CEILING_DB - FLOOR_DB)
    return min(SIZES - 1, int(share * SIZES))


class DotRow:
    """One voice. Times are seconds of one clock that never goes back; levels are dBFS.

    Between two columns the loudest level counts; columns that were missed get the level known then.
    """

    def __init__(self, now: float, capacity: int = 512) -> None:
        self._born = now
        self._columns = 0
        self._level = SILENCE_DB
        self._unseen: float | None = None
        self._sizes: deque[int] = deque(maxlen=capacity)

    def hear(self, level: float, now: float) -> bool:
        """From ``now`` on the level is this; True when bringing the row up to ``now`` changed its look."""
        changed = self.advance(now)
        self._level = level
        self._unseen = level if self._unseen is None else max(self._unseen, level)
        return changed

    def advance(self, now: float) -> bool:
        """Bring the row up to ``now``; True when that changed what it looks like."""
        due = int((now - self._born) * COLUMNS_PER_SECOND + _ROUNDING) - self._columns
        if due <= 0:
            return False
        self._columns += due
        before = any(self._sizes)
        self._sizes.appendleft(dot_size(self._level if self._unseen is None else self._unseen))
        self._sizes.extendleft([dot_size(self._level)] * min(due - 1, self._sizes.maxlen or 0))
        self._unseen = None
        return before or any(self._sizes)

    def row(self, width: int) -> list[int]:
        """The sizes of the newest ``width`` dots, newest first; 0 where there is none yet."""
        sizes = list(self._sizes)[:width]
        return sizes + [0] * (width - len(sizes))

    @property
    def level(self) -> float:
        """The newest level in dBFS."""
        return self._level

    @property
    def at_rest(self) -> bool:
        """Whether there is nothing to see and nothing to come."""
        levels = (self._level, self._level if self._unseen is None else self._unseen)
        return not any(map(dot_size, levels)) and not any(self._sizes)
