"""Another language is told from English by two recognisers that disagree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.engine.protocol import InputFinished, TurnDoubted, UserTurn
from assistant.voice.cascade.doubt import is_doubtful, may_be_doubted
from assistant.voice.cascade.loaded import Parts
from assistant.voice.cascade.name_listening import NameListener
from assistant.voice.cascade.ports import Samples, Transcript
from tests.fakes.conversation import FakeConversation
from tests.fakes.tones import FakeRecogniser, FakeVad, FakeVoice, silence, tones
from tests.fakes.transport import FakeTransport

SAID = "tell me something about the sea"


@pytest.mark.parametrize(
    ("first", "second", "confidence"),
    [
        ("In the blue tone, we get to see the coyote.", "Go to modern, we get a scene in Poiter.", 0.29),
        ("I can't do anything.", "I'm not gonna do this one soon, I'm in.", 0.28),
        ("That's what we're going to learn.", "", 0.0),
    ],
)
def test_what_two_recognisers_hear_differently_is_doubtful(
    first: str, second: str, confidence: float
) -> None:
    assert may_be_doubted(Transcript(first))
    assert is_doubtful(Transcript(first), Transcript(second, confidence))


@pytest.mark.parametrize(
    ("first", "second", "confidence"),
    [
        ("Remember that my sister is called Ingrid.", "remember now my sister is called ingrid", 0.46),
        ("What is the capital of Canuckistan?", "What is the capital of Kanak's Town?", 0.49),
        ("Where is the nearest train station?", "Bring me another tray of it.", 0.9),
    ],
)
def test_english_that_is_hard_to_hear_is_not(first: str, second: str, confidence: float) -> None:
    assert not is_doubtful(Transcript(first), Transcript(second, confidence))


def test_a_recogniser_that_is_sure_of_nothing_is_doubted_alone() -> None:
    assert is_doubtful(Transcript(SAID, 0.2), Transcript(SAID, 0.2))
    assert not may_be_doubted(Transcript("Change to Samantha."))


class Second(FakeRecogniser):
    """Understands something else."""

    def __init__(self, transcript: Transcript) -> None:
        super().__init__()
        self.transcript = transcript

    def transcribe(self, audio: Samples) -> Transcript:
        return self.transcript

    def set_names(self, names: Sequence[str]) -> None:
        pass

    def readings(self, audio: Samples) -> tuple[str, ...]:
        return ()


@pytest.mark.parametrize(
    ("second", "doubted"),
    [(Transcript("where is my little shoe", 0.2), True), (Transcript(SAID, 0.9), False)],
)
def test_the_turn_is_doubted_after_its_answer_has_begun(second: Transcript, doubted: bool) -> None:
    listener = NameListener(Second(second), ("glados",))
    parts = Parts(FakeVad(), FakeRecogniser(), FakeVoice(), name_listener=listener)
    transport = FakeTransport(np.concatenate((tones(SAID), silence(4))))
    with FakeConversation(transport, lambda text: ["it is wet"], parts) as talk:
        turn = talk.wait_for(UserTurn)
        talk.wait_for(InputFinished)
    assert [event.turn for event in talk.all(TurnDoubted)] == ([turn.turn] if doubted else [])
