"""A talker that listens and speaks at once, seen from the audio thread, in the time of a fake transport."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.engine.monologue_protocol import (
    BeginAnew,
    HoldMonologue,
    MonologueCall,
    MonologueEnded,
    MonologueText,
    RoleFading,
)
from assistant.engine.protocol import EngineNotice, Event
from assistant.errors import CheckpointError
from assistant.voice.duplex.duplex import Duplex
from assistant.voice.duplex.gate import PAUSE
from assistant.voice.duplex.pipeline import Loaded, Message
from assistant.voice.duplex.stage import QUEUED
from tests.fakes.talker import LOUD, ScriptedTalker
from tests.fakes.transport import FakeTransport

E = TypeVar("E", bound=Event)
CALL = 'TOOL_CALL: {"name": "get_time", "arguments": {"where": "here"}}'
FRAME_BLOCKS = 8


class Loop:
    """The audio thread around a duplex: ``run`` lets frames pass, each as soon as the one before is done."""

    def __init__(self, talker: ScriptedTalker, microphone: NDArray[np.float32]) -> None:
        self.events: list[Event] = []
        self.spoken = ""
        self.messages: queue.Queue[Message] = queue.Queue()
        self.transport = FakeTransport(microphone)
        self.transport.open()
        self.duplex = Duplex(lambda: talker, self.messages.put, self.events.append, self._spoke)
        self.duplex.attach(self.transport)
        self.is_announcing = False

    def _spoke(self, now: float, words: str) -> None:
        self.spoken += words

    def start(self) -> None:
        self.duplex.start()
        self.take()

    def take(self) -> None:
        self.duplex.take(self.messages.get(timeout=10))

    def run(self, frames: int, *, waits: bool = True) -> None:
        for number in range(frames * FRAME_BLOCKS):
            block = self.transport.read(0.0)
            self.duplex.hear(block.microphone)
            if (number + 1) % FRAME_BLOCKS == 0:
                deadline = time.monotonic() + 10
                while waits and self.duplex.is_busy and time.monotonic() < deadline:
                    self.take()
            self.duplex.advance(block.time, is_held=self.is_announcing)

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def words(self) -> str:
        return "".join(event.text for event in self.all(MonologueText))


@contextmanager
def running(talker: ScriptedTalker, microphone: NDArray[np.float32] | None = None) -> Iterator[Loop]:
    loop = Loop(talker, np.zeros(0, np.float32) if microphone is None else microphone)
    loop.start()
    yield loop
    talker.gate.set()
    assert loop.duplex.stop()
    assert talker.has_left


def test_words_are_told_when_they_have_been_heard_and_end_with_a_pause() -> None:
    with running(ScriptedTalker([" Hello", "", " there", "."])) as loop:
        loop.run(2)
        assert loop.words == "", "written, and not yet out of the speaker"
        loop.run(6)
        assert loop.words == loop.spoken == " Hello there."
        assert not loop.all(MonologueEnded)
        loop.run(PAUSE + 4)
        assert loop.all(MonologueEnded) == [MonologueEnded(1)]
        assert np.abs(loop.transport.heard).max() == pytest.approx(LOUD, abs=0.01)


def test_a_tool_call_is_told_and_not_voiced() -> None:
    pieces = [CALL[start : start + 4] for start in range(0, len(CALL), 4)]
    with running(ScriptedTalker([" One", " moment", ".", *pieces, " So", "."])) as loop:
        loop.run(len(pieces) + 12)
        assert loop.all(MonologueCall) == [MonologueCall(1, "get_time", {"where": "here"})]
        assert loop.words == " One moment. So."
        frames = loop.transport.heard[: len(loop.transport.heard) // 1920 * 1920].reshape(-1, 1920)
        silent = [not np.abs(frame).max() for frame in frames]
        assert sum(silent) >= len(pieces) - 1 + 1, "the call's frames, and the first of all"
        assert not any(silent[-4:])


def test_what_is_heard_reaches_the_model_and_nonsense_does_not() -> None:
    microphone = np.concatenate([np.full(1920, 0.5), np.full(1920, np.nan), np.full(1920, 9.0)])
    talker = ScriptedTalker()
    with running(talker, microphone.astype(np.float32)) as loop:
        loop.run(4)
    assert talker.heard == [0.5, 0.0, 1.0, 0.0]


def test_held_it_neither_hears_nor_speaks() -> None:
    talker = ScriptedTalker([" Once", " upon", *[""] * 30])
    with running(talker) as loop:
        loop.run(5)
        loop.is_announcing = True
        loop.run(1)
        assert loop.all(MonologueEnded) == [MonologueEnded(1, interrupted=True)]
        stepped, heard = len(talker.heard), len(loop.transport.heard)
        loop.run(5)
        assert len(talker.heard) == stepped
        assert not np.abs(loop.transport.heard[heard:]).any()
        loop.is_announcing = False
        talker.script.appendleft(" Again")
        loop.run(5)
        assert loop.words.endswith(" Again")
        assert loop.all(MonologueText)[-1].utterance == 2


def test_asleep_it_rests_and_a_new_persona_begins_anew() -> None:
    talker = ScriptedTalker()
    with running(talker) as loop:
        loop.duplex.take(HoldMonologue(True))
        loop.run(3)
        assert not talker.heard
        loop.duplex.take(HoldMonologue(False))
        loop.duplex.take(BeginAnew("You are Nova.", "NATF2"))
        loop.run(3)
        (begun,) = talker.begun
        assert (begun.prompt, begun.voice) == ("You are Nova.", "NATF2")
        assert talker.heard


def test_before_its_role_is_forgotten_it_asks_to_begin_anew_in_a_silence() -> None:
    talker = ScriptedTalker([" Well", *[""] * 12, " well"])
    talker.fresh_frames = 14
    with running(talker) as loop:
        loop.run(14 + PAUSE + 30)
        assert not loop.all(RoleFading), "it spoke within three seconds"
        loop.run(20)
        assert loop.all(RoleFading) == [RoleFading()]
        loop.duplex.take(BeginAnew("You are Nova."))
        loop.run(10)
        assert loop.all(RoleFading) == [RoleFading()]
        assert [each.prompt for each in talker.begun] == ["You are Nova."]


def test_a_personas_model_is_loaded_at_once_and_the_cascade_has_the_floor_meanwhile() -> None:
    talker = ScriptedTalker([" Hello"])
    talker.model, talker.models = "moshika", frozenset({"moshika", "moshiko"})
    with running(talker) as loop:
        loop.run(3)
        loop.is_announcing = True
        loop.run(1)
        news = loop.duplex.take(BeginAnew("You are Jarvis.", "NATM1", "moshiko", 0.6, 0.7))
        assert "Moshiko is being loaded" in news[0]
        assert not loop.duplex.is_ready
        loop.take()
        assert loop.duplex.name == "scripted moshiko"
        assert not loop.duplex.take(BeginAnew("You are Jarvis.", "NATM1", "moshiko", 0.6, 0.7))
        loop.is_announcing = False
        loop.run(3)
        begun = talker.begun[-1]
        assert (begun.prompt, begun.text_temperature, begun.audio_temperature) == (
            "You are Jarvis.",
            0.6,
            0.7,
        )
        assert loop.duplex.is_ready


def test_a_model_that_is_not_there_is_told_once_and_the_one_at_work_goes_on() -> None:
    talker = ScriptedTalker()
    talker.model, talker.models = "moshika", frozenset({"moshika"})
    with running(talker) as loop:
        assert "where that is on this machine" in loop.duplex.take(BeginAnew(model="moshiko"))[0]
        assert not loop.duplex.take(BeginAnew(model="moshiko"))
        assert loop.duplex.is_ready
        loop.run(2)
        assert talker.heard


def test_one_that_forgets_begins_anew_in_a_long_silence_only() -> None:
    talker = ScriptedTalker([" Well"])
    talker.fresh_frames, talker.has_role = 100, False
    with running(talker) as loop:
        loop.run(PAUSE + 100)
        assert not loop.all(RoleFading)
        loop.run(40)
        assert loop.all(RoleFading) == [RoleFading(forgets=True)]
        loop.duplex.take(BeginAnew())
        loop.run(250)
        assert len(loop.all(RoleFading)) == 1, "there is nothing to forget"


@pytest.mark.parametrize(("pieces", "heard"), [([" T", "OOL", "_C"], 0), ([" T", "ar"], 2), ([" T", ""], 2)])
def test_the_letter_that_may_begin_a_tool_call_is_heard_if_it_does_not(pieces: list[str], heard: int) -> None:
    with running(ScriptedTalker(["", "", *pieces])) as loop:
        loop.duplex._speech.say = lambda samples, *, is_muted: said.append(not is_muted)  # type: ignore[method-assign]
        said: list[bool] = []
        loop.run(2)
        assert said == [True, True], "it sounds, and says nothing"
        loop.run(1)
        assert len(said) == 2, "the frame waits"
        loop.run(len(pieces) - 1)
        assert said[2:] == [bool(heard)] * len(pieces)


def test_silenced_it_says_no_further_word_of_the_utterance() -> None:
    with running(ScriptedTalker([" I", " was", " about", " to", *[""] * (PAUSE + 1), " Yes"])) as loop:
        loop.run(2)
        loop.duplex.silence(0)
        loop.run(6)
        assert loop.words in ("", " I")
        assert loop.all(MonologueEnded) == [MonologueEnded(1, interrupted=True)]
        loop.run(PAUSE + 6)
        assert loop.words.endswith(" Yes")
        assert loop.all(MonologueEnded) == [MonologueEnded(1, interrupted=True)]


def test_frames_that_come_too_fast_go_oldest_first_and_the_user_is_told() -> None:
    talker = ScriptedTalker()
    with running(talker) as loop:
        talker.gate.clear()
        loop.run(20, waits=False)
        assert threading.active_count() < 50
        talker.gate.set()
        while loop.duplex.is_busy:
            loop.take()
        in_hand = 1
        assert QUEUED <= len(talker.heard) <= 2 * (QUEUED + in_hand), "what encoder and model may hold"
        loop.duplex._pace._looked_at = 0.0
        loop.run(1)
        (notice,) = loop.all(EngineNotice)
        assert "does not keep up" in notice.message
        assert "smaller quantization" in notice.remedy


@pytest.mark.parametrize("error", [CheckpointError("It is broken.", "Mend it."), RuntimeError("metal")])
def test_a_talker_that_does_not_load_or_dies_is_told_once(error: Exception) -> None:
    talker = ScriptedTalker()
    talker.fails = error
    loop = Loop(talker, np.zeros(0, np.float32))
    loop.start()
    (notice,) = loop.all(EngineNotice)
    assert notice.remedy
    assert not loop.duplex.is_ready
    assert not loop.duplex.is_busy
    loop.run(2)
    assert loop.duplex.stop()


def test_one_that_fails_in_the_middle_ends_its_utterance() -> None:
    talker = ScriptedTalker([" Once"])
    with running(talker) as loop:
        loop.run(3)
        talker.fails = RuntimeError("metal")
        loop.run(1, waits=False)
        loop.take()
        assert loop.all(MonologueEnded) == [MonologueEnded(1, interrupted=True)]
        assert not loop.duplex.is_ready
        loop.run(2)


def test_nobody_there_is_nothing_to_say() -> None:
    messages: queue.Queue[Message] = queue.Queue()
    events: list[Event] = []
    nobody = Duplex(None, messages.put, events.append, lambda now, words: None)
    nobody.start()
    nobody.hear(np.zeros(240, np.float32))
    nobody.advance(0.0, is_held=False)
    assert nobody.has_answered(0.0)
    assert messages.empty()
    assert not events
    assert nobody.stop()


def test_loaded_it_has_a_name() -> None:
    loop = Loop(ScriptedTalker(), np.zeros(0, np.float32))
    loop.duplex.start()
    assert loop.messages.get(timeout=10) == Loaded("scripted", has_role=True)
    loop.duplex.stop()
