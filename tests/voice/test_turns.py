"""Turns out of synthetic probabilities: when they open, pause, go on and end."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.voice.cascade.turns import (
    CHUNK_S,
    Decision,
    EndOfTurn,
    EndReason,
    Onset,
    Resume,
    Speculate,
    Surroundings,
    TurnDetector,
    TurnSettings,
)

SETTINGS = TurnSettings()


class Stream:
    """Feeds a detector chunk by chunk and keeps its decisions."""

    def __init__(self, surroundings: Surroundings = Surroundings.QUIET) -> None:
        self.detector = TurnDetector()
        self.surroundings = surroundings
        self.now = 100.0
        self.decisions: list[Decision] = []

    def feed(self, probability: float, seconds: float = CHUNK_S, level: float = -25.0) -> Stream:
        for _ in range(max(1, round(seconds / CHUNK_S))):
            self.now += CHUNK_S
            self.decisions += self.detector.feed(probability, level, self.now, self.surroundings)
        return self

    def kinds(self) -> list[type]:
        return [type(decision) for decision in self.decisions]

    def ends(self) -> list[EndOfTurn]:
        return [decision for decision in self.decisions if isinstance(decision, EndOfTurn)]


def test_silence_opens_nothing() -> None:
    assert Stream().feed(0.1, 10).decisions == []


def test_a_click_opens_nothing() -> None:
    assert Stream().feed(0.0, 1).feed(1.0, 2 * CHUNK_S).feed(0.0, 1).decisions == []


def test_a_turn_opens_pauses_and_ends() -> None:
    stream = Stream().feed(0.0, 1).feed(0.9, 1).feed(0.0, 1)
    assert stream.kinds() == [Onset, Speculate, EndOfTurn]
    onset, end = stream.decisions[0], stream.ends()[0]
    assert isinstance(onset, Onset)
    assert onset.at == pytest.approx(100.0 + 31 * CHUNK_S)
    assert end.speech_end == pytest.approx(onset.at + 31 * CHUNK_S)
    assert end.at - end.speech_end == pytest.approx(SETTINGS.wait_s, abs=CHUNK_S)
    assert end.reason is EndReason.SILENCE


def test_going_on_after_a_pause_resumes_the_same_turn() -> None:
    stream = Stream().feed(0.9, 1).feed(0.0, 0.3).feed(0.9, 1).feed(0.0, 1)
    assert stream.kinds() == [Onset, Speculate, Resume, Speculate, EndOfTurn]


def test_a_click_in_a_pause_does_not_resume() -> None:
    stream = Stream().feed(0.9, 1).feed(0.0, 0.3).feed(0.9).feed(0.0, 1)
    assert stream.kinds() == [Onset, Speculate, EndOfTurn]


def test_a_turn_does_not_end_while_the_user_may_be_going_on() -> None:
    stream = Stream().feed(0.9, 1).feed(0.0, 0.25)
    stream.detector.note_chance(0.0)
    left = int(SETTINGS.wait(0.0) / CHUNK_S) - round(0.25 / CHUNK_S)
    stream.feed(0.0, left * CHUNK_S).feed(0.9, 0.5)
    assert stream.kinds() == [Onset, Speculate, Resume]


@pytest.mark.parametrize("chance", [0.0, 0.3, 0.6, 0.97])
def test_the_words_decide_how_long_silence_may_last(chance: float) -> None:
    stream = Stream().feed(0.9, 1).feed(0.0, 0.25)
    stream.detector.note_chance(chance)
    end = stream.feed(0.0, 2).ends()[0]
    assert end.at - end.speech_end == pytest.approx(SETTINGS.wait(chance), abs=CHUNK_S)


def test_the_likelier_the_words_are_all_the_shorter_the_wait() -> None:
    waits = [SETTINGS.wait(chance / 10) for chance in range(11)]
    assert waits == sorted(waits, reverse=True)
    assert waits[-1] < 0.45
    assert waits[0] > 1.0


def test_words_of_a_pause_that_was_none_decide_nothing() -> None:
    stream = Stream().feed(0.9, 1).feed(0.0, 0.25)
    stream.detector.note_chance(1.0)
    stream.feed(0.9, 0.5)
    stream.detector.note_chance(1.0)
    end = stream.feed(0.0, 2).ends()[0]
    assert end.at - end.speech_end == pytest.approx(SETTINGS.wait_s, abs=CHUNK_S)


def test_speech_ends_where_its_level_falls_though_its_probability_lags() -> None:
    stream = Stream().feed(0.9, 1)
    fell = stream.now
    end = stream.feed(0.9, 0.1, level=-60.0).feed(0.0, 1).ends()[0]
    assert end.speech_end == pytest.approx(fell)


def test_softer_speech_is_speech() -> None:
    stream = Stream().feed(0.9, 1, level=-20.0).feed(0.9, 2, level=-35.0)
    assert stream.kinds() == [Onset]


def test_a_turn_does_not_last_for_ever() -> None:
    stream = Stream()
    for number in range(round(60 / CHUNK_S)):
        stream.feed(0.9, level=-25.0 - 18.0 * (number % 5 == 0))
    assert [end.reason for end in stream.ends()] == [EndReason.LENGTH, EndReason.LENGTH]
    assert stream.ends()[0].at - 100.0 <= SETTINGS.max_turn_s + 0.3


@pytest.mark.parametrize(
    ("surroundings", "probability", "chunks"),
    [(Surroundings.QUIET, 0.55, 3), (Surroundings.AUDIBLE, 0.75, 4), (Surroundings.UNPROVEN, 0.9, 6)],
)
def test_more_is_asked_while_the_assistant_is_audible(
    surroundings: Surroundings, probability: float, chunks: int
) -> None:
    assert Stream(surroundings).feed(probability, (chunks - 1) * CHUNK_S).decisions == []
    assert Stream(surroundings).feed(probability, chunks * CHUNK_S).kinds() == [Onset]
    assert Stream(surroundings).feed(SETTINGS.rule(surroundings).threshold - 0.01, 3).decisions == []


def babble(stream: Stream, seconds: float, level: float = -42.0) -> Stream:
    chance = Random(1)
    for _ in range(round(seconds / CHUNK_S)):
        stream.feed(0.99, level=chance.gauss(level, 3.0))
    return stream


def test_many_people_elsewhere_open_one_turn_and_are_dropped() -> None:
    stream = babble(Stream().feed(0.0, 5, level=-60.0), 120)
    (end,) = stream.ends()
    assert end.reason is EndReason.CROWD
    assert end.at - 105.0 < 7
    assert len([each for each in stream.decisions if isinstance(each, Onset)]) == 1


def test_the_user_is_heard_in_front_of_them() -> None:
    stream = babble(Stream().feed(0.0, 5, level=-60.0), 20)
    stream.feed(0.99, 0.3, level=-26.0)
    assert isinstance(stream.decisions[-1], Onset)


def test_the_turn_of_the_user_ends_though_they_talk_on() -> None:
    stream = babble(Stream().feed(0.0, 5, level=-60.0), 20)
    fell = stream.feed(0.99, 1.5, level=-26.0).now
    end = babble(stream, 2).ends()[-1]
    assert end.reason is EndReason.SILENCE
    assert end.speech_end == pytest.approx(fell, abs=2 * CHUNK_S)


def test_a_turn_that_they_opened_ends_when_nobody_stands_out_any_more() -> None:
    stream = babble(Stream().feed(0.0, 5, level=-60.0), 3)
    fell = stream.feed(0.99, 1.5, level=-26.0).now
    (end,) = babble(stream, 3).ends()
    assert end.reason is EndReason.CROWD
    assert end.at - fell < 2


def test_one_who_talks_without_a_pause_is_no_crowd() -> None:
    stream = Stream().feed(0.0, 5, level=-60.0)
    for number in range(500):
        stream.feed(0.99, level=-22.0 if number % 10 < 8 else -38.0)
    assert stream.kinds() == [Onset]


def test_push_to_talk_opens_holds_and_ends() -> None:
    stream = Stream()
    stream.decisions += stream.detector.hold(True, stream.now)
    stream.feed(0.9, 1).feed(0.0, 5).feed(0.9, 1)
    stream.decisions += stream.detector.hold(False, stream.now)
    assert stream.kinds() == [Onset, Speculate, Resume, EndOfTurn]
    end = stream.ends()[0]
    assert (end.reason, end.has_speech, end.at) == (EndReason.RELEASED, True, stream.now)


def test_push_to_talk_without_a_word_is_known_as_such() -> None:
    stream = Stream()
    stream.detector.hold(True, stream.now)
    stream.feed(0.0, 2)
    assert stream.decisions == []
    (end,) = stream.detector.hold(False, stream.now)
    assert isinstance(end, EndOfTurn)
    assert not end.has_speech


def test_a_closed_microphone_drops_the_turn_and_lets_go() -> None:
    stream = Stream()
    stream.detector.hold(True, stream.now)
    stream.feed(0.9, 1)
    (end,) = stream.detector.drop(stream.now)
    assert isinstance(end, EndOfTurn)
    assert end.reason is EndReason.DROPPED
    assert stream.detector.hold(False, stream.now) == ()


steps = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(Surroundings), st.sampled_from([0.0, 0.3, 0.4, 0.6, 0.8, 1.0]), st.integers(1, 40)
        ),
        st.sampled_from(["press", "release", "drop", "whole", "cut"]),
    ),
    max_size=60,
)


@settings(max_examples=300, deadline=None)
@given(steps)
def test_turns_never_overlap_and_always_add_up(script: list[object]) -> None:
    stream = Stream()
    detector = stream.detector
    for step in script:
        match step:
            case "press" | "release":
                stream.decisions += detector.hold(step == "press", stream.now)
            case "drop":
                stream.decisions += detector.drop(stream.now)
            case "whole" | "cut":
                detector.note_chance(float(step == "whole"))
            case (Surroundings() as surroundings, float() as probability, int() as chunks):
                stream.surroundings = surroundings
                stream.feed(probability, chunks * CHUNK_S)
    check(stream)


def check(stream: Stream) -> None:
    open_turn: int | None = None
    turns, guessing, opened, last = 0, False, 0.0, 0.0
    for decision in stream.decisions:
        match decision:
            case Onset(turn, at):
                assert open_turn is None
                assert turn == turns + 1
                open_turn, turns, guessing, opened = turn, turn, False, at
            case Speculate(turn):
                assert turn == open_turn
                assert not guessing
                guessing = True
            case Resume(turn):
                assert turn == open_turn
                assert guessing
                guessing = False
            case EndOfTurn(turn, speech_end, at):
                assert turn == open_turn
                assert opened <= speech_end <= at
                assert at - opened <= SETTINGS.max_turn_s + 8 * CHUNK_S
                assert at >= last
                open_turn, last = None, at
    assert stream.detector.is_open == (open_turn is not None)
    assert stream.detector.is_pausing == (open_turn is not None and guessing)
    stream.detector.hold(False, stream.now)
    stream.feed(0.0, 3)
    assert not stream.detector.is_open
