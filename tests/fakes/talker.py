"""Stand-ins for Moshi: a scripted talker without a model, and a codec that carries audio and nothing else."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.voice.duplex.announcement import Announcement, Progress
from assistant.voice.duplex.pipeline import Codes, Conversation, Ears, Said, Samples, Stepper
from assistant.voice.moshi.codec import FRAME, SAMPLE_RATE
from assistant.voice.moshi.talker import MoshiTalker

LOUD = 0.2
"""Amplitude of the scripted talker's tone."""

SAYS = "MOSHI_SAYS"
"""Environment variable with the file whose lines a stand-in Moshi says, once each."""

_BANDS_HZ = np.geomspace(200, 4000, 8)
_QUIETEST_DB = -60.0


class ScriptedTalker:
    """Says the pieces of ``script``, one a frame, over a tone that never stops; hears into ``heard``.

    Of an announcement it says a word a frame.
    """

    name = "scripted"
    fresh_frames = 0
    has_role = True
    model = ""
    models: frozenset[str] = frozenset()
    listener: Ears | None = None

    def __init__(self, script: list[str] | None = None) -> None:
        self.script = deque(script or [])
        self.heard: list[float] = []
        """The loudest sample of each frame that was stepped."""
        self.begun: list[Conversation] = []
        self.has_left = False
        self.fails: Exception | None = None
        self._announced = -1
        self._words = 0
        self.gate = threading.Event()
        self.gate.set()

    def make_encoder(self) -> Callable[[Samples], Codes]:
        return lambda samples: np.array([int(np.abs(samples).max() * 1000)], np.int32)

    def make_decoder(self) -> Callable[[Codes], Samples]:
        tone = LOUD * np.sin(2 * np.pi * 500 * np.arange(FRAME) / SAMPLE_RATE)
        return lambda codes: tone.astype(np.float32)

    def make_stepper(self) -> Stepper:
        if self.fails:
            raise self.fails
        return self

    def make_listener(self) -> Ears | None:
        return self.listener

    def step(self, user: Codes, announcement: Announcement | None = None) -> Said:
        self.gate.wait(10)
        if self.fails:
            raise self.fails
        self.heard.append(int(user[0]) / 1000)
        if announcement is None:
            return Said(self.script.popleft() if self.script else "", user)
        if announcement.generation != self._announced:
            self._announced, self._words = announcement.generation, 0
        words = [word for each in announcement.sentences for word in each.shown.split()]
        if announcement.is_complete and self._words > len(words):
            return Said(self.script.popleft() if self.script else "", user)
        self._words += 1
        said = " ".join(words[: self._words])
        is_over = announcement.is_complete and self._words > len(words)
        self._words = min(self._words, len(words) + announcement.is_complete)
        return Said("", user, Progress(announcement.generation, said, is_over))

    def choose(self, model: str) -> None:
        self.model, self.name = model, f"scripted {model}"

    def begin(self, conversation: Conversation) -> None:
        self.begun.append(conversation)

    def leave(self) -> None:
        self.has_left = True


def stand_in_encode(codebooks: int) -> Callable[[Samples], Codes]:
    """The loudness of ``codebooks`` bands, each in a code."""
    edges = np.append(_BANDS_HZ[:codebooks], SAMPLE_RATE / 2)

    def encode(samples: Samples) -> Codes:
        spectrum = np.abs(np.fft.rfft(samples)) / FRAME
        bins = np.searchsorted(np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE), edges)
        loudness = np.sqrt(np.add.reduceat(spectrum**2, bins[:-1]) + 1e-12)
        return _code_of(loudness)

    return encode


def stand_in_decode(codebooks: int) -> Callable[[Codes], Samples]:
    """A tone a band, as loud as its code says."""
    time = np.arange(FRAME) / SAMPLE_RATE
    # Whole periods in a frame, so that frames join without a click.
    step = SAMPLE_RATE / FRAME
    tones = np.sin(2 * np.pi * np.round(_BANDS_HZ[:codebooks, None] / step) * step * time)

    def decode(codes: Codes) -> Samples:
        return np.asarray(_loudness_of(codes) @ tones / len(tones), np.float32)

    return decode


def _code_of(loudness: NDArray[np.floating]) -> Codes:
    share = 1 - 20 * np.log10(np.clip(loudness, 1e-6, 1.0)) / _QUIETEST_DB
    return np.clip(np.round(2047 * share), 0, 2047).astype(np.int32)


def _loudness_of(codes: Codes) -> NDArray[np.floating]:
    return np.asarray(10 ** ((1 - codes / 2047) * _QUIETEST_DB / 20))


class StandInTalker(MoshiTalker):
    """A random Moshi of any size, really loaded and stepped, with the stand-in codec.

    Its words are the lines of the file that ``SAYS`` names, four characters a frame; with them it sounds of
    noise, and is all but silent otherwise.
    """

    def make_encoder(self) -> Callable[[Samples], Codes]:
        return stand_in_encode(self.checkpoint.config.user_codebooks)

    def make_decoder(self) -> Callable[[Codes], Samples]:
        return stand_in_decode(self.checkpoint.config.own_codebooks)

    def make_stepper(self) -> Stepper:
        return _TextFromFile(super().make_stepper(), Path(os.environ.get(SAYS, os.devnull)))


class _TextFromFile:
    def __init__(self, stepper: Stepper, path: Path) -> None:
        self._stepper = stepper
        self._path = path
        # A restarted engine does not say again what the one before has said.
        self._read = self._length()
        self._pieces: deque[str] = deque()

    def step(self, user: Codes, announcement: Announcement | None = None) -> Said:
        said = self._stepper.step(user, announcement)
        if said.progress:
            return said
        if self._length() > self._read:
            text = self._path.read_text()[self._read :]
            self._read += len(text)
            self._pieces += [text[start : start + 4] for start in range(0, len(text), 4)]
        if self._pieces:
            return Said(self._pieces.popleft(), said.codes)
        return Said("", None if said.codes is None else np.zeros_like(said.codes))

    def begin(self, conversation: Conversation) -> None:
        self._stepper.begin(conversation)

    def _length(self) -> int:
        return self._path.stat().st_size if self._path.is_file() else 0
