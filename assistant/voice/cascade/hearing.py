"""From the microphone to speech probabilities: echo cancelled, metered, at 16 kHz, in chunks of 32 ms."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import soxr

from assistant.audio.echo import Echo
from assistant.audio.echo_share import EchoShare
from assistant.audio.transport import BLOCK, AudioBlock, Samples
from assistant.engine.protocol import SAMPLE_RATE
from assistant.voice.cascade.echo_presence import EchoPresence
from assistant.voice.cascade.ports import RECOGNITION_RATE, VAD_CHUNK, VoiceActivityDetector

PROVEN_ERLE_DB = 6.0
"""Echo return loss enhancement from which echo cancellation is taken to work."""

CLEAN_ERLE_DB = 15.0
"""And from which hardly a word of the assistant is left to be recognised."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """32 ms at 16 kHz that ended at ``time``: the probability that they are speech, and their RMS in dBFS."""

    samples: Samples
    probability: float
    level: float
    time: float


class Hearing:
    """Owned by the audio thread."""

    def __init__(self, vad: VoiceActivityDetector, echo: Echo) -> None:
        self._vad = vad
        self._echo = echo
        self._presence = EchoPresence()
        self._share = EchoShare()
        self.cleaned: Samples = np.zeros(BLOCK, np.float32)
        """The last block without echo, 24 kHz."""
        self.reset()

    def reset(self) -> None:
        """Forget everything heard (the microphone was closed)."""
        # HQ would hold back 20 ms more of the signal than recognition gains from it.
        self._resampler = soxr.ResampleStream(SAMPLE_RATE, RECOGNITION_RATE, 1, dtype="float32", quality="MQ")
        self._pending = np.zeros(0, dtype=np.float32)
        self._vad.reset()

    def new_room(self) -> None:
        """Other devices: what was learnt of the echo is void."""
        self.reset()
        self._echo.reset()
        self._presence = EchoPresence()
        self._share = EchoShare()

    def chunks(self, block: AudioBlock) -> Iterator[Chunk]:
        """The chunks that this block completes: mostly none, sometimes one."""
        cleaned = self._echo.process(block.microphone, block.reference)
        self._presence.add(block.microphone, block.reference)
        if self._presence.is_absent:
            cleaned = block.microphone
        self._share.add(block.microphone, cleaned, block.reference)
        self.cleaned = cleaned
        self._pending = np.concatenate((self._pending, self._resampler.resample_chunk(cleaned)))
        while len(self._pending) >= VAD_CHUNK:
            samples, self._pending = self._pending[:VAD_CHUNK], self._pending[VAD_CHUNK:]
            yield Chunk(samples, self._vad.probability(samples), _level(samples), block.time)

    @property
    def cancels_echo(self) -> bool:
        """True once echo cancellation has shown that it works here, or that there is nothing to cancel."""
        return self._presence.is_absent or self._erle_reaches(PROVEN_ERLE_DB)

    @property
    def is_free_of_echo(self) -> bool:
        """True where what is heard is the user, or at least not the assistant."""
        return self._presence.is_absent or self._erle_reaches(CLEAN_ERLE_DB)

    def is_own_voice(self, seconds: float) -> bool:
        """True when nothing but the assistant was heard in the last ``seconds``, cancelled or not.

        It costs some milliseconds, and tells at once what the measured enhancement tells seconds later.
        """
        return self._share.is_all(seconds)

    def _erle_reaches(self, decibels: float) -> bool:
        return self._echo.erle is not None and self._echo.erle >= decibels


def _level(samples: Samples) -> float:
    return 10.0 * math.log10(float(np.dot(samples, samples)) / len(samples) + 1e-10)
