"""A source-filter vocoder: what a network says of a sentence becomes sound, block by block.

A voiced sound is a train of pulses at the pitch, filtered by throat and mouth, whose resonances are the
formants (Fant, "Acoustic Theory of Speech Production", 1960). Where a network gives both apart, pitch and
formants move without each other: neither a slowed-down tape nor a voice taken apart again after the fact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
from assistant.voice.cascade.ports import Samples

HOP = 300
"""Samples from one frame to the next: 12.5 ms."""

WINDOW = 4 * HOP
"""Samples that a frame shapes: 50 ms."""

BINS = WINDOW // 2 + 1
"""Frequencies of a frame: every 20 Hz from 0 to 12 kHz."""

VOICED = 40.0
"""Hz; a frame with a lower pitch has no voice."""

Floats = NDArray[np.float32]
Spectra = NDArray[np.complex64]
Indices = NDArray[np.intp]

_BIN_HZ = SAMPLE_RATE / WINDOW
_HIGHEST_HARMONIC = 11_000.0
_LOUDEST = 7.0
_WHOLE_TONE = 2.0
_BLOCK = 16
_HANN = (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
# A cosine of amplitude 1 has this magnitude in its bin; dividing by it makes a filter's gain its value.
_UNIT = WINDOW / 4
# What Hann windows at a quarter of their length apart, squared, add up to.
_OVERLAP = 1.5


@dataclass(frozen=True, slots=True)
class Frames:
    """A sentence every 12.5 ms: ``pitch`` (frames,) in Hz, all else (frames, ``BINS``); float32.

    ``harmonics``, ``noise`` and ``free`` are natural logarithms of magnitudes: of the filter for the pulses,
    of noise, and of a part with phases of its own (bursts, breath). Phases are in radians.
    """

    pitch: Floats
    harmonics: Floats
    harmonics_phase: Floats
    noise: Floats
    free: Floats
    free_phase: Floats

    def __len__(self) -> int:
        return len(self.pitch)


def sound(frames: Frames, spec: VoiceSpec, seed: int) -> Iterator[Samples]:
    """``frames`` (one or more) with the speed, pitch, formants and intonation of ``spec``.

    24 kHz, in blocks of 200 ms; the same samples for the same ``seed``.
    """
    chance = np.random.default_rng(seed)
    count = max(1, round(len(frames) / spec.speed))
    moments = np.minimum(np.arange(count) * spec.speed, len(frames) - 1)
    before = _pitch_at(frames.pitch, moments)
    after = _moved_pitch(before, spec)
    pulses = _Pulses(after)
    overlap = np.zeros(WINDOW - HOP, np.float32)
    early = WINDOW // 2
    for start in range(0, count, _BLOCK):
        rows = slice(start, min(start + _BLOCK, count))
        filters = _Filters.of(frames, moments[rows])
        if spec.formants != 1.0 or not np.allclose(before, after):
            filters = filters.moved(before[rows], after[rows], spec.formants)
        windows = np.fft.irfft(filters.spectra(pulses.spectra(rows), chance), WINDOW, axis=1)
        audio = _overlapped(windows * (_HANN / _OVERLAP))
        audio[: len(overlap)] += overlap
        ready = HOP * (rows.stop - rows.start) + (WINDOW // 2 if rows.stop == count else 0)
        overlap = audio[ready:]
        yield audio[early:ready]
        early = 0


def _between(moments: NDArray[np.floating], count: int) -> tuple[Indices, Indices, Floats]:
    """The neighbours of each moment among ``count`` frames, and the share of the later one."""
    low = np.minimum(moments.astype(np.intp), max(count - 2, 0))
    return low, np.minimum(low + 1, count - 1), (moments - low).astype(np.float32)


def _pitch_at(pitch: Floats, moments: NDArray[np.floating]) -> Floats:
    low, high, share = _between(moments, len(pitch))
    both_voiced = np.minimum(pitch[low], pitch[high]) >= VOICED
    nearest = pitch[np.where(share < 0.5, low, high)]
    return np.where(both_voiced, pitch[low] + share * (pitch[high] - pitch[low]), nearest)


def _moved_pitch(pitch: Floats, spec: VoiceSpec) -> Floats:
    """``pitch`` moved by ``spec.pitch`` semitones, its rises and falls ``spec.intonation`` times as wide.

    Sung, it goes from one whole tone to another.
    """
    voiced = pitch >= VOICED
    if not voiced.any():
        return pitch
    middle = np.median(pitch[voiced])
    melody = 12.0 * np.log2(np.maximum(pitch, VOICED) / middle) * spec.intonation
    if spec.sung:
        melody = _WHOLE_TONE * np.rint(melody / _WHOLE_TONE)
    moved = middle * 2.0 ** ((spec.pitch + melody) / 12.0)
    return np.where(voiced, np.maximum(moved, VOICED), 0.0).astype(np.float32)


class _Pulses:
    """A train of pulses at a changing pitch, every harmonic up to 11 kHz as loud as the others.

    Band-limited by the closed form of the sum of cosines (Stilson & Smith, "Alias-free digital synthesis of
    classic analog waveforms", ICMC 1996).
    """

    def __init__(self, pitch: Floats) -> None:
        half = WINDOW // 2
        samples = np.arange(-half, HOP * len(pitch) + half)
        self._hertz = np.interp((samples + 0.5) / HOP - 0.5, np.arange(len(pitch)), pitch).astype(np.float32)
        cycles = np.cumsum(np.maximum(self._hertz, VOICED), dtype=np.float64) / SAMPLE_RATE
        self._angle = (2.0 * np.pi * (cycles % 1.0)).astype(np.float32)

    def spectra(self, rows: slice) -> Spectra:
        """The spectra of these frames; a harmonic of amplitude 1 has magnitude 1."""
        part = slice(HOP * rows.start, HOP * (rows.stop - 1) + WINDOW)
        hertz, angle = self._hertz[part], self._angle[part]
        order = np.floor(_HIGHEST_HARMONIC / np.maximum(hertz, VOICED)) + np.float32(0.5)
        sine = np.sin(0.5 * angle)
        at_pulse = np.abs(sine) < 1e-3
        train = np.where(at_pulse, order, np.sin(order * angle) / (2.0 * np.where(at_pulse, 1.0, sine))) - 0.5
        train[hertz < VOICED] = 0.0
        windows = np.lib.stride_tricks.sliding_window_view(train.astype(np.float32), WINDOW)[::HOP]
        return np.asarray(np.fft.rfft(windows * (_HANN / _UNIT), axis=1), np.complex64)


@dataclass(frozen=True, slots=True)
class _Filters:
    """What shapes pulses and noise: as in ``Frames``."""

    harmonics: Floats
    harmonics_phase: Floats
    noise: Floats
    free: Floats
    free_phase: Floats

    @classmethod
    def of(cls, frames: Frames, moments: NDArray[np.floating]) -> _Filters:
        """The filters at these moments, counted in frames; what lies between two is made of both."""
        low, high, share = _between(moments, len(frames))
        nearest = np.where(share < 0.5, low, high)

        def between(values: Floats) -> Floats:
            return np.asarray(values[low] + share[:, None] * (values[high] - values[low]))

        return cls(
            between(frames.harmonics),
            frames.harmonics_phase[nearest],
            between(frames.noise),
            between(frames.free),
            frames.free_phase[nearest],
        )

    def moved(self, before: Floats, after: Floats, formants: float) -> _Filters:
        """For a pitch ``after`` that was ``before``, with resonances at ``formants`` times their place."""
        columns = np.minimum(np.arange(BINS) / formants, BINS - 1)
        low, high, share = _between(columns, BINS)
        nearest = np.where(share < 0.5, low, high)

        def between(values: Floats) -> Floats:
            return np.asarray(values[:, low] + share * (values[:, high] - values[:, low]))

        return _Filters(
            _envelope(self.harmonics, before, columns) + _level(before, after),
            self.harmonics_phase[:, nearest],
            between(self.noise),
            between(self.free),
            self.free_phase[:, nearest],
        )

    def spectra(self, pulses: Spectra, chance: np.random.Generator) -> Spectra:
        """(frames, ``BINS``): filtered pulses, noise, and the part with phases of its own."""
        noise = chance.standard_normal((*self.noise.shape, 2), np.float32).view(np.complex64)[..., 0]
        pulses = pulses * _polar(self.harmonics, self.harmonics_phase)
        return np.asarray(pulses + noise * _magnitude(self.noise) + _polar(self.free, self.free_phase))


def _envelope(harmonics: Floats, pitch: Floats, columns: NDArray[np.floating]) -> Floats:
    """The pulses' filter at ``columns``, as it is at the harmonics of ``pitch`` to both sides.

    Between the harmonics that were there the network was held to nothing.
    """
    spacing = np.maximum(pitch, VOICED)[:, None] / _BIN_HZ
    number = np.maximum(columns / spacing, 1.0)
    below = np.floor(number)
    share = (number - below).astype(np.float32)
    low, high = (np.minimum(np.rint(each * spacing), BINS - 1).astype(np.intp) for each in (below, below + 1))
    values = np.take_along_axis(harmonics, low, 1)
    return np.asarray(values + share * (np.take_along_axis(harmonics, high, 1) - values))


def _level(before: Floats, after: Floats) -> Floats:
    """What keeps the loudness where harmonics come to lie closer, or further apart; (frames, 1)."""
    change = np.maximum(after, VOICED) / np.maximum(before, VOICED)
    return np.asarray(0.5 * np.log(change)[:, None], np.float32)


def _magnitude(logarithm: Floats) -> Floats:
    return np.asarray(np.exp(np.minimum(logarithm, _LOUDEST)))


def _polar(logarithm: Floats, phase: Floats) -> Spectra:
    spectrum = np.empty(phase.shape, np.complex64)
    magnitude = _magnitude(logarithm)
    spectrum.real = magnitude * np.cos(phase)
    spectrum.imag = magnitude * np.sin(phase)
    return spectrum


def _overlapped(windows: NDArray[np.floating]) -> Samples:
    """Windows added up ``HOP`` samples apart."""
    count = len(windows)
    audio = np.zeros((count + WINDOW // HOP - 1, HOP), np.float32)
    for part, quarter in enumerate(np.split(windows, WINDOW // HOP, axis=1)):
        audio[part : part + count] += quarter
    return audio.reshape(-1)
