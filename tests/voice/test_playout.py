"""What was heard, word by word, as samples leave the speaker."""

from __future__ import annotations

import numpy as np
import pytest
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.engine.protocol import Event, Say, SpeechFinished, SpeechHeard, SpeechStarted, VoiceSpec
from assistant.voice.cascade.playout import AHEAD, BACK_S, FLOOR_S, Playout
from assistant.voice.cascade.word_times import WordTimes
from tests.fakes.tones import silence, tones, understand
from tests.fakes.transport import RING, FakeTransport


class Player:
    """A playout on a fake speaker, ten milliseconds a step."""

    def __init__(self, latency_s: float = 0.0) -> None:
        self.transport = FakeTransport(silence(0), latency_s=latency_s)
        self.transport.open()
        self.playout = Playout()
        self.playout.attach(self.transport)
        self.events: list[Event] = []
        self.last_key = 0

    def say(self, generation: int, text: str) -> None:
        self.events += self.playout.say(Say(generation, text, VoiceSpec()))

    def end(self, generation: int) -> None:
        self.events += self.playout.end_reply(generation)

    def synthesise(self) -> None:
        while sentence := self.playout.next_sentence(self.last_key):
            self.last_key = sentence.key
            self.playout.add(sentence.key, tones(sentence.text), 0.01)
            self.playout.complete(sentence.key)

    def play(self, seconds: float) -> None:
        for _ in range(round(seconds * 100)):
            self.events += self.playout.advance(self.transport.time)
            self.transport.read(0)
        self.events += self.playout.advance(self.transport.time)

    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, SpeechHeard)]


def test_words_are_spread_over_the_sound_of_a_sentence() -> None:
    audio = [silence(0.5), tones("one three"), silence(0.5)]
    times = WordTimes.of("one three", audio, complete=True)
    assert times.chars == (3, 9)
    first, second = (end / 24_000 for end in times.ends)
    assert abs(first - (0.5 + 0.28)) < 0.01
    assert abs(second - (0.5 + 0.28 + 0.42)) < 0.01


def test_an_unfinished_sentence_is_not_heard_to_its_end() -> None:
    times = WordTimes.of("a rather long sentence that has only begun", [tones("a")], complete=False)
    assert times.heard_chars(len(tones("a"))) < 10


def test_heard_text_lags_by_the_latency() -> None:
    near, far = Player(), Player(latency_s=0.3)
    for player in (near, far):
        player.say(1, "one two three")
        player.end(1)
        player.synthesise()
        player.play(0.5)
    assert near.texts() == ["one"]
    assert far.texts() == []
    far.play(0.3)
    assert far.texts() == ["one"]


def test_an_answer_starts_is_heard_and_finishes() -> None:
    player = Player()
    player.say(1, "one two.")
    player.say(1, "three")
    player.end(1)
    player.synthesise()
    player.play(3)
    assert isinstance(player.events[0], SpeechStarted)
    assert player.texts() == ["one", "one two.", "one two. three"]
    assert player.events[-1] == SpeechFinished(1, "one two. three", False)
    assert player.playout.is_idle


def test_it_waits_for_more_sentences_until_the_reply_has_ended() -> None:
    player = Player()
    player.say(1, "one")
    player.synthesise()
    player.play(2)
    assert not player.playout.is_idle
    player.end(1)
    player.play(0.1)
    assert player.events[-1] == SpeechFinished(1, "one", False)


def test_an_older_generation_is_dropped_where_it_arrives() -> None:
    player = Player()
    player.events += player.playout.cancel(5)
    player.say(4, "old")
    player.end(4)
    assert player.events == []
    assert player.playout.is_idle


def test_samples_of_a_cancelled_sentence_are_dropped() -> None:
    player = Player()
    player.say(1, "one two three")
    sentence = player.playout.next_sentence(0)
    assert sentence is not None
    player.events += player.playout.cancel(2)
    player.playout.add(sentence.key, tones("one"), 0.01)
    player.playout.complete(sentence.key)
    player.play(1)
    assert player.events == [SpeechFinished(1, "", True)]
    assert not player.transport.heard.any()


def test_synthesis_does_not_run_far_ahead() -> None:
    player = Player()
    for _ in range(60):
        player.say(1, "a sentence of some length")
    player.synthesise()
    written = sum(len(tones("a sentence of some length")) for _ in range(player.last_key))
    assert AHEAD <= written <= AHEAD + 3 * 24_000
    player.play(8)
    assert player.playout.next_sentence(player.last_key) is not None


