"""The voices section of the suite in its short form, and the measures that it takes."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
from assistant.voice.cascade.effects import shape
from tests.fakes.speech import pink_noise, speak
from tests.voice.suite import acoustics
from tests.voice.suite.sections import voices

SECOND = np.arange(SAMPLE_RATE) / SAMPLE_RATE


def buzz(hertz: float) -> np.ndarray:
    return np.sum([0.1 * np.cos(2 * np.pi * n * hertz * SECOND) for n in range(1, 20)], 0).astype(np.float32)


def test_the_personas_are_different_people_and_quick():
    section = voices.measure(short=True)
    assert [figure.name for figure in section.figures if not figure.holds] == []
    assert len(section.tables[1].rows) == 21


@pytest.mark.parametrize("hertz", [70.0, 118.0, 242.0, 390.0])
def test_pitch_is_found_without_octave_errors(hertz):
    assert np.nanmedian(acoustics.pitch(buzz(hertz))) == pytest.approx(hertz, rel=0.01)


def test_noise_has_no_pitch():
    assert np.isfinite(acoustics.pitch(pink_noise(1.0, 0.1))).mean() < 0.05


@pytest.mark.parametrize("factor", [0.85, 1.15])
def test_formants_of_a_slowed_tape_are_scaled_by_its_speed(factor):
    import soxr

    sentence = speak("The harbour was quiet this morning.")
    tape = soxr.resample(sentence, SAMPLE_RATE, SAMPLE_RATE / factor).astype(np.float32)
    ours, theirs = (acoustics.vowels(each, acoustics.pitch(each)) for each in (tape, sentence))
    scale = np.median(acoustics.formant_scale(ours, theirs), axis=0)
    assert scale == pytest.approx([factor] * 3, rel=0.05)


def test_harmonicity_falls_with_noise():
    clean = buzz(150.0)
    noisy = clean + pink_noise(1.0, 0.1)
    track = acoustics.pitch(clean)
    assert acoustics.harmonicity(clean, track) > acoustics.harmonicity(noisy, track) + 10


def test_reverberation_is_the_rooms():
    click = np.zeros(2400, np.float32)
    click[0] = 0.5
    ringing = np.concatenate(list(shape([click], VoiceSpec(effects=("room",)))))
    assert acoustics.reverberation(ringing) == pytest.approx(0.18, abs=0.04)
    assert acoustics.reverberation(click) == 0
