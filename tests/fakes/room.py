"""A room between the speaker and the microphone, block by block: what open speakers do to a conversation.

The way of a sound: the loudspeaker saturates and colours it, the air brings it late and with its reflections,
the microphone's clock runs a little off the speaker's, and the microphone adds noise and hum and clips. Pure
functions of the samples so far; 24 kHz mono float32.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.fakes.speech import RATE, pink_noise

Samples = NDArray[np.float32]

_LONGEST_DELAY_S = 0.6
_DIRECT_SHARE = 0.5
_LOWEST_HZ, _HIGHEST_HZ = 180.0, 8_000.0
_HUM_HZ = 50.0
_NOISE_S = 20.0


@dataclass(frozen=True, slots=True)
class Acoustics:
    """``echo_db`` is the echo at the microphone against what the speaker was given, for a sound like speech.

    ``delays`` are ``(from second, delay in seconds)`` between a sample's leaving for the speaker and its
    coming in; ``reverberation_s`` is the time in which it dies away by 60 dB. ``drift_ppm`` is by how much
    the microphone's clock is faster. ``drive`` saturates the loudspeaker: 0.0 is linear, 4.0 takes 3 dB off
    a peak of 0.3. Noise and hum are in dBFS, ``clip`` is the amplitude at which the microphone clips.
    """

    echo_db: float = -10.0
    delays: tuple[tuple[float, float], ...] = ((0.0, 0.06),)
    reverberation_s: float = 0.25
    drift_ppm: float = 0.0
    drive: float = 2.0
    noise_db: float = -65.0
    hum_db: float | None = None
    clip: float = 1.0
    seed: int = 1


class Room:
    """One run of a room; ``hear`` is called with one block after the other."""

    def __init__(self, acoustics: Acoustics) -> None:
        self.acoustics = acoustics
        self._response = impulse_response(acoustics)
        self._spectrum: NDArray[np.complex128] | None = None
        self._tail = np.zeros(len(self._response) - 1)
        # What is in the air, by the speaker's clock: as long as the longest delay, and what drift adds to it.
        self._air = np.zeros(int(2 * _LONGEST_DELAY_S * RATE))
        self._played = 0
        self._noise = pink_noise(_NOISE_S, 10 ** (acoustics.noise_db / 20), seed=acoustics.seed)

    def hear(self, played: Samples, said: Samples) -> Samples:
        """What the microphone gives while ``played`` leaves for the speaker and the user says ``said``."""
        count = len(played)
        self._air = np.concatenate(
            (self._air[count:], self._reverberate(_saturate(played, self.acoustics.drive)))
        )
        at = self._played + np.arange(count)
        self._played += count
        sound = self._late(at) + said + self._noise.take(at, mode="wrap")
        if self.acoustics.hum_db is not None:
            sound = sound + _hum(at / RATE, 10 ** (self.acoustics.hum_db / 20))
        return np.asarray(np.clip(sound, -self.acoustics.clip, self.acoustics.clip), np.float32)

    def _reverberate(self, sound: NDArray[np.float64]) -> NDArray[np.float64]:
        """``sound`` through the impulse response (overlap-add)."""
        size = 1 << (len(sound) + len(self._tail) - 1).bit_length()
        if self._spectrum is None or len(self._spectrum) != size // 2 + 1:
            self._spectrum = np.fft.rfft(self._response, size)
        wet = np.fft.irfft(np.fft.rfft(sound, size) * self._spectrum, size)
        wet[: len(self._tail)] += self._tail
        self._tail = wet[len(sound) : len(sound) + len(self._tail)].copy()
        return wet[: len(sound)]

    def _late(self, at: NDArray[np.int64]) -> NDArray[np.float64]:
        """The air one delay ago, at the microphone's clock (cubic Lagrange interpolation)."""
        seconds = float(at[0]) / RATE
        delay = next(delay for start, delay in reversed(self.acoustics.delays) if start <= seconds)
        # A faster clock takes its samples ever closer together: the echo comes later and later.
        behind = delay * RATE + at * (self.acoustics.drift_ppm * 1e-6)
        position = len(self._air) - self._played + at - np.clip(behind, 2, len(self._air) - len(at) - 2)
        whole = np.floor(position).astype(np.int64)
        part = position - whole
        before, here, after, beyond = (
            self._air[np.clip(whole + n, 0, len(self._air) - 1)] for n in (-1, 0, 1, 2)
        )
        return np.asarray(
            -part * (part - 1) * (part - 2) / 6 * before
            + (part + 1) * (part - 1) * (part - 2) / 2 * here
            - (part + 1) * part * (part - 2) / 2 * after
            + (part + 1) * part * (part - 1) / 6 * beyond
        )


def impulse_response(acoustics: Acoustics) -> Samples:
    """The direct way and an exponential tail (Polack's model) through a small loudspeaker's band.

    Scaled so that noise with the long-term spectrum of speech comes out ``echo_db`` louder than it went in.
    """
    count = int(acoustics.reverberation_s * RATE)
    decay = np.exp(-np.log(1000.0) * np.arange(count) / count)
    tail = np.random.default_rng(acoustics.seed).standard_normal(count) * decay
    tail *= np.sqrt((1 - _DIRECT_SHARE) / np.sum(tail**2))
    tail[0] += np.sqrt(_DIRECT_SHARE)
    size = 2 * count
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    band = 1 / np.sqrt((1 + (_LOWEST_HZ / np.maximum(hertz, 1.0)) ** 4) * (1 + (hertz / _HIGHEST_HZ) ** 8))
    response = np.fft.irfft(np.fft.rfft(tail, size) * band, size)[:count]
    speech = (hertz > 80) / (1 + (hertz / 500.0) ** 2)
    gain = np.sum(speech * np.abs(np.fft.rfft(response, size)) ** 2) / np.sum(speech)
    return np.asarray(response * (10 ** (acoustics.echo_db / 20) / np.sqrt(gain)), np.float32)


def _saturate(sound: Samples, drive: float) -> NDArray[np.float64]:
    return np.asarray(np.tanh(drive * sound) / drive if drive else sound, np.float64)


def _hum(seconds: NDArray[np.float64], rms: float) -> NDArray[np.float64]:
    waves = [np.sin(2 * np.pi * _HUM_HZ * n * seconds + n) / n for n in range(1, 7)]
    return np.asarray(rms * np.sqrt(2 / sum(1 / n**2 for n in range(1, 7))) * np.sum(waves, axis=0))
