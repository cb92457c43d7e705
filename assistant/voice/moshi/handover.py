"""A codec object that dies after so many frames, replaced in time by one that has heard the last of them too.

``rustymimi`` counts positions for as long as an object lives and takes no more than it was made for, 4,096
frames or five and a half minutes; resetting gives none back. Mimi's attention reaches 125 frames (10 s) back,
so that an object that was given the last frames goes on as the old one would have.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

LIFETIME = 4096
"""Frames that an object of ``rustymimi`` takes."""
OVERLAP = 250
"""Frames that the next object is given before it takes over: Mimi's memory, twice."""


class HandOver(Generic[Item, Result]):
    """Calls a stateful function on each frame, and changes to a fresh one before it dies.

    ``make`` makes the function. The next one is made and brought up to date on a thread of its own, for
    ``overlap`` frames, at most half a lifetime; only when it is still behind at the end is it waited for,
    which ``waits`` counts. The first one goes ``spent`` frames earlier, so that two hand-overs that began
    together do not take the processor's time at once. ``after`` is called, on that thread, when the one
    before has gone.
    """

    def __init__(
        self,
        make: Callable[[], Callable[[Item], Result]],
        lifetime: int = LIFETIME,
        overlap: int = OVERLAP,
        spent: int = 0,
        after: Callable[[], object] = lambda: None,
    ) -> None:
        if not 0 < overlap <= lifetime // 2:
            raise ValueError(f"an overlap of {overlap} frames does not fit a lifetime of {lifetime}")
        if not 0 <= spent <= lifetime - overlap:
            raise ValueError(f"of a lifetime of {lifetime} frames {spent} cannot be spent already")
        self._make = make
        self._after = after
        self._lifetime, self._overlap = lifetime, overlap
        self._current = make()
        self._age = spent
        self._helper = ThreadPoolExecutor(1, thread_name_prefix="codec-handover")
        self._next: Future[Callable[[Item], Result]] | None = None
        self._last: Future[object] | None = None
        self.handovers = 0
        self.waits = 0

    def __call__(self, item: Item) -> Result:
        """The frame's result. What the function raises comes through."""
        if self._age == self._lifetime:
            self._take_over()
        if self._age == self._lifetime - self._overlap:
            self._next = self._helper.submit(self._make)
        self._age += 1
        if self._next is not None:
            self._last = self._helper.submit(_feed, self._next, item)
        return self._current(item)

    def close(self) -> None:
        """Let go of the helper; once."""
        self._helper.shutdown(wait=False, cancel_futures=True)

    def _take_over(self) -> None:
        assert self._next is not None
        assert self._last is not None
        self.waits += not self._last.done()
        self._last.result()
        self._current, self._next, self._last = self._next.result(), None, None
        self._age = self._overlap
        self.handovers += 1
        self._helper.submit(self._after)


def _feed(made: Future[Callable[[Item], Result]], item: Item) -> None:
    made.result()(item)
