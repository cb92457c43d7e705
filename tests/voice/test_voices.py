"""The voices speak words that a recogniser understands, whatever persona and text they are given."""

from __future__ import annotations

import time
import wave
from pathlib import Path

import jiwer
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.engine.protocol import SAMPLE_RATE, VoiceSpec
from assistant.errors import VoiceError
from assistant.voice.cascade.effects import EFFECTS
from assistant.voice.cascade.parts import load_recogniser, load_voice
from assistant.voice.cascade.ports import Recogniser, Voice
from assistant.voice.cascade.voices.hibari import trimmed
from assistant.voice.cascade.voices.system_voice import SystemVoice, find_program
from tests.fakes.speech import to_16k
from tests.voice.suite.acoustics import pitch

SENTENCES = (
    "Good evening, how can I help you today?",
    "The weather in London is warm and dry this morning.",
    "I will remember that your sister has a birthday in May.",
)
PLAIN = VoiceSpec()


@pytest.fixture(scope="module")
def hibari() -> Voice:
    return load_voice(without=("system",))[0]


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load_recogniser(without=("whisper", "sphinx"))[0]


def said(voice: Voice, text: str, spec: VoiceSpec = PLAIN) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.float32), *voice.synthesise(text, spec)])


def words(text: str) -> str:
    return "".join(letter for letter in text.lower().replace("-", "") if letter.isalnum() or letter == " ")


def error_rate(voice: Voice, recogniser: Recogniser, spec: VoiceSpec) -> float:
    heard = [words(recogniser.transcribe(to_16k(said(voice, sentence, spec))).text) for sentence in SENTENCES]
    return float(jiwer.wer([words(sentence) for sentence in SENTENCES], heard))


@pytest.mark.parametrize(
    "spec",
    [
        PLAIN,
        VoiceSpec(speed=0.85, pitch=-4),
        VoiceSpec(speed=1.2, pitch=2),
        *(VoiceSpec(effects=(name,)) for name in EFFECTS),
        VoiceSpec(pitch=-3, effects=("ring", "band")),
    ],
    ids=str,
)
def test_every_persona_stays_understandable(hibari, recogniser, spec):
    assert error_rate(hibari, recogniser, spec) <= 0.15


def test_speech_starts_at_once_and_leaves_a_short_pause(hibari):
    audio = said(hibari, "Hello there.")
    loud = np.flatnonzero(np.abs(audio) > 0.01)
    assert loud[0] < 0.1 * SAMPLE_RATE
    assert 0.1 * SAMPLE_RATE < len(audio) - loud[-1] < 0.4 * SAMPLE_RATE
    assert 0.2 < np.abs(audio).max() <= 0.98


@pytest.mark.parametrize("block", [100, 4800, 50_000])
def test_silence_is_cut_before_and_after_but_not_between(block):
    tone = np.full(2400, 0.5, np.float32)
    quiet = [np.zeros(count, np.float32) for count in (7200, 9600, 12_000)]
    sentence = np.concatenate([quiet[0], tone, quiet[1], tone, quiet[2]])
    cut = np.concatenate(list(trimmed(sentence[at : at + block] for at in range(0, len(sentence), block))))
    assert np.array_equal(cut, sentence[7200 - 240 : -12_000 + 6000])
    assert not list(trimmed([quiet[0]]))


def test_the_same_sentence_sounds_the_same(hibari):
    assert np.array_equal(said(hibari, "Hello there."), said(hibari, "Hello there."))


def test_speed_shortens_and_pitch_does_not(hibari):
    plain = len(said(hibari, SENTENCES[1]))
    assert len(said(hibari, SENTENCES[1], VoiceSpec(speed=1.5))) < 0.8 * plain
    assert len(said(hibari, SENTENCES[1], VoiceSpec(pitch=-5))) == pytest.approx(plain, rel=0.15)


