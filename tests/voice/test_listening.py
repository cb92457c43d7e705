"""Turns and their recognition where recognition is slower than the speaker."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from assistant.engine.protocol import Event, UserTurn
from assistant.voice.cascade.barge_in import Action
from assistant.voice.cascade.heard_turn import HeardTurn
from assistant.voice.cascade.hearing import Chunk
from assistant.voice.cascade.listening import Listening
from assistant.voice.cascade.playout import Playout
from assistant.voice.cascade.ports import VAD_CHUNK, Transcript
from assistant.voice.cascade.recognition import Job, JobKind, Recognised
from assistant.voice.cascade.turns import CHUNK_S, EndOfTurn, EndReason


class ReadyChunks:
    """Stands in for hearing: blocks are chunks already."""

    cancels_echo = is_free_of_echo = True

    def chunks(self, block: Chunk) -> Iterator[Chunk]:
        yield block

    def __init__(self, *, own: bool = False) -> None:
        self._own = own

    def is_own_voice(self, seconds: float) -> bool:
        return self._own


class Speaking(Playout):
    """Stands in for playout: the assistant is audible all the while."""

    is_idle = False

    def is_audible(self, now: float) -> bool:
        return True


def test_a_click_in_the_closing_pause_does_not_cost_the_turn() -> None:
    events: list[Event] = []
    waiting: list[Job] = []

    def submit(job: Job) -> int:
        before = len(waiting)
        waiting[:] = [*(other for other in waiting if other.turn != job.turn), job]
        return len(waiting) - before

    listening = Listening(ReadyChunks(), Playout(), submit, events.append, lambda action: None)  # type: ignore[arg-type]
    running: list[Job] = []
    probabilities = [0.9] * 20 + [0.0] * 7 + [0.9] + [0.0] * 30
    for number, probability in enumerate(probabilities, start=1):
        listening.hear(Chunk(np.zeros(VAD_CHUNK, np.float32), probability, -25.0, number * CHUNK_S))  # type: ignore[arg-type]
        if waiting and not running:
            running.append(waiting.pop())  # the recogniser is busy with the first partial transcript
    for job in (*running, *waiting):
        listening.take(Recognised(job, Transcript("hello"), 3.0, 1.0))
    assert [event.text for event in events if isinstance(event, UserTurn)] == ["hello"]
    assert not listening.is_busy


def test_the_user_has_the_floor_from_the_first_chunk_of_speech_to_the_end_of_the_turn() -> None:
    listening = Listening(ReadyChunks(), Playout(), lambda job: 1, lambda event: None, lambda action: None)  # type: ignore[arg-type]
    had = []
    for number, probability in enumerate([0.0] * 5 + [0.9] * 20 + [0.0] * 40, start=1):
        listening.hear(Chunk(np.zeros(VAD_CHUNK, np.float32), probability, -25.0, number * CHUNK_S))  # type: ignore[arg-type]
        had.append(listening.user_has_floor)
    assert not any(had[:5])
    assert all(had[5:40])
    assert not had[-1]


def test_a_closer_look_that_takes_too_long_does_not_hold_up_the_turn() -> None:
    events: list[Event] = []
    jobs: list[Job] = []
    listening = Listening(
        ReadyChunks(), Playout(), lambda job: jobs.append(job) or 1, events.append, lambda action: None
    )  # type: ignore[arg-type, func-returns-value]
    silence = [0.0] * 100
    for number, probability in enumerate([0.9] * 20 + silence, start=1):
        listening.hear(Chunk(np.zeros(VAD_CHUNK, np.float32), probability, -25.0, number * CHUNK_S))  # type: ignore[arg-type]
        while jobs:
            listening.take(Recognised(jobs.pop(), Transcript("hello"), number * CHUNK_S, 0.1, is_final=False))
    (turn,) = [event for event in events if isinstance(event, UserTurn)]
    assert turn.text == "hello"
    assert 1.0 <= turn.recognised - turn.endpoint < 1.1


@pytest.mark.parametrize(("own", "text"), [(False, "quite some words"), (True, "")])
def test_what_is_made_of_the_assistants_own_sound_is_no_turn(own: bool, text: str) -> None:
    """However strange its words are."""
    events: list[Event] = []
    jobs: list[Job] = []
    actions: list[Action] = []
    listening = Listening(
        ReadyChunks(own=own), Speaking(), lambda job: jobs.append(job) or 1, events.append, actions.append
    )  # type: ignore[arg-type, func-returns-value]
    for number, probability in enumerate([0.0] * 5 + [0.9] * 30 + [0.0] * 50, start=1):
        listening.hear(Chunk(np.zeros(VAD_CHUNK, np.float32), probability, -25.0, number * CHUNK_S))  # type: ignore[arg-type]
        while jobs:
            listening.take(Recognised(jobs.pop(), Transcript("quite some words"), number * CHUNK_S, 0.1))
    assert [event.text for event in events if isinstance(event, UserTurn)] == [text]
    assert (Action.STOP in actions) == bool(text)
    assert text or actions == [Action.DUCK, Action.RESTORE]


def test_an_answer_that_somebody_else_says_is_talked_down_too() -> None:
    """Moshi, word for word, through the same speaker."""
    playout, actions, jobs = Playout(), list[Action](), list[Job]()
    listening = Listening(
        ReadyChunks(), playout, lambda job: jobs.append(job) or 1, lambda event: None, actions.append
    )  # type: ignore[arg-type, func-returns-value]
    for number in range(1, 40):
        playout.is_answered_elsewhere = number > 20
        playout.note_other(number * CHUNK_S, "")
        listening.hear(Chunk(np.zeros(VAD_CHUNK, np.float32), 0.9, -25.0, number * CHUNK_S))  # type: ignore[arg-type]
        while jobs:
            listening.take(Recognised(jobs.pop(), Transcript("quite some words"), number * CHUNK_S, 0.1))
        assert not actions or number > 20
    assert actions == [Action.DUCK, Action.STOP]


@pytest.mark.parametrize(("level", "text"), [(-26.0, "change to Samantha"), (-40.0, "")])
def test_only_what_stood_out_of_talk_elsewhere_is_recognised(level: float, text: str) -> None:
    events: list[Event] = []
    asked: list[Job] = []

    def submit(job: Job) -> int:
        asked.append(job)
        return 1

    listening = Listening(ReadyChunks(), Playout(), submit, events.append, lambda action: None)  # type: ignore[arg-type]
    levels = [-60.0] * 60 + [-40.0, -43.0, -38.0] * 30 + [level] * 40 + [-40.0, -43.0, -38.0] * 60
    for number, each in enumerate(levels, start=1):
        probability = 0.99 if number > 60 else 0.0
        listening.hear(Chunk(np.zeros(VAD_CHUNK, np.float32), probability, each, number * CHUNK_S))  # type: ignore[arg-type]
    last = asked[-1]
    if last.kind is JobKind.FINAL:
        listening.take(Recognised(last, Transcript("change to Samantha"), len(levels) * CHUNK_S, 0.1))
    (turn,) = [event for event in events if isinstance(event, UserTurn)]
    assert turn.text == text
    if text:
        assert turn.speech_end == pytest.approx(190 * CHUNK_S)
        assert 40 <= len(last.audio) / VAD_CHUNK <= 60


def heard(levels: list[float]) -> HeardTurn:
    """A turn whose chunks have these levels (dBFS); sample values are the chunks' numbers."""
    chunks = [
        Chunk(np.full(VAD_CHUNK, number, np.float32), 0.99, level, number * CHUNK_S)
        for number, level in enumerate(levels)
    ]
    return HeardTurn(1, False, chunks, next_partial=0.0, onset=0.0, is_free_of_echo=True)


def kept_of(levels: list[float]) -> list[int]:
    turn = heard(levels)
    at = len(levels) * CHUNK_S
    end = EndOfTurn(1, at, at, True, EndReason.CROWD)
    return [int(chunk.samples[0]) for chunk in turn.chunks] if turn.keep_who_stood_out(end) else []


OTHERS = [-40.0, -43.0, -38.0]


def test_both_of_two_sentences_in_front_of_others_are_kept() -> None:
    near = [-24.0] * 20
    kept = kept_of(OTHERS * 20 + near + OTHERS * 12 + near + OTHERS * 50)
    assert kept[0] <= 60 < 116 + 20 <= kept[-1] + 1 < 150


def test_others_who_begin_after_the_user_are_not_taken_for_the_user() -> None:
    quiet, user = [-65.0] * 20, [-24.0] * 25
    kept = kept_of(quiet + user + quiet + OTHERS * 50)
    assert kept[0] <= 20
    assert 44 <= kept[-1] <= 44 + 7
    assert kept_of(quiet * 3 + OTHERS * 50) == []
