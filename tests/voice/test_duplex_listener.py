"""A listener on the talker's own codes, beside the cascade's recogniser, seen from the audio thread."""

from __future__ import annotations

import numpy as np

from assistant.engine.protocol import (
    EndReply,
    PartialTranscript,
    UserSpeechStarted,
    UserTurn,
)
from assistant.voice.duplex.pipeline import Codes
from assistant.voice.duplex.user_words import FIRST_TURN, LATE_S, UserWords, Words
from tests.fakes.talker import ScriptedTalker
from tests.voice.test_duplex import running
from tests.voice.test_duplex_announcing import Router, say

NUMBER = FIRST_TURN + 1


class ScriptedEars:
    """Hears what is written down, a frame each."""

    def __init__(self, script: list[Words]) -> None:
        self.script = script
        self.heard: list[Codes] = []
        self.resets = 0

    def hear(self, codes: Codes) -> Words:
        self.heard.append(codes)
        return self.script.pop(0) if self.script else Words("")

    def reset(self) -> None:
        self.resets += 1


def talker_with(script: list[Words]) -> tuple[ScriptedTalker, ScriptedEars]:
    talker, ears = ScriptedTalker(), ScriptedEars(script)
    talker.listener = ears
    return talker, ears


def test_words_are_shown_as_they_come_and_a_turn_ends_where_it_says() -> None:
    said = [Words(""), Words("Hello"), Words(" there"), Words(""), Words(".", "Hello there.")]
    talker, ears = talker_with(said)
    with running(talker) as loop:
        assert loop.duplex.has_listener
        loop.run(10)
        (started,) = loop.all(UserSpeechStarted)
        assert [event.text for event in loop.all(PartialTranscript)] == [
            "Hello",
            "Hello there",
            "Hello there.",
        ]
        (turn,) = loop.all(UserTurn)
        assert (turn.turn, turn.text) == (started.turn, "Hello there.") == (NUMBER, "Hello there.")
        assert started.at <= turn.speech_end <= turn.endpoint - LATE_S
        assert len(ears.heard) == len(talker.heard), "the very frames that the talker hears"


def test_what_the_cascade_hears_meanwhile_counts_only_while_the_talker_is_held() -> None:
    talker, ears = talker_with([])
    with running(talker) as loop:
        loop.run(2)
        overheard = [UserSpeechStarted(1, 0.0), UserTurn(1, "Hello.", 0.0, 0.0, 0.0)]
        assert all(loop.duplex.overhears(event) for event in overheard)
        assert not loop.duplex.overhears(UserTurn(NUMBER, "Hello.", 0.0, 0.0, 0.0))
        loop.is_announcing = True
        loop.run(2)
        assert not loop.duplex.overhears(UserSpeechStarted(2, 0.0))
        loop.is_announcing = False
        loop.run(2)
        assert not loop.duplex.overhears(UserTurn(2, "Stop.", 0.0, 0.0, 0.0)), "it began before"
        assert loop.duplex.overhears(UserSpeechStarted(3, 0.0))
        assert ears.resets == 2, "what was said meanwhile is not known"


def test_a_turn_that_is_cut_by_an_announcement_ends_there() -> None:
    talker, _ = talker_with([Words("Change to"), Words(" Jarvis")])
    with running(talker) as loop:
        loop.run(4)
        assert not loop.all(UserTurn)
        loop.is_announcing = True
        loop.run(1)
        assert [turn.text for turn in loop.all(UserTurn)] == ["Change to Jarvis"]


def test_a_turn_goes_on_through_what_the_talker_says_word_for_word() -> None:
    talker, ears = talker_with(
        [Words("Tell"), Words(" me"), *[Words("")] * 4, Words(" more", "Tell me more")]
    )
    with running(talker) as loop:
        loop.run(3)
        Router(loop).take(say(1, "One moment."), EndReply(1))
        loop.run(12)
        assert [turn.text for turn in loop.all(UserTurn)] == ["Tell me more"]
        assert ears.resets == 1


def test_where_frames_are_lost_it_goes_first_and_the_cascade_listens() -> None:
    talker, ears = talker_with([Words("Hel")])
    with running(talker) as loop:
        loop.run(2)
        talker.gate.clear()
        loop.run(20, waits=False)
        talker.gate.set()
        while loop.duplex.is_busy:
            loop.take()
        loop.duplex._pace._looked_at = 0.0
        (news,) = loop.duplex.advance(loop.transport.time, is_held=False)
        assert "listener is off" in news
        assert not loop.duplex.has_listener
        assert [turn.text for turn in loop.all(UserTurn)] == ["Hel"]
        assert not loop.duplex.overhears(UserSpeechStarted(1, 0.0))
        before = len(ears.heard)
        loop.run(3)
        assert len(ears.heard) == before


def test_turns_over_the_talkers_words_say_so() -> None:
    user = UserWords()
    assert not user.take(Words(""), 1.0, is_audible=True)
    user.take(Words("Wait"), 1.1, is_audible=True)
    (turn,) = user.take(Words("", "Wait"), 1.2, is_audible=False)
    assert isinstance(turn, UserTurn)
    assert turn.over_speech
    assert not user.has_open_turn


def test_the_talker_takes_the_first_codes_of_more() -> None:
    """Mimi's first eight codes of a frame are the same however many follow."""
    talker, ears = talker_with([])
    talker.make_encoder = lambda: lambda samples: np.arange(32, dtype=np.int32)  # type: ignore[method-assign]
    with running(talker) as loop:
        loop.run(2)
        assert ears.heard[0].tolist() == list(range(32))
