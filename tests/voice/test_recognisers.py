"""Every recogniser on real speech, on noise and on audio of odd shapes."""

from __future__ import annotations

import jiwer
import numpy as np
import pytest

from assistant.voice.cascade.catalogue import RECOGNISERS
from assistant.voice.cascade.ports import Recogniser
from tests.fakes.speech import pink_noise, speak, to_16k

SENTENCES = (
    "Hello there, how are you today?",
    "What is the weather like in London this morning?",
    "Remember that my sister has a birthday in May.",
    "Please tell me what you can do for me.",
)
PERSONAS = ("JARVIS", "GLaDOS", "HAL 9000", "TARS", "Samantha", "KITT")


@pytest.fixture(scope="module", params=RECOGNISERS, ids=lambda part: part.key)
def recogniser(request) -> Recogniser:
    request.param.check()
    return request.param.load()


@pytest.fixture(scope="module")
def moonshine() -> Recogniser:
    return next(part for part in RECOGNISERS if part.key == "moonshine").load()


@pytest.fixture(scope="module")
def whisper() -> Recogniser:
    return next(part for part in RECOGNISERS if part.key == "whisper").load()


def words(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum() or letter == " ")


def test_speech_is_understood(recogniser):
    understood = [words(recogniser.transcribe(to_16k(speak(sentence))).text) for sentence in SENTENCES]
    assert jiwer.wer([words(sentence) for sentence in SENTENCES], understood) <= 0.1


@pytest.mark.parametrize(
    "audio",
    [
        np.zeros(0, np.float32),
        np.zeros(1, np.float32),
        np.zeros(90, np.float32),
        np.zeros(16_000, np.float32),
        np.ones(16_000, np.float32),
        pink_noise(2.0, 0.003, 16_000),
        pink_noise(2.0, 0.1, 16_000),
        np.sin(np.arange(16_000) * 0.04).astype(np.float32) * 0.1,
    ],
    ids=["empty", "one", "short", "silent", "stuck", "faint", "noisy", "humming"],
)
def test_without_speech_the_text_is_empty(recogniser, audio):
    assert recogniser.transcribe(audio).text == ""


@pytest.mark.parametrize(
    "audio",
    [np.zeros(16_000, np.float32), *(pink_noise(2.0, 0.02, 16_000, seed) for seed in range(3))],
    ids=["silent", "noise 0", "noise 1", "noise 2"],
)
def test_names_that_are_expected_are_not_heard_in_noise(whisper, audio):
    whisper.set_names(PERSONAS)
    assert whisper.readings(audio) == ()


@pytest.mark.parametrize("name", ["moonshine", "whisper"])
def test_half_a_minute_is_understood(name, request):
    pause = np.zeros(8_000, np.float32)
    audio = np.concatenate([np.concatenate([to_16k(speak(sentence)), pause]) for sentence in SENTENCES * 3])
    text = words(request.getfixturevalue(name).transcribe(audio[: 30 * 16_000]).text)
    assert text.count("weather") >= 2
    assert text.count("birthday") >= 2


def test_speech_cut_off_leaks_nothing_into_moonshines_next_transcript(moonshine):
    unfinished, whole = to_16k(speak(SENTENCES[1])), to_16k(speak(SENTENCES[0]))
    for seconds in (0.7, 1.4, 2.1):
        moonshine.transcribe(unfinished[: int(seconds * 16_000)])
        assert words(moonshine.transcribe(whole).text) == words(SENTENCES[0])


def test_confidence_is_a_probability(recogniser):
    clear = recogniser.transcribe(to_16k(speak(SENTENCES[0])))
    assert 0.5 < clear.confidence <= 1.0


def test_whisper_spells_the_names_it_expects(whisper):
    audio = to_16k(speak("Please change to glad oss."))
    whisper.set_names(PERSONAS)
    assert "GLaDOS" in whisper.readings(audio)[0]
    whisper.set_names(())
    assert "GLaDOS" not in whisper.readings(audio)[0]


def test_expected_names_leave_ordinary_words_alone(whisper):
    whisper.set_names(PERSONAS)
    understood = [words(whisper.readings(to_16k(speak(sentence)))[0]) for sentence in SENTENCES]
    assert jiwer.wer([words(sentence) for sentence in SENTENCES], understood) <= 0.1


def test_whisper_reads_views_and_other_layouts(whisper):
    audio = to_16k(speak(SENTENCES[0]))
    strided = np.repeat(audio, 2)[::2]
    assert whisper.transcribe(strided).text == whisper.transcribe(audio).text
