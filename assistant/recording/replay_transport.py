"""The transport over a recording: the recorded microphone beside the recorded speaker, in recorded time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from assistant.audio.sides import PlaybackSide
from assistant.audio.transport import BLOCK, AudioBlock, Counters, Samples, TransportInfo
from assistant.engine.protocol import SAMPLE_RATE, DevicesChanged, EngineNotice

_HELD_S = 0.002


class ReplayTransport:
    """See ``AudioTransport``. Each ``read`` is 10 ms of the recording later than the one before.

    Echo cancellation is given what the speaker was given then (``reference``); what is said now only takes
    its time. ``at_time`` is called before each block with the block's time, ``changed`` holds what happened
    to the devices, with the monotonic times of then.
    """

    def __init__(
        self,
        microphone: Samples,
        reference: Samples,
        origin: float,
        changed: Sequence[tuple[float, DevicesChanged]],
        at_time: Callable[[float], None],
    ) -> None:
        self._microphone = microphone
        self._reference = reference
        self._origin = origin
        self._changed = deque(changed)
        self._at_time = at_time
        self._playback = PlaybackSide(SAMPLE_RATE)
        self._held = False
        heard = np.flatnonzero(microphone) if microphone.any() else np.zeros(1, dtype=np.intp)
        self._position = int(heard[0]) // BLOCK * BLOCK  # before its first block the engine did not listen

    def open(self) -> TransportInfo:
        """See ``AudioTransport.open``; never refused."""
        return TransportInfo("the recorded microphone", "the recorded speaker")

    def close(self) -> None:
        """There is nothing to release."""

    def read(self, timeout_s: float) -> AudioBlock | None:
        """See ``AudioTransport.read``."""
        if self._held:
            time.sleep(min(timeout_s, _HELD_S))
            return None
        begin, self._position = self._position, self._position + BLOCK
        self._playback.pull(np.empty(BLOCK, dtype=np.float32), underflowed=False)
        self._at_time(self.time)
        return AudioBlock(_piece(self._microphone, begin), _piece(self._reference, begin), self.time)

    @property
    def time(self) -> float:
        """The recording's monotonic time, up to which it has been read."""
        return self._origin + self._position / SAMPLE_RATE

    def writable(self) -> int:
        """See ``AudioTransport.writable``."""
        return self._playback.writable()

    def write(self, samples: Samples) -> None:
        """See ``AudioTransport.write``."""
        self._playback.write(samples)

    @property
    def consumed(self) -> int:
        """See ``AudioTransport.consumed``."""
        return self._playback.consumed

    @property
    def output_latency_s(self) -> float:
        """Nothing is played."""
        return 0.0

    def set_gain(self, gain: float, ramp_s: float) -> None:
        """See ``AudioTransport.set_gain``."""
        self._playback.set_gain(gain, ramp_s)

    def discard(self) -> None:
        """See ``AudioTransport.discard``."""
        self._playback.discard()

    def set_microphone(self, is_open: bool) -> None:
        """A microphone that was closed was recorded as silence."""

    def hold(self, is_held: bool) -> None:
        """See ``AudioTransport.hold``."""
        self._held = is_held

    @property
    def finished(self) -> bool:
        """See ``AudioTransport.finished``."""
        return self._position >= len(self._microphone)

    def counters(self) -> Counters:
        """Nothing can come late in a recording."""
        return Counters()

    def changes(self) -> list[DevicesChanged | EngineNotice]:
        """What happened to the devices up to the time that has been read."""
        due: list[DevicesChanged | EngineNotice] = []
        while self._changed and self._changed[0][0] <= self.time:
            due.append(self._changed.popleft()[1])
        return due


def _piece(samples: Samples, begin: int) -> Samples:
    piece = np.zeros(BLOCK, dtype=np.float32)
    there = samples[begin : begin + BLOCK]
    piece[: len(there)] = there
    return piece