def test_audio_comes_piece_by_piece(hibari):
    pieces = hibari.synthesise(" ".join(SENTENCES * 4), PLAIN)
    started = time.process_time()
    first = next(pieces)
    first_after = time.process_time() - started
    rest = list(pieces)
    assert 0 < len(first) <= SAMPLE_RATE // 5
    assert len(rest) > 20
    assert first_after < (time.process_time() - started) / 2


@pytest.mark.parametrize("text", ["", "   ", "😀", "...", "```\nx = 1", "\x00\x1b[31m", "—", "你好"])
def test_text_with_little_to_say_is_no_error(hibari, text):
    assert said(hibari, text).dtype == np.float32


def test_long_text_without_punctuation_is_spoken(hibari):
    assert len(said(hibari, "the quick brown fox " * 60)) > 30 * SAMPLE_RATE


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_any_text_can_be_spoken(hibari, text):
    audio = said(hibari, text)
    assert np.isfinite(audio).all()


def test_an_unknown_effect_is_refused(hibari):
    with pytest.raises(VoiceError, match="no voice effect called 'reverb'"):
        next(hibari.synthesise("Hello.", VoiceSpec(effects=("reverb",))))


def test_a_sentence_that_breaks_the_voice_is_told_and_the_next_one_is_spoken(hibari, monkeypatch):
    def explode(_: str) -> list[str]:
        raise IndexError("list index out of range")

    with monkeypatch.context() as broken:
        broken.setattr(hibari._tts, "phonemize", explode)
        with pytest.raises(VoiceError, match="could not speak a sentence"):
            said(hibari, "Hello.")
    assert len(said(hibari, "Hello."))


def test_the_system_voice_speaks():
    program = find_program()
    assert program is not None, "install espeak-ng for this test"
    voice = SystemVoice(program)
    audio = said(voice, "-v Hello, I am `here`.", VoiceSpec(pitch=-2))
    assert 0.5 * SAMPLE_RATE < len(audio) < 5 * SAMPLE_RATE
    assert np.abs(audio).max() > 0.1
    assert not len(said(voice, "😀"))


@pytest.mark.parametrize("semitones", [-12.0, -9.0, -3.0, 0.0, 4.0])
def test_the_system_voice_has_the_pitch_of_the_packaged_one(semitones):
    program = find_program()
    assert program is not None, "install espeak-ng for this test"
    if program.name == "say":
        pytest.skip("say has no setting for the pitch")
    track = pitch(said(SystemVoice(program), SENTENCES[1], VoiceSpec(pitch=semitones)))
    assert 12 * np.log2(np.nanmedian(track) / 194) == pytest.approx(semitones, abs=1)


def fake_program(folder: Path, name: str, script: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def test_macos_say_is_called_for_a_24_khz_file_with_the_text_on_its_input(tmp_path):
    with wave.open(str(tmp_path / "tone.wav"), "wb") as tone:
        tone.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        tone.writeframes(b"\x00\x10" * 1200)
    script = f'echo "$@" > {tmp_path}/args; cat > {tmp_path}/text; cp {tmp_path}/tone.wav "$4"'
    voice = SystemVoice(fake_program(tmp_path, "say", script))
    assert len(said(voice, "Hello **you**.", VoiceSpec(speed=1.5))) == 1200
    arguments = (tmp_path / "args").read_text()
    assert arguments.startswith("-r 255 -o ")
    assert arguments.endswith("--data-format=LEI16@24000 -f -\n")
    assert (tmp_path / "text").read_text() == "Hello you."


@pytest.mark.parametrize("script", ["exit 1", "exit 0", "head -c 100 /dev/zero > $6"])
def test_a_failing_system_voice_says_what_helps(tmp_path, script):
    voice = SystemVoice(fake_program(tmp_path, "espeak-ng", script))
    with pytest.raises(VoiceError, match=r"system's voice \(espeak-ng\) failed.*hibari-tts"):
        said(voice, "Hello.")
