"""Events on their way to the parent: text is never dropped, of measurements only the newest waits."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from assistant.engine.monologue_protocol import FrameTimes
from assistant.engine.protocol import AudioHealth, Event, Levels, PartialTranscript

_NEWEST_WINS = (Levels, AudioHealth, FrameTimes, PartialTranscript)


class Outbox:
    """``put`` never blocks; a thread of its own calls ``send`` with one event after the other.

    Bounded: one event of each kind of measurement, and the words of a conversation, which are few.
    """

    def __init__(self, send: Callable[[Event], None], on_broken: Callable[[], None]) -> None:
        self._send = send
        self._on_broken = on_broken
        self._condition = threading.Condition()
        self._waiting: deque[Event] = deque()
        self._sending = False
        threading.Thread(target=self._run, name="outbox", daemon=True).start()

    def put(self, event: Event) -> None:
        """Queue an event behind those that wait."""
        with self._condition:
            if isinstance(event, _NEWEST_WINS):
                self._waiting = deque(other for other in self._waiting if type(other) is not type(event))
            self._waiting.append(event)
            self._condition.notify_all()

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything was sent; False when that took too long."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._waiting and not self._sending, timeout_s)

    def _run(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._waiting)
                event = self._waiting.popleft()
                self._sending = True
            try:
                self._send(event)
            except OSError:
                self._on_broken()
                return
            with self._condition:
                self._sending = False
                self._condition.notify_all()
