"""Echo cancellation on a synthetic room."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from assistant.audio.echo import EchoCanceller, ErleMeter, NoEcho, best_echo
from assistant.audio.transport import BLOCK
from assistant.engine.protocol import SAMPLE_RATE

RNG = np.random.default_rng(7)


def babble(seconds: float) -> np.ndarray:
    """Noise with the spectrum and the rhythm of speech."""
    count = int(seconds * SAMPLE_RATE)
    spectrum = np.fft.rfft(RNG.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    shaped = np.fft.irfft(spectrum / (1 + (hertz / 600) ** 2) * (hertz > 80), count)
    syllables = np.clip(np.sin(2 * np.pi * 4 * np.arange(count) / SAMPLE_RATE), 0, 1)
    speech = shaped * syllables
    return (0.1 * speech / np.sqrt((speech**2).mean())).astype(np.float32)


def room(far: np.ndarray, delay_s: float, gain_db: float) -> np.ndarray:
    """``far`` as the microphone hears it: late, reverberant, with a little noise."""
    length = int(0.15 * SAMPLE_RATE)
    response = RNG.standard_normal(length) * np.exp(-np.arange(length) / (0.03 * SAMPLE_RATE))
    response /= np.sqrt((response**2).sum())
    size = 2 ** int(np.ceil(np.log2(len(far) + length)))
    echo = np.fft.irfft(np.fft.rfft(far, size) * np.fft.rfft(response, size), size)[: len(far)]
    late = np.concatenate((np.zeros(int(delay_s * SAMPLE_RATE)), echo))[: len(far)]
    return (late * 10 ** (gain_db / 20) + RNG.standard_normal(len(far)) * 10 ** (-70 / 20)).astype(np.float32)


def cancel(echo, microphone: np.ndarray, reference: np.ndarray) -> np.ndarray:
    starts = range(0, len(microphone) - BLOCK + 1, BLOCK)
    pairs = ((microphone[at : at + BLOCK], reference[at : at + BLOCK]) for at in starts)
    return np.concatenate([echo.process(*pair) for pair in pairs])


@pytest.mark.parametrize("delay_s", [0.03, 0.12])
def test_echo_is_cancelled_by_20_db_and_the_meter_says_so(delay_s):
    far = babble(12.0)
    microphone, echo = room(far, delay_s, -6), EchoCanceller()
    assert echo.erle is None
    cleaned = cancel(echo, microphone, far)
    settled = slice(6 * SAMPLE_RATE, None)
    erle = 10 * np.log10((microphone[settled] ** 2).mean() / (cleaned[settled] ** 2).mean())
    assert erle >= 20
    assert echo.erle == pytest.approx(erle, abs=6)
    echo.reset()
    assert echo.erle is None


def test_the_user_alone_passes():
    near, echo = babble(3.0), EchoCanceller()
    cleaned = cancel(echo, near, np.zeros_like(near))
    loudness = 10 * np.log10((cleaned[SAMPLE_RATE:] ** 2).mean() / (near[SAMPLE_RATE:] ** 2).mean())
    assert abs(loudness) < 2
    assert echo.erle is None, "nothing to measure without the far end"


def test_headphones_leave_nothing_to_measure():
    meter = ErleMeter()
    quiet = np.full(BLOCK, 1e-4, dtype=np.float32)
    for _ in range(300):
        meter.add(quiet, np.zeros(BLOCK, dtype=np.float32), quiet)
    for _ in range(300):
        meter.add(quiet, np.full(BLOCK, 0.1, dtype=np.float32), quiet)
    assert meter.value is None


def test_the_user_talking_now_and_then_does_not_move_the_measure():
    meter, far = ErleMeter(), np.full(BLOCK, 0.1, dtype=np.float32)
    for segment in range(10):
        cleaned = 0.05 if segment % 3 == 0 else 0.0005
        for _ in range(30):
            meter.add(np.full(BLOCK, 0.05, dtype=np.float32), far, np.full(BLOCK, cleaned, dtype=np.float32))
    assert meter.value == pytest.approx(40, abs=0.5)


def test_without_the_package_the_microphone_passes_unchanged(monkeypatch):
    assert isinstance(best_echo(), EchoCanceller)
    monkeypatch.setitem(sys.modules, "pywebrtc_audio", None)
    echo = best_echo()
    assert isinstance(echo, NoEcho)
    assert "pywebrtc-audio" in echo.note
    block = babble(0.01)
    assert echo.process(block, block) is block
    assert echo.erle is None
    echo.reset()
