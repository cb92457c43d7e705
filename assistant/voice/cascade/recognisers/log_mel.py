"""The log-mel spectrogram that Whisper was trained on (Radford et al., arXiv:2212.04356, section 2.2)."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from assistant.voice.cascade.ports import RECOGNITION_RATE, Samples

MELS = 80
HOP = 160
"""Samples at 16 kHz a frame: 10 ms."""

_WINDOW = 400
_SILENCE = -10.0
_RANGE = 8.0


def log_mel(audio: Samples, frames: int) -> NDArray[np.float32]:
    """``audio`` (16 kHz), followed by silence, as float32 of shape (80, ``frames``).

    Audio beyond ``frames`` × 10 ms is left out. Only the frames with audio in them are computed.
    """
    audio = audio[: frames * HOP]
    half = _WINDOW // 2
    filled = min(frames, (len(audio) + half) // HOP + 1)
    padded = np.concatenate([_mirrored_start(audio, half), audio, np.zeros(_WINDOW + HOP, np.float32)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP][:filled]
    power = np.abs(np.fft.rfft(windows * _hann(), axis=1)).astype(np.float32) ** 2
    spectrum = np.full((MELS, frames), _SILENCE, np.float32)
    spectrum[:, :filled] = np.log10(np.maximum(_filters() @ power.T, 10.0**_SILENCE))
    spectrum = np.maximum(spectrum, spectrum.max() - _RANGE)
    return np.asarray((spectrum + 4.0) / 4.0, np.float32)


def _mirrored_start(audio: Samples, count: int) -> Samples:
    mirrored = audio[1 : count + 1][::-1]
    return np.concatenate([np.zeros(count - len(mirrored), np.float32), mirrored])


@functools.cache
def _hann() -> NDArray[np.float32]:
    return np.hanning(_WINDOW + 1)[:-1].astype(np.float32)


@functools.cache
def _filters() -> NDArray[np.float32]:
    """Triangles of equal area on Slaney's mel scale, 0 to 8 kHz, shape (80, 201)."""
    corners = _mel_to_hz(np.linspace(0.0, _hz_to_mel(RECOGNITION_RATE / 2), MELS + 2))
    bins = np.linspace(0.0, RECOGNITION_RATE / 2, _WINDOW // 2 + 1)
    low, centre, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    rising = (bins - low) / (centre - low)
    falling = (high - bins) / (high - centre)
    triangles = np.maximum(0.0, np.minimum(rising, falling)) * 2.0 / (high - low)
    return np.asarray(triangles, np.float32)


_LINEAR_UP_TO = 1000.0
_HZ_PER_MEL = 200.0 / 3.0
_LOG_STEP = np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    return float(_LINEAR_UP_TO / _HZ_PER_MEL + np.log(hz / _LINEAR_UP_TO) / _LOG_STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _LINEAR_UP_TO / _HZ_PER_MEL
    return np.where(mel < knee, mel * _HZ_PER_MEL, _LINEAR_UP_TO * np.exp(_LOG_STEP * (mel - knee)))
