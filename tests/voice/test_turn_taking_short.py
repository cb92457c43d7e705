"""The short forms of the suite's sections on turns: pauses waited through, noise that is no turn."""

from __future__ import annotations

import numpy as np

from assistant.conversation.updates import PersonaChanged
from tests.fakes.speech import RATE, speak
from tests.voice.suite.noises import babble, speech_level
from tests.voice.suite.sections import noise, patience
from tests.voice.suite.session import converse


def test_thinking_pauses_are_waited_through() -> None:
    section = patience.measure(short=True)
    cut_off, wait, *_ = section.figures
    assert cut_off.count >= 8
    # One of so few may be a sentence that could have been over at its pause.
    assert cut_off.value <= 100 / cut_off.count, section.notes
    assert wait.value < 900


def test_noise_opens_at_most_one_turn_and_runs_no_tool() -> None:
    section = noise.measure(short=True)
    assert all(figure.holds for figure in section.figures), section


def test_a_request_is_understood_in_front_of_people_who_talk_on() -> None:
    request = speak("Change to Samantha.")
    elsewhere = babble(13.0, seed=7)
    level = 10 ** (-10 / 20) * speech_level(request) / np.sqrt(np.mean(np.square(elsewhere)))
    said = elsewhere * level
    said[7 * RATE : 7 * RATE + len(request)] += request
    heard = converse(np.asarray(said * (0.08 / speech_level(request)), np.float32))
    assert "samantha" in [update.slug for update in heard.updates if isinstance(update, PersonaChanged)]
