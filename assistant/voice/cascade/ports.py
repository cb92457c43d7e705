"""The ports behind which the cascade's speech parts sit, so that each has a live fallback."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from assistant.engine.protocol import VoiceSpec

RECOGNITION_RATE = 16_000
"""Hz: voice activity and recognition run at 16 kHz mono."""

VAD_CHUNK = 512
"""Samples at 16 kHz (32 ms) that voice activity detection looks at."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was understood; ``confidence`` is 0.0 to 1.0 (1.0 where a part gives none).

    ``readings`` are what else the audio may say, likeliest first, where the personas' names are expected.
    """

    text: str
    confidence: float = 1.0
    readings: tuple[str, ...] = ()


class VoiceActivityDetector(Protocol):
    """Tells speech from everything else."""

    name: str

    def probability(self, chunk: Samples) -> float:
        """Probability of speech in ``VAD_CHUNK`` samples at 16 kHz."""
        ...

    def reset(self) -> None:
        """Forget the past (after the microphone was closed)."""
        ...


class Recogniser(Protocol):
    """Speech to text, English. Called from one thread."""

    name: str

    def transcribe(self, audio: Samples) -> Transcript:
        """The words in ``audio`` (16 kHz, any length up to 30 s); empty text for no speech."""
        ...


@runtime_checkable
class NameRecogniser(Recogniser, Protocol):
    """Speech to text that expects the personas' names. Called from one thread."""

    name: str

    def set_names(self, names: Sequence[str]) -> None:
        """The names to expect."""
        ...

    def readings(self, audio: Samples) -> tuple[str, ...]:
        """What ``audio`` (16 kHz, up to 12 s) may say, likeliest first; nothing where that is no speech."""
        ...


class Voice(Protocol):
    """Text to speech. Called from one thread."""

    name: str

    def synthesise(self, text: str, spec: VoiceSpec) -> Iterator[Samples]:
        """The sentence as 24 kHz audio, piece by piece as it becomes ready."""
        ...
