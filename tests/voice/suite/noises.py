"""What a microphone hears besides its user, made by rule: the same samples for the same arguments.

All at 24 kHz, float32. Babble is several sentences of the packaged voice at once at other pitches; music is
chords, a bass and drums; coughs are bursts of noise shaped by a throat.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import soxr
from numpy.typing import NDArray

from tests.fakes.speech import RATE, pink_noise, speak

Samples = NDArray[np.float32]

_TALK = (
    "The harbour was quiet this morning, and the boats had not moved since Tuesday.",
    "She said the second train leaves at half past nine, unless it rains again.",
    "Put the plates on the table and ask your brother to bring the bread.",
    "Nobody at the office could remember who had ordered all those yellow chairs.",
    "We walked along the river until the path ended in front of an old mill.",
    "If the price stays this low they will have to close the shop before winter.",
)


def pink(seconds: float, seed: int = 1) -> Samples:
    """Pink noise."""
    return pink_noise(seconds, 0.1, seed=seed)


def hum(seconds: float, seed: int = 1) -> Samples:
    """A 50 Hz hum with its harmonics, as from a bad power supply."""
    time = np.arange(int(seconds * RATE)) / RATE
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, 6)
    parts = [np.sin(2 * np.pi * 50 * n * time + phase) / n for n, phase in enumerate(phases, 1)]
    return _scaled(np.sum(parts, axis=0))


def babble(seconds: float, seed: int = 1) -> Samples:
    """Six people who talk at once."""
    rng = np.random.default_rng(seed)
    mixed = np.zeros(int(seconds * RATE))
    for talker in range(6):
        pitch = float(rng.uniform(0.8, 1.25))
        track: list[Samples] = []
        length = 0
        while length < len(mixed) + RATE:
            said = soxr.resample(speak(_TALK[int(rng.integers(len(_TALK)))]), RATE, RATE * pitch)
            track += [said, np.zeros(int(rng.uniform(0.1, 0.6) * RATE), np.float32)]
            length += len(track[-1]) + len(track[-2])
        start = int(rng.integers(RATE)) if talker else 0
        mixed += np.concatenate(track)[start : start + len(mixed)]
    return _scaled(mixed)


def music(seconds: float, seed: int = 1) -> Samples:
    """A slow song without singing: four chords, a bass, a melody and drums at 96 beats a minute."""
    rng = np.random.default_rng(seed)
    count, beat = int(seconds * RATE), int(RATE * 60 / 96)
    song = np.zeros(count + 4 * beat)
    chords = ((57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62))
    for index, at in enumerate(range(0, count, beat)):
        chord = chords[index // 4 % 4]
        if index % 4 == 0:
            for note in chord:
                _add(song, at, _tone(note, 4 * beat, 0.25))
        _add(song, at, _tone(chord[0] - 24, beat, 0.5))
        _add(song, at, _tone(int(rng.choice(chord)) + 12, beat, 0.35))
        _add(song, at, _burst(rng, beat // 3, 60.0) * (0.8 if index % 2 == 0 else 0.4))
    return _scaled(song[:count])


def keyboard(seconds: float, seed: int = 1) -> Samples:
    """Someone who types: two clicks a key, five keys a second in runs."""
    rng = np.random.default_rng(seed)
    typed = np.zeros(int(seconds * RATE) + RATE)
    at = 0.0
    while at < seconds:
        for delay, level in ((0.0, 1.0), (float(rng.uniform(0.05, 0.09)), 0.4)):
            click = _burst(rng, int(0.02 * RATE), 400.0) * level * float(rng.uniform(0.5, 1.0))
            _add(typed, int((at + delay) * RATE), click)
        at += (
            float(rng.exponential(0.14))
            + 0.06
            + (float(rng.uniform(0.5, 2.5)) if rng.random() < 0.06 else 0.0)
        )
    return _scaled(typed[: int(seconds * RATE)])


def cough(seed: int = 1) -> Samples:
    """One cough: a burst, a shorter tail, sometimes a second one; 0.3 to 0.8 seconds."""
    rng = np.random.default_rng(seed)
    parts: list[Samples] = []
    for part in range(int(rng.integers(1, 3))):
        length = int(rng.uniform(0.18, 0.32) * RATE)
        burst = rng.standard_normal(length)
        for centre in (float(rng.uniform(450, 750)), float(rng.uniform(1200, 1800)), 2600.0):
            burst = burst + 2.0 * _resonance(burst, centre, 180.0)
        envelope = np.minimum(np.arange(length) / (0.008 * RATE), 1) * np.exp(
            -np.arange(length) / (0.07 * RATE)
        )
        parts += [(burst * envelope * (1.0 if part == 0 else 0.6)).astype(np.float32)]
        parts += [np.zeros(int(0.08 * RATE), np.float32)]
    return _scaled(np.concatenate(parts))


def coughs(seconds: float, seed: int = 1) -> Samples:
    """A cough every three to ten seconds."""
    rng = np.random.default_rng(seed)
    heard = np.zeros(int(seconds * RATE) + 2 * RATE)
    at, index = 1.0, 0
    while at < seconds:
        _add(heard, int(at * RATE), cough(seed * 1000 + index))
        at, index = at + float(rng.uniform(3, 10)), index + 1
    return np.asarray(heard[: int(seconds * RATE)], np.float32)


NOISES: dict[str, Callable[[float, int], Samples]] = {
    "babble": babble,
    "music": music,
    "pink": pink,
    "keyboard": keyboard,
    "coughs": coughs,
    "hum": hum,
}
"""By name: ``(seconds, seed) -> samples``."""


def speech_level(speech: Samples) -> float:
    """RMS of the parts of ``speech`` within 30 dB of its loudest 20 ms: pauses do not count."""
    frames = speech[: len(speech) // 480 * 480].reshape(-1, 480)
    power = (frames.astype(np.float64) ** 2).mean(axis=1)
    return float(np.sqrt(power[power > power.max() / 1000].mean()))


def with_noise(speech: Samples, noise: Samples, snr_db: float) -> Samples:
    """``speech`` with ``noise`` (at least as long) ``snr_db`` below its active level; never clipped."""
    cut = noise[: len(speech)].astype(np.float64)
    rms = float(np.sqrt((cut**2).mean())) or 1.0
    mixed = speech + cut * (speech_level(speech) / rms * 10 ** (-snr_db / 20))
    return np.asarray(mixed * min(1.0, 0.99 / float(np.abs(mixed).max())), np.float32)


def _scaled(sound: NDArray[np.floating]) -> Samples:
    return np.asarray(sound * (0.5 / float(np.abs(sound).max())), np.float32)


def _add(target: NDArray[np.floating], at: int, sound: NDArray[np.floating]) -> None:
    piece = sound[: max(len(target) - at, 0)]
    target[at : at + len(piece)] += piece


def _tone(note: int, length: int, level: float) -> NDArray[np.float64]:
    time = np.arange(length) / RATE
    hertz = 440 * 2 ** ((note - 69) / 12)
    harmonics = sum(np.sin(2 * np.pi * hertz * n * time) / n**1.5 for n in range(1, 6))
    tone: NDArray[np.float64] = level * harmonics * np.minimum(time / 0.01, 1) * np.exp(-1.5 * time)
    return tone


def _burst(rng: np.random.Generator, length: int, decay_hz: float) -> NDArray[np.float64]:
    burst: NDArray[np.float64] = rng.standard_normal(length) * np.exp(-np.arange(length) / RATE * decay_hz)
    return burst


def _resonance(sound: NDArray[np.float64], centre_hz: float, width_hz: float) -> NDArray[np.float64]:
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE)
    gain = 1 / (1 + ((frequencies - centre_hz) / width_hz) ** 2)
    shaped: NDArray[np.float64] = np.fft.irfft(np.fft.rfft(sound) * gain, len(sound))
    return shaped
