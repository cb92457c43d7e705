"""Speech made of tones, one for each word, with parts of the cascade that speak and understand it exactly."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
from assistant.voice.cascade.ports import RECOGNITION_RATE, Transcript

Samples = NDArray[np.float32]

CHARACTER_S = 0.07
"""How long a character sounds, and the gap after a word."""

_LOWEST_HZ, _STEP_HZ = 400, 50
_FRAME = RECOGNITION_RATE // 25
_vocabulary: list[str] = []
_lock = threading.Lock()


def tones(text: str, level: float = 0.3) -> Samples:
    """``text`` as 24 kHz audio."""
    words = [_tone(word, level) for word in re.findall(r"[\w']+", text.lower())]
    return np.concatenate(words).astype(np.float32)


def silence(seconds: float) -> Samples:
    """Digital silence at 24 kHz."""
    return np.zeros(int(seconds * SAMPLE_RATE), dtype=np.float32)


def _tone(word: str, level: float) -> Samples:
    time = np.arange(int(CHARACTER_S * (len(word) + 1) * SAMPLE_RATE)) / SAMPLE_RATE
    return np.asarray(level * np.sin(2 * np.pi * _frequency(word) * time))


def _frequency(word: str) -> float:
    with _lock:
        if word not in _vocabulary:
            _vocabulary.append(word)
        return _LOWEST_HZ + _STEP_HZ * _vocabulary.index(word)


def understand(audio: Samples) -> str:
    """The words in 16 kHz audio of tones; the loudest one where several sound at once."""
    frames = audio[: len(audio) // _FRAME * _FRAME].reshape(-1, _FRAME)
    words = [_word(frame) for frame in frames]
    runs = [(word, len(list(run))) for word, run in groupby(words)]
    kept = [word for word, length in runs if word and length >= 2]
    return " ".join(word for word, _ in groupby(kept))


def _word(frame: Samples) -> str:
    if np.sqrt(np.mean(frame**2)) < 0.02:
        return ""
    spectrum = np.abs(np.fft.rfft(frame * np.hanning(_FRAME), RECOGNITION_RATE // 10))
    index = round((int(spectrum.argmax()) * 10 - _LOWEST_HZ) / _STEP_HZ)
    return _vocabulary[index] if 0 <= index < len(_vocabulary) else ""


class FakeVad:
    """Speech is whatever is loud."""

    name = "fake-vad"

    def probability(self, chunk: Samples) -> float:
        return 1.0 if np.sqrt(np.mean(chunk**2)) > 0.02 else 0.0

    def reset(self) -> None:
        pass


class FakeRecogniser:
    """Understands tones; ``fails`` makes it raise, ``calls`` counts, ``gate`` lets a test hold it up."""

    name = "fake-recogniser"

    def __init__(self) -> None:
        self.fails = False
        self.calls = 0
        self.gate = threading.Event()
        self.gate.set()

    def transcribe(self, audio: Samples) -> Transcript:
        self.calls += 1
        self.gate.wait(10)
        if self.fails:
            raise RuntimeError("made to fail")
        return Transcript(understand(audio), 0.9)


class FakeVoice:
    """Speaks tones, a word a piece; ``fails`` makes it raise after the first word."""

    name = "fake-voice"

    def __init__(self) -> None:
        self.fails = False
        self.spoken: list[str] = []

    def synthesise(self, text: str, spec: VoiceSpec) -> Iterator[Samples]:
        self.spoken.append(text)
        for word in text.split():
            yield tones(word)
            if self.fails:
                raise RuntimeError("made to fail")
