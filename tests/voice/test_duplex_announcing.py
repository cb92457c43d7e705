"""A talker that says what it is told to, word for word, seen from the audio thread."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.engine.monologue_protocol import BeginAnew, HoldMonologue, MonologueCall, MonologueEnded
from assistant.engine.protocol import (
    CancelSpeech,
    EndReply,
    Event,
    Say,
    SpeechFinished,
    SpeechHeard,
    SpeechStarted,
    VoiceSpec,
)
from assistant.voice.cascade.announcing import Announcing
from assistant.voice.cascade.playout import Playout
from tests.fakes.talker import LOUD, ScriptedTalker
from tests.voice.test_duplex import CALL, Loop, running


class Router:
    """The loop's talker beside an embedded voice, for which nobody makes sound."""

    def __init__(self, loop: Loop, *, is_forced: bool = True) -> None:
        self.playout = Playout()
        self.events: list[Event] = loop.events
        self._announcing = Announcing(self.playout, loop.duplex, is_forced=is_forced)

    def take(self, *commands: Say | EndReply | CancelSpeech) -> None:
        for command in commands:
            self.events += self._announcing.take(command)


def say(generation: int, text: str) -> Say:
    return Say(generation, text, VoiceSpec())


def test_it_says_the_words_and_tells_them_when_they_are_heard() -> None:
    talker = ScriptedTalker([" I", " was", " about", " to"])
    with running(talker) as loop:
        loop.run(3)
        router = Router(loop)
        router.take(say(4, "You chose"), say(4, "GLaDOS."), EndReply(4))
        assert loop.all(MonologueEnded) == [MonologueEnded(1, interrupted=True)]
        assert loop.duplex.is_announcing
        loop.run(2)
        assert not loop.all(SpeechHeard), "said, and not yet out of the speaker"
        loop.run(8)
        assert [event.generation for event in loop.all(SpeechStarted)] == [4]
        assert [event.text for event in loop.all(SpeechHeard)] == ["You", "You chose", "You chose GLaDOS."]
        assert loop.all(SpeechFinished) == [SpeechFinished(4, "You chose GLaDOS.")]
        assert not loop.duplex.is_announcing
        assert " You chose GLaDOS." in loop.spoken
        assert router.playout.is_idle
        assert np.abs(loop.transport.heard[-1920:]).max() == pytest.approx(LOUD, abs=0.01)


def test_between_sentences_it_waits_and_then_speaks_freely_again() -> None:
    talker = ScriptedTalker()
    with running(talker) as loop:
        router = Router(loop)
        router.take(say(1, "Let me look."))
        loop.run(20)
        assert not loop.all(SpeechFinished)
        talker.script.append(" Hm")
        router.take(say(1, "It is ten."), EndReply(1))
        loop.run(20)
        assert loop.all(SpeechHeard)[-1] == SpeechHeard(1, "Let me look. It is ten.")
        assert loop.all(SpeechFinished) == [SpeechFinished(1, "Let me look. It is ten.")]
        assert loop.words == " Hm"


def test_its_announcements_are_never_searched_for_tool_calls() -> None:
    with running(ScriptedTalker()) as loop:
        Router(loop).take(say(1, CALL), EndReply(1))
        loop.run(20)
        assert not loop.all(MonologueCall)
        assert loop.all(SpeechFinished) == [SpeechFinished(1, CALL)]
        played = np.abs(loop.transport.heard[-6 * 1920 :]).reshape(-1, 1920).max(axis=1)
        assert played.min() > 0


def test_broken_off_it_falls_silent_and_tells_what_was_heard() -> None:
    with running(ScriptedTalker()) as loop:
        router = Router(loop)
        router.take(say(1, "One two three four five six seven eight nine."))
        loop.run(6)
        heard = loop.all(SpeechHeard)[-1].text
        router.take(CancelSpeech(1))
        assert loop.duplex.is_announcing, "nothing older than this answer is wanted"
        router.take(CancelSpeech(2))
        assert loop.all(SpeechFinished) == [SpeechFinished(1, heard, interrupted=True)]
        router.take(say(1, "Too late."))
        assert not loop.duplex.is_announcing
        before = len(loop.transport.heard)
        loop.run(1)
        assert not np.abs(loop.transport.heard[before + 240 :]).any(), "what was written is discarded"
        loop.run(6)
        assert len(loop.all(SpeechFinished)) == 1
        assert loop.all(SpeechHeard)[-1].text == heard


def test_a_newer_answer_takes_its_place() -> None:
    with running(ScriptedTalker()) as loop:
        router = Router(loop)
        router.take(say(1, "One two three four five."))
        loop.run(4)
        router.take(say(3, "Stop."), EndReply(3))
        loop.run(8)
        assert [(event.generation, event.interrupted) for event in loop.all(SpeechFinished)] == [
            (1, True),
            (3, False),
        ]


def test_asleep_it_announces_and_rests_again() -> None:
    talker = ScriptedTalker()
    with running(talker) as loop:
        loop.duplex.take(HoldMonologue(True))
        loop.run(3)
        Router(loop).take(say(1, "I am asleep."), EndReply(1))
        loop.run(12)
        assert loop.all(SpeechFinished) == [SpeechFinished(1, "I am asleep.")]
        stepped = len(talker.heard)
        loop.run(5)
        assert len(talker.heard) == stepped


def test_a_new_persona_introduces_itself() -> None:
    talker = ScriptedTalker()
    with running(talker) as loop:
        loop.duplex.take(BeginAnew("You are Nova.", "NATF2"))
        Router(loop).take(say(1, "Nova here."), EndReply(1))
        loop.run(8)
        assert [each.prompt for each in talker.begun] == ["You are Nova."]
        assert loop.all(SpeechFinished) == [SpeechFinished(1, "Nova here.")]


def test_one_that_fails_in_the_middle_ends_its_announcement() -> None:
    talker = ScriptedTalker()
    with running(talker) as loop:
        router = Router(loop)
        router.take(say(1, "One two three four five."))
        loop.run(3)
        talker.fails = RuntimeError("metal")
        loop.run(1, waits=False)
        loop.take()
        (finished,) = loop.all(SpeechFinished)
        assert finished.interrupted
        assert not loop.duplex.is_announcing


def test_the_embedded_voice_says_it_where_that_is_wanted_and_what_it_has_begun() -> None:
    with running(ScriptedTalker()) as loop:
        embedded = Router(loop, is_forced=False)
        embedded.take(say(1, "Hello."))
        assert not embedded.playout.is_idle
        assert not loop.duplex.is_announcing
        router = Router(loop)
        router.playout.say(say(1, "Hello."))
        router.take(say(1, "There."), EndReply(1))
        assert not loop.duplex.is_announcing
        router.take(say(2, "Newer."))
        assert loop.all(SpeechFinished) == [SpeechFinished(1, "", interrupted=True)]
        assert loop.duplex.is_announcing
