"""The user's side of the measurement: questions on a time line whose ends are known to the sample."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from assistant.audio.transport import Samples
from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec

SLOT_S = 8.0
"""Seconds for a question with its answer."""

MODEL_SLOT_S = 12.0
"""The same where a model answers, which may take its 24 tokens: 20 words are spoken for 6 to 8 seconds."""

LEAD_S = 10.0
"""Seconds before the first question, for the greeting."""

JITTER_S = 0.3
"""Questions begin somewhere in here, or every one would lie alike on the detector's grid."""

LOUDNESS = 0.08
"""Root mean square of the user's speech, about -22 dBFS."""

NOISE = 0.001
"""Root mean square of the room's noise, -60 dBFS."""

SILENT = 0.01
"""Share of a question's peak below which it is silent: its end is the last sample above."""

QUESTIONS = (
    "What time is it?",
    "How are you today?",
    "Who are you?",
    "What is seven plus five?",
    "Thank you very much.",
    "What day is it today?",
    "Good morning.",
    "What is twelve times three?",
    "Tell me a joke.",
    "Are you a human?",
)
"""Questions with short answers, some of which come from tools."""

SPEEDS = (1.0, 0.9, 1.1)

Speak = Callable[[str, VoiceSpec], Samples]


@dataclass(frozen=True, slots=True)
class Slot:
    """One question: samples of its first sound, behind its last sound, and where the next slot begins."""

    question: str
    start: int
    speech_end: int
    end: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """24 kHz audio for the microphone, and what lies where in it."""

    samples: Samples
    slots: tuple[Slot, ...]


def build_timeline(speak: Speak, turns: int, seed: int = 1, slot_s: float = SLOT_S) -> Timeline:
    """``turns`` questions, one every ``slot_s`` seconds, in low pink noise; the same for the same seed."""
    chance = np.random.default_rng(seed)
    samples = pink_noise(int((LEAD_S + turns * slot_s) * SAMPLE_RATE), NOISE, chance)
    slots: list[Slot] = []
    for number, question in zip(range(turns), itertools.cycle(QUESTIONS), strict=False):
        speed = SPEEDS[number // len(QUESTIONS) % len(SPEEDS)]
        speech = _levelled(speak(question, VoiceSpec(speed=speed)))
        begin = int((LEAD_S + number * slot_s + chance.uniform(0.0, JITTER_S)) * SAMPLE_RATE)
        samples[begin : begin + len(speech)] += speech
        end = int((LEAD_S + (number + 1) * slot_s) * SAMPLE_RATE)
        slots.append(Slot(question, begin, begin + len(speech), end))
    return Timeline(np.clip(samples, -1.0, 1.0), tuple(slots))


def _levelled(speech: Samples) -> Samples:
    """``speech`` from its first to its last sound at ``LOUDNESS``."""
    sounds = np.flatnonzero(np.abs(speech) > SILENT * np.abs(speech).max())
    speech = speech[sounds[0] : sounds[-1] + 1]
    return np.asarray(speech * (LOUDNESS / np.sqrt(np.mean(speech**2))), np.float32)


def pink_noise(count: int, rms: float, chance: np.random.Generator) -> Samples:
    """``count`` samples of noise whose power falls with frequency, as in a room."""
    spectrum = np.fft.rfft(chance.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    noise = np.fft.irfft(spectrum, count)
    return np.asarray(noise * (rms / np.sqrt(np.mean(noise**2))), np.float32)
