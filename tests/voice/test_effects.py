"""Effects: what they do to a signal, and that a stream equals the whole."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
from assistant.errors import VoiceError
from assistant.voice.cascade.effects import EFFECTS, make_effects, shape

SECOND = np.arange(SAMPLE_RATE) / SAMPLE_RATE


def tone(frequency: float) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * frequency * SECOND)).astype(np.float32)


def shaped(audio: np.ndarray, spec: VoiceSpec, piece: int = SAMPLE_RATE) -> np.ndarray:
    pieces = [audio[at : at + piece] for at in range(0, len(audio), piece)]
    return np.concatenate(list(shape(pieces, spec)))


def level(audio: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(audio[2400:-2400] ** 2)) + 1e-9))


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_on_a_stream_equals_the_effect_on_the_whole(name):
    noise = np.random.default_rng(3).standard_normal(SAMPLE_RATE).astype(np.float32) * 0.1
    spec = VoiceSpec(effects=(name,))
    assert shaped(noise, spec, piece=777) == pytest.approx(shaped(noise, spec), abs=1e-5)


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_changes_the_sound_but_hardly_its_loudness(name):
    noise = np.random.default_rng(3).standard_normal(SAMPLE_RATE).astype(np.float32) * 0.05
    changed = shaped(noise, VoiceSpec(effects=(name,)))
    assert abs(level(changed) - level(noise)) < 9
    assert not np.allclose(changed[: len(noise)], noise, atol=1e-3)


def test_without_effects_nothing_changes():
    assert np.array_equal(shaped(tone(440), VoiceSpec()), tone(440))


def test_band_keeps_the_middle_only():
    band = VoiceSpec(effects=("band",))
    assert level(shaped(tone(1000), band)) - level(tone(1000)) == pytest.approx(3.5, abs=1)
    assert level(shaped(tone(100), band)) < level(tone(100)) - 20
    assert level(shaped(tone(8000), band)) < level(tone(8000)) - 40


def test_warm_is_darker_than_crisp():
    def tilt(name: str) -> float:
        spec = VoiceSpec(effects=(name,))
        return level(shaped(tone(100), spec)) - level(shaped(tone(6000), spec))

    assert tilt("warm") > 8
    assert tilt("crisp") < -8


def test_room_rings_on_after_the_last_sample():
    click = np.zeros(SAMPLE_RATE, np.float32)
    click[-1] = 0.5
    rest = shaped(click, VoiceSpec(effects=("room",)))[SAMPLE_RATE:]
    assert 0.1 * SAMPLE_RATE < len(rest) < 0.3 * SAMPLE_RATE
    assert np.abs(rest[:1000]).max() > 10 * np.abs(rest[-200:]).max()


def test_effects_are_chained_with_their_tails():
    out = shaped(tone(500), VoiceSpec(effects=("room", "chorus", "band")))
    assert len(out) > SAMPLE_RATE + 4000
    assert np.abs(out).max() <= 0.98


def test_loud_audio_is_limited():
    assert np.abs(shaped(tone(440) * 10, VoiceSpec(effects=("metal",)))).max() <= 0.98


def test_blocks_are_short_so_that_playing_starts_early():
    assert max(len(block) for block in shape([tone(440)], VoiceSpec())) <= SAMPLE_RATE // 5


def test_an_unknown_effect_is_refused_with_the_known_ones():
    with pytest.raises(VoiceError, match=r"reverb.*Known effects: band, chorus"):
        make_effects(("warm", "reverb"))


def test_silence_and_nothing_go_through():
    everything = VoiceSpec(effects=tuple(EFFECTS))
    assert not len(list(shape([], VoiceSpec())))
    assert np.abs(shaped(np.zeros(4800, np.float32), everything)).max() < 1e-6
