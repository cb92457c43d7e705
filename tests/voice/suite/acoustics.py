"""How a voice sounds, in figures taken from its sound alone: pitch, formants, harmonicity, balance, echoes.

None of it shares code with what shapes the voices. All audio is 24 kHz mono.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from tests.fakes.speech import RATE
from tests.voice.suite.noises import Samples

Floats = NDArray[np.float64]

LOWEST_HZ, HIGHEST_HZ = 60.0, 450.0
_HOP = RATE // 100
_WINDOW = RATE // 20
_PERIODIC = 0.25
_QUIET = 1e-3

FORMANT_RATE = 12_000
_LPC_ORDER = 12


def pitch(audio: Samples) -> Floats:
    """Hz every 10 ms, NaN where there is no voice (YIN: de Cheveigné & Kawahara, JASA 111, 2002)."""
    longest = int(RATE / LOWEST_HZ) + 2
    frames = _frames(audio, _WINDOW + longest)
    if not len(frames):
        return np.zeros(0)
    difference = _difference(frames, longest)
    lags = np.arange(1, longest)
    sums = np.cumsum(difference[:, 1:], axis=1)
    normal = np.ones_like(difference)
    normal[:, 1:] = difference[:, 1:] * lags / np.maximum(sums, 1e-12)
    shortest = int(RATE / HIGHEST_HZ)
    found = np.full(len(frames), np.nan)
    loud = (frames[:, :_WINDOW] ** 2).mean(axis=1)
    for row in np.flatnonzero(loud > _QUIET * loud.max()):
        period = _first_dip(normal[row], shortest)
        if period:
            found[row] = RATE / period
    return found


def _difference(frames: Floats, longest: int) -> Floats:
    """YIN's difference function: squared distance of each frame to itself, later by 0 … ``longest`` - 1."""
    size = 1 << (frames.shape[1] + _WINDOW - 1).bit_length()
    spectra = np.conj(np.fft.rfft(frames[:, :_WINDOW], size)) * np.fft.rfft(frames, size)
    product = np.fft.irfft(spectra, size)[:, :longest]
    power = np.cumsum(np.pad(frames**2, ((0, 0), (1, 0))), axis=1)
    later = power[:, _WINDOW : _WINDOW + longest] - power[:, :longest]
    return np.asarray(power[:, _WINDOW, None] + later - 2 * product)


def _first_dip(row: Floats, shortest: int) -> float:
    """The period in samples at the first dip of the normalised difference, 0 where there is none."""
    below = np.flatnonzero(row[shortest:-1] < _PERIODIC)
    if not len(below):
        return 0.0
    at = shortest + int(below[0])
    while at + 1 < len(row) - 1 and row[at + 1] < row[at]:
        at += 1
    before, here, after = row[at - 1 : at + 2]
    curve = before - 2 * here + after
    return at + (0.5 * (before - after) / curve if curve > 0 else 0.0)


@dataclass(frozen=True, slots=True)
class Vowels:
    """``formants``: the lowest three resonances in Hz every 10 ms, (frames, 3), NaN outside of loud vowels.

    The sentence begins with frame ``start`` and is over with frame ``end``.
    """

    formants: Floats
    start: int
    end: int


