"""Listening once more to what may ask for a persona: when, with which part, and at no cost to the rest."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from assistant.voice.cascade.name_listening import NameListener, may_ask_for_persona
from assistant.voice.cascade.parts import load_name_recogniser
from assistant.voice.cascade.ports import Samples, Transcript
from assistant.voice.cascade.recognition import Job, JobKind, Recognised, RecognitionWorker
from tests.fakes.speech import pink_noise
from tests.voice.suite.noises import with_noise

NAMES = ("Nova", "GLaDOS", "HAL 9000", "JARVIS", "KITT", "Samantha", "TARS")
AUDIO = np.zeros(16_000, np.float32)


class Recogniser:
    """Hears what it is given; ``readings`` fails where there is nothing to hear."""

    name = "given"

    def __init__(self, text: str, readings: tuple[str, ...] | None = None) -> None:
        self.text, self.found = text, readings
        self.names: Sequence[str] = ()

    def transcribe(self, audio: Samples) -> Transcript:
        return Transcript(self.text)

    def set_names(self, names: Sequence[str]) -> None:
        self.names = names

    def readings(self, audio: Samples) -> tuple[str, ...]:
        if self.found is None:
            raise RuntimeError("made to fail")
        return self.found


def ready(recogniser: Recogniser) -> NameListener:
    return NameListener(recogniser, NAMES)


def recognised(text: str, listener: NameListener, kind: JobKind = JobKind.SPECULATIVE) -> list[Recognised]:
    """What a worker reports of one job that reads ``text``."""
    found: list[Recognised] = []
    done = threading.Event()

    def deliver(result: Recognised) -> None:
        found.append(result)
        if result.is_final:
            done.set()

    worker = RecognitionWorker(Recogniser(text), deliver, listener)
    worker.submit(Job(1, kind, 0, AUDIO))
    assert done.wait(5)
    worker.stop()
    return found


@pytest.mark.parametrize(
    "text",
    [
        "Change to glad us.",
        "Twitched to tars",
        "Bring back your this.",
        "How 9000!",
        "some anger please",
        "Jervis",
    ],
)
def test_what_may_ask_for_a_persona_is_listened_to_again(text):
    assert may_ask_for_persona(text, NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "What is the capital of France?",
        "Thank you.",
        "Why is the sky blue?",
        "It was a long time ago.",
        "Who are you?",
        "How are you?",
    ],
)
def test_what_asks_for_nobody_costs_no_second_decode(text):
    assert not may_ask_for_persona(text, NAMES)


def test_the_first_transcript_comes_before_the_readings():
    closer = Recogniser("", ("Change to GLaDOS.",))
    first, last = recognised("Change to glad us.", ready(closer))
    assert closer.names == NAMES
    assert (first.is_final, first.transcript) == (False, Transcript("Change to glad us."))
    assert last.transcript == Transcript("Change to glad us.", readings=("Change to GLaDOS.",))


def test_a_partial_transcript_is_not_listened_to_again():
    assert len(recognised("Change to glad us.", ready(Recogniser("", ())), JobKind.PARTIAL)) == 1


def test_where_the_closer_recogniser_fails_the_first_transcript_does():
    *_, last = recognised("Change to glad us.", ready(Recogniser("", None)))
    assert last.transcript == Transcript("Change to glad us.")


def test_in_noise_anything_short_is_listened_to_again():
    speech = np.concatenate([AUDIO / 2, np.sin(np.arange(16_000) * 0.05), AUDIO / 2]).astype(np.float32)
    listener = ready(Recogniser("", ()))
    assert not listener.wants("It was a long time ago.", speech)
    assert listener.wants("It was a long time ago.", with_noise(speech, pink_noise(3.0, 0.1, 16_000), 10.0))
    assert not listener.wants("", with_noise(speech, pink_noise(3.0, 0.1, 16_000), 10.0))


def test_a_long_speech_is_no_request():
    assert not ready(Recogniser("", ())).wants("Change to glad us.", np.zeros(9 * 16_000, np.float32))


def test_the_recogniser_at_work_listens_for_names_itself_where_it_can():
    able = Recogniser("", ())
    assert load_name_recogniser(able) is able


def test_names_are_listened_for_beside_a_recogniser_that_cannot():
    found = load_name_recogniser(object())
    assert found is not None
    assert found.name == "Whisper tiny.en"
    assert load_name_recogniser(object(), without=("whisper",)) is None
