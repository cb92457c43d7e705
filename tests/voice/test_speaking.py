"""Sentences made ahead: ready when they are wanted, never heard when they are not."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest
import soxr

from assistant.engine.protocol import CancelSpeech, EndReply, Event, Prepare, Say, SpeechStarted, VoiceSpec
from assistant.voice.cascade.playout import Playout
from assistant.voice.cascade.ports import Samples
from assistant.voice.cascade.speaking import Speaking
from assistant.voice.cascade.synthesis import Piece, SentenceDone
from tests.fakes.tones import FakeVoice, silence, understand
from tests.fakes.transport import FakeTransport

VOICE = VoiceSpec()


class GatedVoice(FakeVoice):
    """Waits before each sentence until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Semaphore(0)

    def synthesise(self, text: str, spec: VoiceSpec) -> Iterator[Samples]:
        for piece in super().synthesise(text, spec):
            assert self.gate.acquire(timeout=10)
            yield piece


class Stage:
    """Speaking and playout on a fake speaker."""

    def __init__(self, voice: FakeVoice) -> None:
        self.transport = FakeTransport(silence(0))
        self.transport.open()
        self.playout = Playout()
        self.playout.attach(self.transport)
        self.made: queue.Queue[Piece | SentenceDone] = queue.Queue()
        self.events: list[Event] = []
        self.speaking = Speaking(voice, self.playout, self.made.put, self.events.append)

    def take(self, count: int) -> None:
        for _ in range(count):
            self.speaking.take(self.made.get(timeout=10))
            self.speaking.advance(True)

    def play(self, seconds: float) -> str:
        for _ in range(round(seconds * 100)):
            self.speaking.advance(True)
            self.events += self.playout.advance(self.transport.time)
            self.transport.read(0)
        return understand(soxr.resample(self.transport.heard, 24_000, 16_000))


@pytest.fixture
def voice() -> FakeVoice:
    return FakeVoice()


def test_a_sentence_made_ahead_is_heard_in_the_very_next_block(voice: FakeVoice) -> None:
    stage = Stage(voice)
    stage.speaking.prepare(Prepare("good morning", VOICE))
    stage.speaking.advance(True)
    stage.take(3)
    assert stage.play(0.5) == "", "nobody has asked for it yet"
    stage.playout.say(Say(1, "good morning", VOICE))
    stage.playout.end_reply(1)
    asked = stage.transport.time
    assert stage.play(2) == "good morning"
    started = next(event for event in stage.events if isinstance(event, SpeechStarted))
    assert started.at - asked <= 0.011
    assert started.synthesis_s == 0.0
    assert voice.spoken == ["good morning"], "it was not made twice"


def test_what_is_half_made_ahead_is_finished_for_its_answer() -> None:
    voice = GatedVoice()
    stage = Stage(voice)
    stage.speaking.prepare(Prepare("one two three", VOICE))
    stage.speaking.advance(True)
    voice.gate.release()
    stage.take(1)
    stage.playout.say(Say(1, "one two three", VOICE))
    stage.speaking.advance(True)
    voice.gate.release(2)
    stage.take(3)
    assert stage.play(2) == "one two three"
    assert voice.spoken == ["one two three"]


def test_another_answer_does_not_wait_for_what_was_made_ahead() -> None:
    voice = GatedVoice()
    stage = Stage(voice)
    stage.speaking.prepare(Prepare("one two three four five", VOICE))
    stage.speaking.advance(True)
    stage.playout.say(Say(1, "yes", VOICE))
    stage.speaking.advance(True)
    voice.gate.release(2)
    stage.take(2)
    assert stage.play(1) == "yes"
    assert voice.spoken == ["one two three four five", "yes"]


def test_another_voice_says_it_afresh(voice: FakeVoice) -> None:
    stage = Stage(voice)
    stage.speaking.prepare(Prepare("yes", VOICE))
    stage.speaking.advance(True)
    stage.take(2)
    stage.playout.say(Say(1, "yes", VoiceSpec(speed=0.9)))
    stage.speaking.advance(True)
    stage.take(2)
    assert voice.spoken == ["yes", "yes"]


def test_only_the_newest_sentences_are_kept(voice: FakeVoice) -> None:
    stage = Stage(voice)
    for word in ("one", "two", "three"):
        stage.speaking.prepare(Prepare(word, VOICE))
    stage.speaking.advance(True)
    stage.take(4)
    assert voice.spoken == ["two", "three"]


def test_a_cancelled_answer_leaves_the_voice_free() -> None:
    voice = GatedVoice()
    stage = Stage(voice)
    stage.playout.say(Say(1, "one two three four", VOICE))
    stage.speaking.advance(True)
    stage.playout.cancel(CancelSpeech(2).generation)
    stage.speaking.cancel()
    stage.playout.say(Say(2, "new", VOICE))
    stage.playout.end_reply(EndReply(2).generation)
    stage.speaking.advance(True)
    voice.gate.release(2)
    stage.take(3)
    assert stage.play(1) == "new"