def vowels(audio: Samples, track: Floats) -> Vowels:
    """The formants by the roots of linear prediction; ``track`` is the ``pitch`` of ``audio``."""
    voiced = np.isfinite(track)
    narrow = soxr.resample(audio, RATE, FORMANT_RATE).astype(np.float64)
    narrow = np.append(narrow[0], narrow[1:] - 0.97 * narrow[:-1])
    hop, width = FORMANT_RATE // 100, int(0.030 * FORMANT_RATE)
    offset = (_WINDOW * FORMANT_RATE // RATE - width) // 2
    frames = _frames(narrow[offset:], width, hop)[: len(voiced)]
    found = np.full((len(voiced), 3), np.nan)
    power = (frames**2).mean(axis=1)
    for row in np.flatnonzero(voiced[: len(frames)] & (power > 0.03 * np.percentile(power, 98))):
        found[row] = _resonances(frames[row] * np.hanning(width))
    return Vowels(found, *_extent(audio))


def formant_scale(ours: Vowels, theirs: Vowels) -> Floats:
    """How many times the other's our formants are where both say the same: (moments, 3).

    Compares the same moments of the sentence, by time since its first sound. The median over moments is what
    to look at: single roots are often another formant's.
    """
    rows = np.arange(ours.start, min(ours.end, len(ours.formants)))
    match = theirs.start + (rows - ours.start) * (theirs.end - theirs.start) / (ours.end - ours.start)
    last = len(theirs.formants) - 1
    ratios = ours.formants[rows] / theirs.formants[np.minimum(np.rint(match).astype(int), last)]
    return ratios[np.isfinite(ratios).all(axis=1)]


def _resonances(frame: Floats) -> Floats:
    correlation = np.correlate(frame, frame, "full")[len(frame) - 1 :][: _LPC_ORDER + 1]
    lags = np.abs(np.subtract.outer(np.arange(_LPC_ORDER), np.arange(_LPC_ORDER)))
    matrix = correlation[lags] + 1e-6 * correlation[0] * np.eye(_LPC_ORDER)
    predictor = np.linalg.solve(matrix, correlation[1:])
    roots = np.roots(np.append(1.0, -predictor))
    roots = roots[roots.imag > 0]
    hertz = np.angle(roots) * FORMANT_RATE / (2 * np.pi)
    bandwidth = -np.log(np.abs(roots)) * FORMANT_RATE / np.pi
    kept = np.sort(hertz[(bandwidth < 500) & (hertz > 180) & (hertz < 5500)])
    return kept[:3] if len(kept) >= 3 else np.full(3, np.nan)


def harmonicity(audio: Samples, track: Floats) -> float:
    """Median harmonics-to-noise ratio in dB of the voiced frames (Boersma, IFA Proceedings 17, 1993).

    ``track`` is the ``pitch`` of ``audio``.
    """
    frames = _frames(audio, _WINDOW + int(RATE / LOWEST_HZ) + 4)
    ratios = []
    for row in np.flatnonzero(np.isfinite(track[: len(frames)])):
        lag = min(round(RATE / track[row]), frames.shape[1] - _WINDOW - 1)
        first = frames[row, :_WINDOW]
        best = max(
            float(first @ later / np.sqrt((first @ first) * (later @ later) + 1e-20))
            for later in (frames[row, lag + step : lag + step + _WINDOW] for step in (-1, 0, 1))
        )
        share = min(max(best, 0.01), 0.9999)
        ratios.append(10 * np.log10(share / (1 - share)))
    return float(np.median(ratios)) if ratios else float("nan")


def balance(audio: Samples) -> tuple[float, float]:
    """Power below 300 Hz and above 3 kHz, in dB relative to what lies between."""
    spectrum = np.abs(np.fft.rfft(audio.astype(np.float64))) ** 2
    hertz = np.fft.rfftfreq(len(audio), 1 / RATE)
    low, high = hertz < 300, hertz > 3000
    middle = spectrum[~low & ~high].sum() + 1e-20
    return tuple(float(10 * np.log10(spectrum[band].sum() / middle + 1e-12)) for band in (low, high))


def roughness(audio: Samples) -> float:
    """Depth of the loudness's beating at 30 to 80 Hz beside its slower movement, in dB."""
    envelope = soxr.resample(np.abs(audio), RATE, 400).astype(np.float64)
    spectrum = np.abs(np.fft.rfft(envelope * np.hanning(len(envelope)))) ** 2
    hertz = np.fft.rfftfreq(len(envelope), 1 / 400)
    beating, slow = (hertz >= 30) & (hertz <= 80), (hertz >= 1) & (hertz < 20)
    return float(10 * np.log10(spectrum[beating].sum() / (spectrum[slow].sum() + 1e-20) + 1e-12))


def duration(audio: Samples) -> float:
    """Seconds from the first to the last 10 ms within 30 dB of the loudest: a room's tail hardly counts."""
    start, end = _extent(audio)
    return (end - start) / 100


def _extent(audio: Samples) -> tuple[int, int]:
    power = (audio[: len(audio) // _HOP * _HOP].reshape(-1, _HOP).astype(np.float64) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() / 1000)
    return int(loud[0]), int(loud[-1]) + 1


def reverberation(response: Samples) -> float:
    """Seconds in which an impulse response decays by 60 dB (Schroeder, JASA 37, 1965), from -5 to -25 dB."""
    left = np.cumsum(response[::-1].astype(np.float64) ** 2)[::-1]
    level = 10 * np.log10(left / left[0] + 1e-12)
    start, end = int(np.argmax(level <= -5)), int(np.argmax(level <= -25))
    return 3 * (end - start) / RATE


def _frames(audio: NDArray[np.floating], width: int, hop: int = _HOP) -> Floats:
    if len(audio) < width:
        return np.zeros((0, width))
    return np.lib.stride_tricks.sliding_window_view(audio, width)[::hop].astype(np.float64)
