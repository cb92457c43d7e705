"""Signs of attention that no synthetic voice can say: hums and grunts made by a source and a vocal tract.

A train of glottal pulses with a moving pitch goes through the resonances of a nasal ("m") or of a relaxed
open tract ("uh"); between the syllables there is a breath. 24 kHz, float32.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.fakes.speech import RATE

Samples = NDArray[np.float32]

_NASAL = ((260, 60, 1.0), (1050, 150, 0.12), (2300, 250, 0.05))
_OPEN = ((560, 90, 1.0), (1250, 120, 0.5), (2500, 180, 0.18))

MURMURS = ("mhm", "uh-huh", "hmm", "mm")


def murmur(kind: str, seed: int) -> Samples:
    """One of ``MURMURS`` by a speaker whom ``seed`` chooses, 0.25 to 0.55 seconds long."""
    rng = np.random.default_rng(seed)
    pitch = float(rng.choice([rng.uniform(95, 130), rng.uniform(170, 230)]))
    tract = _OPEN if kind == "uh-huh" else _NASAL
    length = float(rng.uniform(0.13, 0.18))
    if kind in ("hmm", "mm"):
        falling = kind == "hmm"
        syllables = [_voiced(rng, 2 * length, pitch * 1.1, pitch * (0.85 if falling else 1.0), tract)]
    else:
        breath = 0.02 * rng.standard_normal(int(0.05 * RATE)) * np.hanning(int(0.05 * RATE))
        first = _voiced(rng, length, pitch, pitch * 0.95, tract)
        syllables = [first, breath, _voiced(rng, length * 1.3, pitch * 0.95, pitch * 1.25, tract)]
    sound = np.concatenate(syllables)
    return np.asarray(0.5 * sound / np.abs(sound).max(), np.float32)


def _voiced(
    rng: np.random.Generator,
    seconds: float,
    start_hz: float,
    end_hz: float,
    tract: tuple[tuple[int, int, float], ...],
) -> NDArray[np.float64]:
    count = int(seconds * RATE)
    phase = np.cumsum(np.linspace(start_hz, end_hz, count) * (1 + 0.01 * rng.standard_normal())) / RATE
    # A glottal source as radiated falls off by about 9 dB an octave (after Klatt, JASA 67, 1980).
    source = np.sum([np.sin(2 * np.pi * n * phase) / n**1.5 for n in range(1, 25)], axis=0)
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    scale = float(rng.uniform(0.92, 1.1))
    gain = sum(level / np.sqrt(1 + ((hertz - centre * scale) / width) ** 2) for centre, width, level in tract)
    shaped = np.fft.irfft(np.fft.rfft(source) * gain, count)
    edge = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / (0.025 * RATE))
    voiced: NDArray[np.float64] = shaped / np.abs(shaped).max() * edge
    return voiced
