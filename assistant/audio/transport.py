"""The port between audio devices (or WAV files) and the engine.

Everything is 24 kHz mono float32 in -1.0..1.0. The engine's audio thread reads blocks of 10 ms, each
with what was sent to the output device at the same time (the reference for echo cancellation), and
writes speech ahead into a bounded ring. The gain, not the ring, makes ducking and stopping immediate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.engine.protocol import SAMPLE_RATE, DevicesChanged, EngineNotice

Samples = NDArray[np.float32]
"""One-dimensional float32 audio, -1.0..1.0."""

BLOCK = SAMPLE_RATE // 100
"""Samples in a block of 10 ms: 240."""


@dataclass(frozen=True, slots=True)
class AudioBlock:
    """10 ms from the microphone beside the 10 ms that the speaker was given meanwhile.

    Both arrays have ``BLOCK`` samples; ``time`` is the monotonic time at which the block ended.
    """

    microphone: Samples
    reference: Samples
    time: float


@dataclass(frozen=True, slots=True)
class TransportInfo:
    """What was opened."""

    input_device: str
    output_device: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counters:
    """Since ``open``: late output blocks, lost input blocks, blocks that the engine did not fetch in time."""

    underruns: int = 0
    overruns: int = 0
    dropped_blocks: int = 0


class AudioTransport(Protocol):
    """A microphone and a speaker, or what stands in for them. All calls come from one thread."""

    def open(self) -> TransportInfo:
        """Start both directions. Raises ``AudioError`` with the remedy when neither can be had."""
        ...

    def close(self) -> None:
        """Stop and release the devices; may be called twice."""
        ...

    def read(self, timeout_s: float) -> AudioBlock | None:
        """The next 10 ms, or None when none came in time (a lost device keeps returning None)."""
        ...

    def writable(self) -> int:
        """Samples that ``write`` takes now; the ring holds at most 250 ms ahead."""
        ...

    def write(self, samples: Samples) -> None:
        """Queue speech behind what is queued already; at most ``writable()`` samples."""
        ...

    @property
    def consumed(self) -> int:
        """Samples of speech (not of silence between) handed to the device since ``open``."""
        ...

    @property
    def output_latency_s(self) -> float:
        """Between a sample's leaving for the device and the air; a device that came late gets more."""
        ...

    def set_gain(self, gain: float, ramp_s: float) -> None:
        """Move the output gain (1.0 is unchanged) along a linear ramp."""
        ...

    def discard(self) -> None:
        """Fade out within 80 ms, then drop what is queued; what is written afterwards plays at full gain."""
        ...

    def set_microphone(self, is_open: bool) -> None:
        """Closed, ``read`` gives zeros and no sample of the microphone is kept."""
        ...

    def hold(self, is_held: bool) -> None:
        """Let time stand still where time is ours (an unpaced WAV); devices ignore it."""
        ...

    @property
    def finished(self) -> bool:
        """True when an input that has an end (a WAV) has been read to it."""
        ...

    def counters(self) -> Counters:
        """Late and lost blocks since ``open``."""
        ...

    def changes(self) -> list[DevicesChanged | EngineNotice]:
        """What happened to the devices since the last call: lost, reopened, all zeros, refused."""
        ...
