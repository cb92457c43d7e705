"""The transport through a room in simulated time: deterministic, and as fast as the machine can go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.audio.sides import FADE_S, PlaybackSide
from assistant.audio.transport import BLOCK, AudioBlock, Counters, TransportInfo
from assistant.engine.protocol import SAMPLE_RATE, DevicesChanged, EngineNotice
from tests.fakes.room import Acoustics, Room

Samples = NDArray[np.float32]

DEVICE_LATENCY_S = 0.04
"""What an output device adds between the gain and the air; part of the room's delay."""


@dataclass(frozen=True, slots=True)
class Quieter:
    """From ``at`` on the answer was at ``gain``; the ramp's last sample counts, in the air."""

    at: float
    gain: float


class Timed(Protocol):
    """What works in simulated time."""

    def tick(self, now: float) -> None: ...


T = TypeVar("T", bound=Timed)
P = ParamSpec("P")


class RoomTransport:
    """Hears ``said``, what it played itself, and whatever the room adds; see ``AudioTransport``.

    It plays through the gain and the fades of the real devices. ``gains`` tells when the listener had which
    loudness: each change at the end of its ramp and one device latency later.
    """

    def __init__(self, said: Samples, acoustics: Acoustics) -> None:
        self._said = said
        self._room = Room(acoustics)
        self._playback = PlaybackSide(SAMPLE_RATE)
        self._played: list[Samples] = []
        self._heard: list[Samples] = []
        self._blocks = 0
        self._target = 1.0
        self._is_open = True
        self.gains: list[Quieter] = []
        self._workers: list[Timed] = []

    def keeping_time(self, make: Callable[P, T]) -> Callable[P, T]:
        """``make``, whose results are told the time with every block."""

        def made(*args: P.args, **kwargs: P.kwargs) -> T:
            worker = make(*args, **kwargs)
            self._workers.append(worker)
            return worker

        return made

    @property
    def time(self) -> float:
        """Seconds of its own time since the start."""
        return self._blocks * BLOCK / SAMPLE_RATE

    @property
    def played(self) -> Samples:
        """All that the speaker was given so far."""
        return np.concatenate(self._played) if self._played else np.zeros(0, np.float32)

    @property
    def heard(self) -> Samples:
        """All that the microphone gave so far."""
        return np.concatenate(self._heard) if self._heard else np.zeros(0, np.float32)

    @property
    def output_latency_s(self) -> float:
        return DEVICE_LATENCY_S

    def open(self) -> TransportInfo:
        return TransportInfo("room", "room")

    def close(self) -> None:
        """Nothing to release."""

    def read(self, timeout_s: float) -> AudioBlock | None:
        start = self._blocks * BLOCK
        self._blocks += 1
        for worker in self._workers:
            worker.tick(self.time)
        played = np.zeros(BLOCK, np.float32)
        self._playback.pull(played, underflowed=False)
        said = self._said[start : start + BLOCK]
        microphone = self._room.hear(played, np.pad(said, (0, BLOCK - len(said))))
        self._played.append(played)
        self._heard.append(microphone)
        if not self._is_open:
            microphone = np.zeros(BLOCK, np.float32)
        return AudioBlock(microphone, played, self.time)

    def writable(self) -> int:
        return self._playback.writable()

    def write(self, samples: Samples) -> None:
        self._playback.write(samples)

    @property
    def consumed(self) -> int:
        return self._playback.consumed

    def set_gain(self, gain: float, ramp_s: float) -> None:
        self._playback.set_gain(gain, ramp_s)
        if gain != self._target:
            self._target = gain
            self.gains.append(Quieter(self.time + ramp_s + DEVICE_LATENCY_S, gain))

    def discard(self) -> None:
        self._playback.discard()
        self.gains.append(Quieter(self.time + FADE_S * min(1.0, self._target) + DEVICE_LATENCY_S, 0.0))

    def set_microphone(self, is_open: bool) -> None:
        self._is_open = is_open

    def hold(self, is_held: bool) -> None:
        """Time passes only with ``read``."""

    @property
    def finished(self) -> bool:
        return self._blocks * BLOCK >= len(self._said)

    def counters(self) -> Counters:
        return Counters()

    def changes(self) -> list[DevicesChanged | EngineNotice]:
        return []
