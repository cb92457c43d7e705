"""The vocoder: pitch and formants move without each other, and untouched it says what the network meant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
from assistant.voice.cascade.voices.vocoder import BINS, HOP, Frames, sound
from tests.voice.suite import acoustics

SILENT = -20.0
HERTZ = np.arange(BINS) * 20.0
FORMANTS = (600.0, 1300.0, 2600.0)


def vowel(count: int = 80, pitch: float = 200.0, sway: float = 0.0) -> Frames:
    """A vowel with resonances at ``FORMANTS``; its pitch goes up and down by ``sway`` semitones."""
    shape = -6.0 - HERTZ / 4000.0
    for centre in FORMANTS:
        shape = np.logaddexp(shape, -2.5 - ((HERTZ - centre) / 150.0) ** 2 / 2.0)
    filters = np.tile(shape.astype(np.float32), (count, 1))
    quiet, still = np.full_like(filters, SILENT), np.zeros_like(filters)
    track = pitch * 2.0 ** (sway / 12.0 * np.sin(2 * np.pi * np.arange(count) / 80))
    return Frames(track.astype(np.float32), filters, still, quiet, quiet, still)


def said(frames: Frames, spec: VoiceSpec) -> np.ndarray:
    return np.concatenate(list(sound(frames, spec, seed=1)))


def middle(audio: np.ndarray) -> float:
    """The pitch in the middle between the lowest and the highest, in Hz."""
    low, high = np.nanpercentile(acoustics.pitch(audio), (2, 98))
    return float(np.sqrt(low * high))


def peaks(audio: np.ndarray) -> list[float]:
    """The loudest frequency near each formant, wherever it may have moved, from the smoothed spectrum."""
    spectrum = np.abs(np.fft.rfft(audio[4800:-4800] * np.hanning(len(audio) - 9600)))
    hertz = np.fft.rfftfreq(len(audio) - 9600, 1 / SAMPLE_RATE)
    width = int(400 / (hertz[1] - hertz[0]))
    smooth = np.convolve(spectrum**2, np.hanning(width), "same")
    bands = [(hertz > 0.75 * centre) & (hertz < 1.3 * centre) for centre in FORMANTS]
    return [float(hertz[band][np.argmax(smooth[band])]) for band in bands]


@pytest.mark.parametrize("semitones", [-8.0, -5.0, 4.0])
def test_pitch_moves_and_formants_stay(semitones):
    changed = said(vowel(pitch=130.0, sway=1.5), VoiceSpec(pitch=semitones))
    expected = 130.0 * 2.0 ** (semitones / 12.0)
    assert middle(changed) == pytest.approx(expected, rel=0.02)
    assert peaks(changed) == pytest.approx(FORMANTS, rel=0.06)


@pytest.mark.parametrize("factor", [0.82, 0.9, 1.15])
def test_formants_move_and_pitch_stays(factor):
    changed = said(vowel(pitch=110.0, sway=1.5), VoiceSpec(formants=factor))
    assert middle(changed) == pytest.approx(110.0, rel=0.02)
    assert peaks(changed) == pytest.approx([factor * centre for centre in FORMANTS], rel=0.06)


@pytest.mark.parametrize(("intonation", "width"), [(0.0, 0.0), (0.5, 2.0), (2.0, 8.0)])
def test_intonation_widens_the_melody_around_its_middle(intonation, width):
    track = acoustics.pitch(said(vowel(160, sway=2.0), VoiceSpec(intonation=intonation)))
    low, high = np.nanpercentile(track, (2, 98))
    assert 12 * np.log2(high / low) == pytest.approx(width, abs=0.5)
    assert np.sqrt(low * high) == pytest.approx(200.0, rel=0.02)


@pytest.mark.parametrize(
    "spec", [VoiceSpec(pitch=-10, formants=0.85), VoiceSpec(pitch=4, formants=1.1)], ids=str
)
def test_loudness_stays(spec):
    def level(audio: np.ndarray) -> float:
        return float(10 * np.log10(np.mean(audio[2400:-2400] ** 2)))

    assert level(said(vowel(), spec)) == pytest.approx(level(said(vowel(), VoiceSpec())), abs=2)


def test_blocks_follow_each_other_without_a_seam():
    audio = said(vowel(pitch=240.0), VoiceSpec())
    period = audio[4800:9600].reshape(-1, 100)
    assert np.abs(period - period[0]).max() < 0.02 * np.abs(period).max()
    whole = audio[2400 : 2400 + 100 * (len(audio) // 100 - 48)].reshape(-1, 100)
    assert np.abs(whole - whole[0]).max() < 0.05 * np.abs(whole).max()


def test_what_is_sung_holds_whole_tones():
    track = acoustics.pitch(said(vowel(160, sway=4.0), VoiceSpec(sung=True)))
    tones = 12 * np.log2(track[np.isfinite(track)] / 200.0) / 2
    assert set(np.rint(tones)) >= {-2, -1, 0, 1, 2}
    assert np.median(np.abs(tones - np.rint(tones))) < 0.05


@pytest.mark.parametrize("speed", [0.5, 0.9, 1.1, 2.0])
def test_speed_changes_nothing_but_the_length(speed):
    changed = said(vowel(160, sway=1.5), VoiceSpec(speed=speed))
    assert len(changed) == pytest.approx(160 * HOP / speed, abs=HOP)
    assert middle(changed) == pytest.approx(200.0, rel=0.02)


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 33])
def test_every_frame_is_heard(count):
    blocks = list(sound(vowel(count), VoiceSpec(), seed=1))
    assert sum(map(len, blocks)) == count * HOP
    assert max(map(len, blocks)) <= SAMPLE_RATE // 5 + 2 * HOP


def test_what_has_no_pitch_stays_without():
    hiss = replace(vowel(), pitch=np.zeros(80, np.float32), noise=vowel().harmonics - 1.0)
    assert not np.isfinite(acoustics.pitch(said(hiss, VoiceSpec(pitch=-7, formants=0.9)))).any()
    assert np.array_equal(said(hiss, VoiceSpec()), said(hiss, VoiceSpec()))


def test_untouched_it_is_the_networks_own_sound():
    from hibari import dsp

    rng = np.random.default_rng(5)
    frames = replace(
        vowel(60, sway=1.0),
        harmonics_phase=rng.uniform(-1, 1, (1, BINS)).astype(np.float32).repeat(60, 0),
        free=np.full((60, BINS), -6.0, np.float32),
    )
    theirs = dsp.synth(
        frames.harmonics.T,
        np.arctanh(frames.harmonics_phase.T / np.pi),
        frames.noise.T,
        frames.free.T,
        frames.free_phase.T,
        frames.pitch,
        rng,
    )
    inner = slice(1200, -1200)
    difference = said(frames, VoiceSpec())[inner] - theirs[inner]
    assert np.sqrt(np.mean(difference**2)) < 0.01 * np.sqrt(np.mean(theirs[inner] ** 2))
