"""The real speech parts in a room with open speakers: echo path, cancellation, turns and barge-in as one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.audio.echo import best_echo
from assistant.engine.echo_words import words_of
from assistant.engine.host import load_parts
from assistant.engine.protocol import EngineConfig, InputFinished, SpeechFinished, UserSpeechStarted, UserTurn
from assistant.voice.cascade.loaded import Parts
from tests.fakes.conversation import FakeConversation
from tests.fakes.speech import RATE, pink_noise, speak
from tests.fakes.transport import FakeTransport
from tests.voice.suite.over_the_answer import words_shared

ANSWER = [
    "There are seven lamps on the table in the library, and every one of them is made of green glass.",
    "My grandmother bought them in the winter, when the river was frozen and the market stood on the ice.",
]
QUESTION = "Wait, what is your name?"


@pytest.fixture(scope="module")
def loaded() -> Parts:
    return load_parts(EngineConfig())


def room(level: float, delay_s: float = 0.03) -> NDArray[np.float32]:
    """An impulse response: the direct way, then 200 ms that die away."""
    count = int(0.2 * RATE)
    tail = np.random.default_rng(3).standard_normal(count) * np.exp(-np.arange(count) / (0.04 * RATE))
    response = np.concatenate((np.zeros(int(delay_s * RATE)), tail))
    return np.asarray(level * response / np.sqrt(np.sum(response**2)), np.float32)


def quiet(seconds: float) -> NDArray[np.float32]:
    return pink_noise(seconds, 0.0007)


@pytest.mark.parametrize("level", [0.1, 0.5])
def test_its_own_voice_in_the_room_does_not_interrupt_it(loaded: Parts, level: float) -> None:
    parts = replace(loaded, echo=best_echo())
    transport = FakeTransport(np.concatenate((speak("Hello there."), quiet(16))), echo=room(level))
    with FakeConversation(transport, lambda text: ANSWER if "ello" in text else [], parts) as talk:
        talk.wait_for(InputFinished, timeout_s=60)
    assert talk.wait_for(SpeechFinished) == SpeechFinished(1, " ".join(ANSWER), False)
    assert [words_of(turn.text) for turn in talk.all(UserTurn) if turn.text] == [["hello", "there"]]
    assert len(talk.all(UserSpeechStarted)) <= 2


@pytest.mark.parametrize(("level", "later_s"), [(0.0, 0.0), (0.1, 0.0), (0.3, 0.0), (0.3, 0.017), (0.3, 0.4)])
def test_the_user_can_talk_over_it_in_the_room(loaded: Parts, level: float, later_s: float) -> None:
    parts = replace(loaded, echo=best_echo())
    user = (speak("Hello there."), quiet(4.9 + later_s), speak(QUESTION), quiet(5))
    transport = FakeTransport(np.concatenate(user), echo=room(level))

    def answer(text: str) -> list[str]:
        return ANSWER if "ello" in text else []

    with FakeConversation(transport, answer, parts) as talk:
        talk.wait_for(InputFinished, timeout_s=60)
    cut = talk.wait_for(SpeechFinished)
    assert cut.interrupted
    assert " ".join(ANSWER).startswith(cut.text)
    assert 8 <= len(cut.text.split()) <= 24
    last = talk.all(UserTurn)[-1]
    assert last.over_speech
    # Cancellation costs the user's voice some decibels where both speak: words of it may be misheard.
    assert len(words_shared(words_of(QUESTION), words_of(last.text))) >= 2, last.text
