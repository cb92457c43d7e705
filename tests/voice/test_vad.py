"""Every voice activity detector on real speech, in quiet and in noise."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.voice.cascade.ports import VAD_CHUNK, VoiceActivityDetector
from assistant.voice.cascade.vad import EnergyVad, SileroVad, WebRtcVad
from tests.fakes.speech import pink_noise, speak, to_16k

SENTENCE = "What is the weather like in London tomorrow morning?"
PAUSE = np.zeros(32_000, np.float32)


@pytest.fixture(params=[SileroVad, WebRtcVad, EnergyVad], ids=lambda vad: vad.__name__)
def vad(request) -> VoiceActivityDetector:
    return request.param()


def verdicts(vad: VoiceActivityDetector, audio: np.ndarray) -> np.ndarray:
    whole = len(audio) // VAD_CHUNK * VAD_CHUNK
    return np.array([vad.probability(chunk) > 0.5 for chunk in audio[:whole].reshape(-1, VAD_CHUNK)])


def loud_chunks(audio: np.ndarray) -> np.ndarray:
    whole = len(audio) // VAD_CHUNK * VAD_CHUNK
    return np.sqrt(np.mean(audio[:whole].reshape(-1, VAD_CHUNK) ** 2, axis=1)) > 0.008


@pytest.mark.parametrize("noise", [0.0, 0.003])
def test_speech_is_told_from_what_surrounds_it(vad, noise):
    clean = np.concatenate([PAUSE, to_16k(speak(SENTENCE)), PAUSE])
    heard = clean + pink_noise(len(clean) / 16_000, noise or 1e-9, 16_000)[: len(clean)]
    speech, found = loud_chunks(clean), verdicts(vad, heard)
    assert found[speech].mean() > 0.85
    assert found[~speech].mean() < 0.15
    onset = int(np.argmax(speech))
    assert found[onset : onset + 6].any(), "speech must be noticed within 200 ms"


def test_steady_noise_is_no_speech(vad):
    noise = pink_noise(6.0, 0.005, 16_000)
    assert verdicts(vad, noise)[30:].mean() < 0.1


def test_reset_forgets_the_past(vad):
    audio = to_16k(speak(SENTENCE))[:8192]
    first = [vad.probability(chunk) for chunk in audio.reshape(-1, VAD_CHUNK)]
    vad.reset()
    again = [vad.probability(chunk) for chunk in audio.reshape(-1, VAD_CHUNK)]
    assert again == pytest.approx(first, abs=0.02)
