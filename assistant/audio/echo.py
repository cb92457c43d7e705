"""Echo cancellation: WebRTC's AEC3, fed with exactly what the speaker was given, and how well it does."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import Any, Protocol

import numpy as np

from assistant.audio.echo_delay import DelayMeter
from assistant.audio.levels import rms, to_dbfs
from assistant.audio.transport import BLOCK, Samples
from assistant.engine.protocol import SAMPLE_RATE

FAR_ACTIVE_DB = -50.0
"""dBFS from which the speaker counts as speaking."""

_FAR_ACTIVE_POWER = BLOCK * 10 ** (FAR_ACTIVE_DB / 10)

ABOVE_FLOOR_DB = 10.0
"""By how much the microphone must rise over its quiet floor for that to be an echo worth measuring."""

TAIL_BLOCKS = 30
"""For 300 ms after the speaker's last sound its echo is still on the way."""

SEGMENT_BLOCKS = 30
"""300 ms of the far end alone make one measurement."""


class Echo(Protocol):
    """What takes the assistant's own voice out of the microphone."""

    name: str

    def process(self, microphone: Samples, reference: Samples) -> Samples:
        """10 ms at 24 kHz without the echo of ``reference``."""
        ...

    def reset(self) -> None:
        """Forget the room (other devices)."""
        ...

    @property
    def erle(self) -> float | None:
        """Echo return loss enhancement in dB; None until echo was measured."""
        ...

    @property
    def delay_s(self) -> float | None:
        """Seconds from a sample for the speaker to its echo in the microphone; None until measured."""
        ...


class ErleMeter:
    """Echo return loss enhancement: how much quieter the cleaned microphone is than the raw one.

    Only the far end alone tells, so segments of 300 ms with the speaker active are measured, where the
    microphone stands out of its own quiet floor. The median of the last ones is not moved by a few in which
    the user spoke as well.
    """

    def __init__(self) -> None:
        self._floor = -60.0
        self._raw = self._cleaned = 0.0
        self._blocks = 0
        self._tail = 0
        self._segments: deque[float] = deque(maxlen=10)

    def add(self, microphone: Samples, reference: Samples, cleaned: Samples) -> None:
        """Take one block of each into account."""
        is_active = float(np.dot(reference, reference)) >= _FAR_ACTIVE_POWER
        self._tail = TAIL_BLOCKS if is_active else max(0, self._tail - 1)
        if self._tail == 0:
            level = max(-90.0, to_dbfs(rms(microphone)))
            # Down at once, up slowly: speech of the user must not pass for the floor.
            self._floor = min(level, self._floor + 0.02)
            return
        self._raw += float(np.dot(microphone, microphone))
        self._cleaned += float(np.dot(cleaned, cleaned))
        self._blocks += 1
        if self._blocks == SEGMENT_BLOCKS:
            self._finish_segment()

    @property
    def value(self) -> float | None:
        """In dB; None until three segments with echo were measured."""
        return float(median(self._segments)) if len(self._segments) >= 3 else None

    def _finish_segment(self) -> None:
        samples = self._blocks * BLOCK
        raw, cleaned = (10.0 * np.log10(power / samples + 1e-12) for power in (self._raw, self._cleaned))
        if raw > self._floor + ABOVE_FLOOR_DB:
            self._segments.append(raw - cleaned)
        self._raw = self._cleaned = 0.0
        self._blocks = 0


class EchoCanceller:
    """WebRTC audio processing (AEC3, package pywebrtc-audio) at 24 kHz; raises ``ImportError`` without it.

    It finds delays up to 300 ms by itself and bears clocks that drift 100 ppm apart. Its noise suppression
    stays off: it gains 2 to 5 dB, but costs 6 ms and hides the user's voice under the assistant's.
    """

    name = "webrtc-aec3"

    def __init__(self) -> None:
        self._processor = _new_processor()
        self._meter = ErleMeter()
        self._delay = DelayMeter()

    def process(self, microphone: Samples, reference: Samples) -> Samples:
        """See ``Echo.process``; the result is 9 ms late."""
        cleaned: Samples = self._processor.process(microphone, reference)
        self._meter.add(microphone, reference, cleaned)
        self._delay.add(microphone, reference)
        return cleaned

    def reset(self) -> None:
        """See ``Echo.reset``."""
        self._processor = _new_processor()
        self._meter = ErleMeter()
        self._delay = DelayMeter()

    @property
    def erle(self) -> float | None:
        """See ``Echo.erle``."""
        return self._meter.value

    @property
    def delay_s(self) -> float | None:
        """See ``Echo.delay_s``."""
        return self._delay.value


class NoEcho:
    """Stands in where pywebrtc-audio is missing: the microphone passes unchanged."""

    name = "none"
    note = "Echo is not cancelled, as the package pywebrtc-audio is missing: use headphones."

    def process(self, microphone: Samples, reference: Samples) -> Samples:
        """The microphone as it is."""
        return microphone

    def reset(self) -> None:
        """There is nothing to forget."""

    @property
    def erle(self) -> float | None:
        """Never measured."""
        return None

    @property
    def delay_s(self) -> float | None:
        """Never measured."""
        return None


def best_echo() -> Echo:
    """Echo cancellation where its package is installed, else ``NoEcho``."""
    try:
        return EchoCanceller()
    except ImportError:
        return NoEcho()


def _new_processor() -> Any:
    from pywebrtc_audio import AudioProcessor

    return AudioProcessor(sample_rate=SAMPLE_RATE, echo_cancellation=True)
