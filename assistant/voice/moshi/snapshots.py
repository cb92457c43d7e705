"""Snapshots of prompted conversations, so that changing the persona costs a copy of memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from assistant.voice.moshi.generator import Snapshot

LIMIT_BYTES = 1_000_000_000
"""About ten personas of Moshi's size with a prompt of 15 seconds."""


class SnapshotStore:
    """The snapshots used last, as many as ``limit`` bytes hold; a larger one is not kept at all."""

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self._limit = limit
        self._kept: OrderedDict[Hashable, Snapshot] = OrderedDict()

    @property
    def nbytes(self) -> int:
        """Memory that is held."""
        return sum(snapshot.nbytes for snapshot in self._kept.values())

    def get(self, key: Hashable, make: Callable[[], Snapshot]) -> Snapshot:
        """The snapshot under ``key``, made if there is none."""
        if key not in self._kept:
            made = make()
            if made.nbytes > self._limit:
                return made
            self._kept[key] = made
            while self.nbytes > self._limit:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]
