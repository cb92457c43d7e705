"""An audio transport whose time is a counter: every ``read`` is 10 ms later than the one before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.audio.transport import BLOCK, AudioBlock, Counters, TransportInfo
from assistant.engine.protocol import SAMPLE_RATE, DevicesChanged, EngineNotice
from assistant.errors import AudioError

Samples = NDArray[np.float32]

RING = SAMPLE_RATE // 4


class FakeTransport:
    """Plays into ``heard`` and hears ``microphone``, plus what it played itself through the room ``echo``.

    ``echo`` is an impulse response at 24 kHz, or the factor of an echo without delay.
    """

    def __init__(
        self, microphone: Samples, *, echo: Samples | float = 0.0, latency_s: float = 0.0, fails: int = 0
    ) -> None:
        self.microphone = microphone
        self._room = np.atleast_1d(np.asarray(echo, dtype=np.float32))
        self._echo = np.zeros(len(self._room) + BLOCK - 1, dtype=np.float32)
        self.output_latency_s = latency_s
        self.fails = fails
        self.input_name = "fake microphone"
        self.output_name = "fake speaker"
        self.is_open = False
        self.microphone_open = True
        self.held = False
        self.gains: list[float] = [1.0]
        self.pending_changes: list[DevicesChanged | EngineNotice] = []
        self._ring = np.zeros(0, dtype=np.float32)
        self._played: list[Samples] = []
        self._consumed = 0
        self._blocks = 0

    @property
    def time(self) -> float:
        """Seconds of its own time since the start."""
        return self._blocks * BLOCK / SAMPLE_RATE

    @property
    def heard(self) -> Samples:
        """All that the speaker played, silence included."""
        return np.concatenate(self._played) if self._played else np.zeros(0, dtype=np.float32)

    def say(self, samples: Samples) -> None:
        """Speak into the microphone, from now on."""
        start = self._blocks * BLOCK
        end = start + len(samples)
        if len(self.microphone) < end:
            self.microphone = np.pad(self.microphone, (0, end - len(self.microphone)))
        self.microphone[start:end] += samples

    def open(self) -> TransportInfo:
        if self.fails:
            self.fails -= 1
            raise AudioError("There is no sound device.", "Plug one in.")
        self.is_open = True
        return TransportInfo(self.input_name, self.output_name)

    def close(self) -> None:
        self.is_open = False

    def read(self, timeout_s: float) -> AudioBlock | None:
        assert self.is_open
        assert not self.held, "time stands still"
        start = self._blocks * BLOCK
        self._blocks += 1
        played = np.zeros(BLOCK, dtype=np.float32)
        piece, self._ring = self._ring[:BLOCK], self._ring[BLOCK:]
        played[: len(piece)] = piece * self.gains[-1]
        self._consumed += len(piece)
        self._played.append(played)
        echo = self._reflect(played)
        microphone = np.zeros(BLOCK, dtype=np.float32)
        if self.microphone_open:
            said = self.microphone[start : start + BLOCK]
            microphone[: len(said)] = said
            microphone += echo
        return AudioBlock(microphone, played, self.time)

    def _reflect(self, played: Samples) -> Samples:
        """What of all that was played reaches the microphone within this block."""
        self._echo += np.convolve(played, self._room)
        echo = self._echo[:BLOCK].copy()
        self._echo = np.append(self._echo[BLOCK:], np.zeros(BLOCK, dtype=np.float32))
        return echo

    def writable(self) -> int:
        return RING - len(self._ring)

    def write(self, samples: Samples) -> None:
        assert len(samples) <= self.writable()
        self._ring = np.concatenate((self._ring, samples))

    @property
    def consumed(self) -> int:
        return self._consumed

    def set_gain(self, gain: float, ramp_s: float) -> None:
        self.gains.append(gain)

    def discard(self) -> None:
        self._ring = self._ring[:0]

    def set_microphone(self, is_open: bool) -> None:
        self.microphone_open = is_open

    def hold(self, is_held: bool) -> None:
        self.held = is_held

    @property
    def finished(self) -> bool:
        return self._blocks * BLOCK >= len(self.microphone)

    def counters(self) -> Counters:
        return Counters()

    def changes(self) -> list[DevicesChanged | EngineNotice]:
        changes, self.pending_changes = self.pending_changes, []
        return changes
