"""What the assistant hears of an utterance, and whom it then becomes: its own recognition and session.

Transcripts are kept on disk, under the code and weights that made them, so that a second run costs little.
"""

from __future__ import annotations

import functools
import hashlib
import json
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import numpy as np

from assistant.conversation.effects import RunTool
from assistant.conversation.session import Session
from assistant.engine.protocol import UserTurn
from assistant.personas.load import DEFAULT_SLUG, Library
from assistant.personas.names import match
from assistant.tools.registry import default_registry
from assistant.voice.cascade import name_listening, weights
from assistant.voice.cascade.name_listening import NameListener
from assistant.voice.cascade.parts import load_name_recogniser, load_recogniser
from assistant.voice.cascade.ports import Recogniser
from assistant.voice.cascade.recognisers import log_mel, whisper
from tests.fakes.speech import RATE, cache_folder, to_16k
from tests.voice.suite.noises import NOISES, Samples, with_noise
from tests.voice.suite.speakers import Speaker

T = TypeVar("T")

CLEAN = "clean"
SNR_DB = 10.0
_EDGE_S = 0.3
_NOISE_S = 20.0


@dataclass(frozen=True, slots=True)
class Heard:
    """The first transcript of an utterance, and what a second listening for names made of it."""

    text: str
    readings: tuple[str, ...]


class Ears:
    """Recognition as the engine does it at the end of a turn; ``without`` names parts that are not there."""

    def __init__(self, library: Library, without: tuple[str, ...] = ()) -> None:
        self._names = library.names
        self._without = without
        self._first: Recogniser = load_recogniser(without)[0]
        able = load_name_recogniser(self._first, without)
        self._closer = NameListener(able, self._names) if able else None

    def hear(self, speaker: Speaker, text: str, condition: str = CLEAN) -> Heard:
        """What is understood when ``speaker`` says ``text``; ``condition`` is clean or a noise at 10 dB."""
        audio = functools.cache(lambda: to_16k(_scene(speaker, text, condition)))
        key = f"{speaker.key}|{condition}|{text}"
        first_key = f"{_version(_module(self._first))}|{key}"
        first = _kept(first_key, lambda: self._first.transcribe(audio()).text)
        listener = self._closer
        if listener is None or not listener.wants(first, audio()):
            return Heard(first, ())
        closer = f"{_version(whisper)}|{_version(name_listening)}|{self._names}|{key}"
        return Heard(first, tuple(_kept(closer, lambda: list(listener.readings(audio())))))


def persona_asked_for(heard: Heard, library: Library) -> str | None:
    """The slug of the persona that the session changes to; None also where it asks back about a name."""
    session = Session(library, default_registry(), DEFAULT_SLUG)
    effects = session.handle(UserTurn(1, heard.text, 1.0, 1.4, 1.5, readings=heard.readings), 1.5)
    for effect in effects:
        if isinstance(effect, RunTool) and effect.call.name == "change_theme":
            found = match(str(effect.call.arguments["persona_name"]), library)
            return found.persona.slug if found else None
    return None


def _scene(speaker: Speaker, text: str, condition: str) -> Samples:
    edge = np.zeros(int(_EDGE_S * RATE), np.float32)
    speech = np.concatenate([edge, speaker.say(text), edge])
    if condition == CLEAN:
        return speech
    noise = _noise(condition)
    start = zlib.crc32(f"{speaker.key}{text}".encode()) % (len(noise) - len(speech))
    return with_noise(speech, noise[start:], SNR_DB)


@functools.cache
def _noise(kind: str) -> Samples:
    return NOISES[kind](_NOISE_S, 7)


@functools.cache
def _version(recogniser: ModuleType) -> str:
    """Changes with the code and the weights that transcripts depend on."""
    code = [Path(module.__file__ or "").read_bytes() for module in (log_mel, recogniser)]
    pinned = [repr(each.files).encode() for each in (weights.MOONSHINE, weights.WHISPER, weights.SPHINX)]
    return hashlib.sha256(b"".join((*code, *pinned))).hexdigest()


def _module(recogniser: object) -> ModuleType:
    return sys.modules[type(recogniser).__module__]


def _kept(key: str, make: Callable[[], T]) -> T:
    path = cache_folder() / f"heard-{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"
    if not path.exists():
        path.write_text(json.dumps(make()), encoding="utf-8")
    found: T = json.loads(path.read_text(encoding="utf-8"))
    return found