def test_the_tail_of_the_room_counts_as_audible() -> None:
    player = Player(latency_s=0.05)
    player.say(1, "one")
    player.end(1)
    player.synthesise()
    player.play(0.3)
    assert player.playout.is_audible(player.transport.time)
    assert not player.playout.is_audible(player.transport.time + 1)
    assert player.playout.recently_spoken() == "one"


def test_speech_survives_another_device() -> None:
    player = Player()
    player.say(1, "one two three four five six")
    player.end(1)
    player.synthesise()
    player.play(0.6)
    other = FakeTransport(silence(0))
    other.open()
    player.transport, before = other, player.texts()
    player.playout.attach(other)
    player.play(4)
    assert player.texts()[: len(before)] == before
    assert player.events[-1] == SpeechFinished(1, "one two three four five six", False)


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from(["one", "two three", "four five six"])),
        st.tuples(
            st.sampled_from(["end", "cancel", "interrupt", "synthesise", "pause", "resume"]), st.just("")
        ),
        st.tuples(st.just("play"), st.floats(0.01, 1.0)),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(ACTIONS, st.sampled_from([0.0, 0.05]))
def test_whatever_happens_nothing_of_a_dead_answer_is_heard(
    actions: list[tuple[str, object]], latency: float
) -> None:
    player, generation = Player(latency), 1
    said: dict[int, list[str]] = {}
    for name, value in actions:
        match name:
            case "say":
                player.say(generation, str(value))
                said.setdefault(generation, []).append(str(value))
            case "end":
                player.end(generation)
            case "cancel":
                generation += 1
                player.events += player.playout.cancel(generation)
            case "interrupt":
                player.events += player.playout.interrupt()
            case "synthesise":
                player.synthesise()
            case "pause" | "resume":
                getattr(player.playout, name)()
            case _:
                player.play(float(str(value)))
        assert player.transport.writable() <= RING
    over: set[int] = set()
    for event in player.events:
        if isinstance(event, SpeechHeard | SpeechFinished):
            whole = " ".join(said.get(event.generation, []))
            assert event.text in whole
        if isinstance(event, SpeechFinished) and event.interrupted:
            over.add(event.generation)
        if isinstance(event, SpeechHeard):
            assert event.generation not in over
    assert np.abs(player.transport.heard).max(initial=0.0) <= 0.31


def speaker_says(player: Player) -> str:
    return understand(soxr.resample(player.transport.heard, 24_000, 16_000))


@pytest.mark.parametrize("pause_at", [0.05, 0.4, 1.1, 1.93])
def test_after_a_pause_no_word_is_lost(pause_at: float) -> None:
    text = "one two three four five six seven"
    player = Player(latency_s=0.05)
    player.say(1, text)
    player.end(1)
    player.synthesise()
    player.play(pause_at)
    before = player.transport.heard.size
    player.playout.pause()
    player.playout.pause()
    player.play(1.0)
    assert not player.transport.heard[before:].any()
    assert not player.playout.is_idle
    player.playout.resume()
    player.play(5)
    assert player.events[-1] == SpeechFinished(1, text, False)
    texts = player.texts()
    assert texts == sorted(texts, key=len), "what was heard never shrinks"
    again = player.transport.heard[before:]
    assert len(np.flatnonzero(again)) <= len(tones(text)) - pause_at * 24_000 + BACK_S[1] * 24_000 + 480
    assert np.array_equal(
        again[np.flatnonzero(again)][-20_000:], tones(text)[np.flatnonzero(tones(text))][-20_000:]
    )
    assert set(speaker_says(player).split()) == set(text.split())


def test_a_paused_answer_can_be_ended_and_gives_way_to_the_next() -> None:
    player = Player()
    player.say(1, "one two three four")
    player.synthesise()
    player.play(0.6)
    player.playout.pause()
    player.events += player.playout.interrupt()
    player.playout.resume()
    player.say(3, "five")
    player.end(3)
    player.synthesise()
    player.play(2)
    assert player.events[-1] == SpeechFinished(3, "five", False)
    assert "four" not in speaker_says(player)


def test_an_answer_does_not_begin_while_the_user_speaks() -> None:
    player = Player()
    player.say(1, "yes")
    player.synthesise()
    for _ in range(50):
        player.events += player.playout.advance(player.transport.time, is_floor_taken=True)
        player.transport.read(0)
    assert not player.texts()
    assert not player.transport.heard.any()
    player.play(1)
    assert player.texts() == ["yes"]


def test_an_answer_that_has_begun_goes_on_and_none_waits_for_ever() -> None:
    player = Player()
    player.say(1, "yes indeed")
    player.synthesise()
    for _ in range(int(100 * (FLOOR_S + 2))):
        player.events += player.playout.advance(player.transport.time, is_floor_taken=True)
        player.transport.read(0)
    assert player.texts() == ["yes", "yes indeed"]
