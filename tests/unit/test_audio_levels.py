"""Levels in dBFS."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.levels import SILENCE, PeakMeter, peak, rms, to_dbfs


def test_full_scale_is_zero_and_half_is_six_below():
    assert to_dbfs(1.0) == 0.0
    assert to_dbfs(0.5) == pytest.approx(-6.02, abs=0.01)
    assert to_dbfs(0.0) == SILENCE


def test_rms_of_a_sine_is_three_below_its_peak():
    sine = np.sin(np.arange(2400) * 2 * np.pi / 240).astype(np.float32)
    assert to_dbfs(peak(sine)) - to_dbfs(rms(sine)) == pytest.approx(3.01, abs=0.01)
    assert peak(sine[:0]) == rms(sine[:0]) == 0.0


def test_meter_reports_the_loudest_sample_once():
    meter = PeakMeter()
    meter.add(np.array([0.1, -0.5], dtype=np.float32))
    meter.add(np.array([0.2], dtype=np.float32))
    assert meter.take() == pytest.approx(-6.02, abs=0.01)
    assert meter.take() == SILENCE
