"""Whisper's features: what a tone, silence and the window's length make of them."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.voice.cascade.recognisers.log_mel import HOP, MELS, log_mel

SECOND = np.arange(16_000) / 16_000


def tone(frequency: float) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * frequency * SECOND)).astype(np.float32)


@pytest.mark.parametrize(("frequency", "band"), [(200.0, 4), (1000.0, 26), (2000.0, 44), (6000.0, 72)])
def test_a_tone_is_loudest_in_its_band_of_slaneys_scale(frequency, band):
    features = log_mel(tone(frequency), 100)
    assert abs(int(np.argmax(features[:, 50])) - band) <= 1


def test_features_span_80_db_below_the_loudest():
    features = log_mel(tone(1000), 300)
    assert features.shape == (MELS, 300)
    assert features.dtype == np.float32
    assert features.max() - features.min() == pytest.approx(2.0)
    assert features[:, 150:].max() == pytest.approx(features.min())


def test_the_window_changes_nothing_but_the_silence_after():
    short, full = log_mel(tone(440), 150), log_mel(tone(440), 3000)
    assert np.array_equal(short, full[:, :150])


def test_silence_after_the_audio_is_the_same_given_or_implied():
    given = np.concatenate([tone(440), np.zeros(16_000, np.float32)])
    assert log_mel(given, 250) == pytest.approx(log_mel(tone(440), 250), abs=1e-5)


@pytest.mark.parametrize("length", [1, 2, 199, 200, 201, HOP * 100 + 7])
def test_any_length_fits_the_window(length):
    features = log_mel(tone(440)[:length], 100)
    assert features.shape == (MELS, 100)
    assert np.isfinite(features).all()
