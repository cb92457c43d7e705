"""A thread with one function, a short queue before it, and a record of how long a frame takes."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from assistant.errors import AssistantError

In = TypeVar("In")
Out = TypeVar("Out")

QUEUED = 4
"""Frames that wait for a stage; of more, the oldest goes."""

REMEMBERED = 750
"""Frames that the times are taken from: a minute."""

_log = logging.getLogger(__name__)


class Stage(Generic[In, Out]):
    """Calls what ``make`` returns on item after item, and hands each result to ``deliver``.

    ``make``, the calls, and ``leave`` at the end are all made on the stage's own thread, as MLX wants. What
    any of them raises goes to ``failed``, once; the stage takes nothing afterwards.
    """

    def __init__(
        self,
        name: str,
        make: Callable[[], Callable[[In], Out]],
        deliver: Callable[[Out], None],
        failed: Callable[[Exception], None],
        *,
        ready: Callable[[], None] = lambda: None,
        leave: Callable[[], None] = lambda: None,
    ) -> None:
        self._make = make
        self._deliver = deliver
        self._failed = failed
        self._ready = ready
        self._leave = leave
        self._condition = threading.Condition()
        self._waiting: deque[In] = deque()
        self._stopping = False
        self._took: deque[float] = deque(maxlen=REMEMBERED)
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to make the function; items may wait for it already."""
        self._thread.start()

    def put(self, item: In) -> None:
        """Queue an item, from any thread; returns at once."""
        with self._condition:
            if len(self._waiting) == QUEUED:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append(item)
            self._condition.notify()

    def stop(self, timeout_s: float) -> bool:
        """Begin no further item; False where the thread is still at work after ``timeout_s``."""
        with self._condition:
            self._stopping = True
            self._waiting.clear()
            self._condition.notify()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def times(self) -> tuple[float, float]:
        """Wall seconds of an item, p50 and p95, over the last ``REMEMBERED``; zeros before the first."""
        took = sorted(self._took)
        if not took:
            return 0.0, 0.0
        return took[len(took) // 2], took[min(len(took) - 1, len(took) * 95 // 100)]

    def _run(self) -> None:
        try:
            self._work()
        except AssistantError as error:
            self._failed(error)
        except Exception as error:
            _log.exception("%s failed", self._thread.name)
            self._failed(error)
        finally:
            self._leave()

    def _work(self) -> None:
        function = self._make()
        self._ready()
        while (item := self._next()) is not None:
            began = time.perf_counter()
            result = function(item)
            self._took.append(time.perf_counter() - began)
            self._deliver(result)

    def _next(self) -> In | None:
        with self._condition:
            self._condition.wait_for(lambda: self._stopping or self._waiting)
            return None if self._stopping else self._waiting.popleft()
