"""The cascade on parts that speak and understand tones, in a time of its own."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from assistant.engine.protocol import (
    DevicesChanged,
    EngineNotice,
    EngineReady,
    InputFinished,
    Levels,
    PartialTranscript,
    PushToTalk,
    SetMicrophone,
    SpeechFinished,
    SpeechHeard,
    SpeechStarted,
    UserSpeechStarted,
    UserTurn,
)
from assistant.voice.cascade.loaded import Parts
from tests.fakes.conversation import FakeConversation
from tests.fakes.tones import FakeRecogniser, FakeVad, FakeVoice, silence, tones, understand
from tests.fakes.transport import FakeTransport

LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"


def speaker_says(transport: FakeTransport) -> str:
    return understand(soxr.resample(transport.heard, 24_000, 16_000))


def heard_as(*pieces: np.ndarray) -> FakeTransport:
    return FakeTransport(np.concatenate(pieces))


def test_a_spoken_turn_is_answered_aloud() -> None:
    transport = heard_as(silence(0.5), tones("hello there"), silence(3))
    with FakeConversation(transport, lambda text: ["good morning.", "how are you"]) as talk:
        talk.wait_for(InputFinished)
    turn = talk.wait_for(UserTurn)
    assert turn.text == "hello there"
    assert turn.confidence == 0.9
    assert not turn.over_speech
    assert 0.3 < turn.endpoint - turn.speech_end < 0.85
    assert speaker_says(transport) == "good morning how are you"
    assert talk.wait_for(SpeechFinished) == SpeechFinished(1, "good morning. how are you", False)
    started, onset = talk.wait_for(SpeechStarted), talk.wait_for(UserSpeechStarted)
    assert onset.at < turn.speech_end < turn.endpoint <= started.at


def test_the_same_input_gives_the_same_recording() -> None:
    recordings = []
    for _ in range(2):
        transport = heard_as(tones("hello there"), silence(1), tones("and now"), silence(2))
        with FakeConversation(transport, lambda text: [f"you said {text}"]) as talk:
            talk.wait_for(InputFinished)
        recordings.append(transport.heard)
    assert np.array_equal(recordings[0], recordings[1])


def test_partial_transcripts_grow_into_the_turn() -> None:
    transport = heard_as(tones("we all go down to the river"), silence(3))
    with FakeConversation(transport) as talk:
        final = talk.wait_for(UserTurn).text
    partials = [event.text for event in talk.all(PartialTranscript)]
    assert len(partials) >= 3
    assert all(final.startswith(partial[:-4]) for partial in partials)


def test_the_guess_in_a_pause_is_the_final_transcript() -> None:
    recogniser = FakeRecogniser()
    transport = heard_as(tones("go"), silence(2))
    with FakeConversation(transport, parts=Parts(FakeVad(), recogniser, FakeVoice())) as talk:
        turn = talk.wait_for(UserTurn)
    assert recogniser.calls == 1
    assert turn.recognised == turn.endpoint


def test_a_guess_is_thrown_away_when_the_user_goes_on() -> None:
    transport = heard_as(tones("I want"), silence(0.35), tones("more tea"), silence(2))
    with FakeConversation(transport) as talk:
        assert talk.wait_for(UserTurn).text == "i want more tea"
        assert len(talk.all(UserSpeechStarted)) == 1


def test_talking_over_an_answer_ducks_then_stops_it() -> None:
    transport = heard_as(tones("tell me"), silence(2.5), tones("wait a moment please"), silence(4))
    answers = {"tell me": [LONG], "wait a moment please": ["yes"]}
    with FakeConversation(transport, answers.__getitem__) as talk:
        talk.wait_for(InputFinished)
    cut = talk.wait_for(SpeechFinished)
    assert cut.interrupted
    assert LONG.startswith(cut.text)
    assert 3 <= len(cut.text.split()) <= 9
    assert speaker_says(transport).startswith(cut.text)
    assert speaker_says(transport).endswith(" yes")
    assert min(transport.gains) == pytest.approx(10 ** (-15 / 20), rel=0.01)
    assert [turn.over_speech for turn in talk.all(UserTurn)] == [False, True]


@pytest.mark.parametrize("words", ["yeah", "mhm okay"])
def test_a_sign_of_attention_does_not_stop_the_answer(words: str) -> None:
    transport = heard_as(tones("tell me"), silence(2.5), tones(words), silence(6))
    with FakeConversation(transport, {"tell me": [LONG]}.get) as talk:
        talk.wait_for(InputFinished)
    assert talk.all(SpeechFinished) == [SpeechFinished(1, LONG, False)]
    assert [turn.over_speech for turn in talk.all(UserTurn)] == [False, True]
    assert transport.gains[-1] == 1.0


def test_noise_over_the_answer_is_a_false_alarm() -> None:
    noise = np.random.default_rng(1).normal(0, 0.2, 24_000).astype(np.float32)
    transport = heard_as(tones("tell me"), silence(2.5), noise, silence(6))
    with FakeConversation(transport, lambda text: [LONG] if text == "tell me" else []) as talk:
        talk.wait_for(InputFinished)
    finished = talk.wait_for(SpeechFinished)
    assert finished == SpeechFinished(1, LONG, False)
    assert transport.gains[-1] == 1.0
    assert min(transport.gains) < 0.2


def test_its_own_echo_neither_stops_it_nor_is_a_turn() -> None:
    transport = FakeTransport(np.concatenate((tones("tell me"), silence(9))), echo=0.5)
    with FakeConversation(transport, lambda text: [LONG] if text == "tell me" else ["no"]) as talk:
        talk.wait_for(InputFinished)
    assert [turn.text for turn in talk.all(UserTurn) if turn.text] == ["tell me"]
    assert talk.wait_for(SpeechFinished) == SpeechFinished(1, LONG, False)


def test_words_count_as_heard_one_by_one_and_never_shrink() -> None:
    transport = heard_as(silence(0.1))
    with FakeConversation(transport) as talk:
        talk.wait_for(InputFinished)
        talk.say("one two three.", "four five")
        talk.wait_for(SpeechFinished)
    texts = [event.text for event in talk.all(SpeechHeard)]
    assert texts == ["one", "one two", "one two three.", "one two three. four", "one two three. four five"]


def test_a_cancelled_answer_is_silent_and_forgotten() -> None:
    transport = heard_as(silence(0.1))
    with FakeConversation(transport) as talk:
        talk.wait_for(InputFinished)
        talk.say(LONG)
        talk.wait_for(SpeechHeard, 2)
        talk.say("new")
        talk.wait_for(SpeechFinished, 2)
    first, second = talk.all(SpeechFinished)
    assert first.interrupted
    assert second == SpeechFinished(2, "new", False)
    assert speaker_says(transport).endswith("new")
    assert "sixteen" not in speaker_says(transport)


def test_an_answer_without_sentences_is_over_at_once() -> None:
    transport = heard_as(tones("hello"), silence(2))
    with FakeConversation(transport) as talk:
        talk.wait_for(InputFinished)
    assert talk.all(SpeechFinished)[-1] == SpeechFinished(1, "", False)


def test_a_closed_microphone_is_not_listened_to() -> None:
    recogniser = FakeRecogniser()
    transport = heard_as(tones("secret words here"), silence(1))
    with FakeConversation(transport, parts=Parts(FakeVad(), recogniser, FakeVoice()), owns_time=True) as talk:
        talk.cascade.submit(SetMicrophone(False))
        talk.wait_for(InputFinished)
    assert "".join(turn.text for turn in talk.all(UserTurn)) == ""


def test_push_to_talk_holds_the_turn_open_and_ends_it() -> None:
    transport = heard_as(tones("first"), silence(1.5), tones("second"), silence(60))
    with FakeConversation(transport) as talk:
        talk.cascade.submit(PushToTalk(True))
        talk.wait_for(UserSpeechStarted)
        talk.wait_for(PartialTranscript, 2)
        talk.cascade.submit(PushToTalk(False))
        turn = talk.wait_for(UserTurn)
    assert turn.text == "first second"


def test_levels_come_twenty_times_a_second() -> None:
    transport = heard_as(tones("a"), silence(4.7))
    with FakeConversation(transport) as talk:
        talk.wait_for(InputFinished)
        assert 90 <= len(talk.all(Levels)) <= 105
    assert max(event.microphone for event in talk.all(Levels)) == pytest.approx(-10.5, abs=0.5)


def test_without_a_voice_answers_are_shown() -> None:
    transport = heard_as(tones("hello"), silence(2))
    with FakeConversation(
        transport, lambda text: ["good", "day"], Parts(FakeVad(), FakeRecogniser())
    ) as talk:
        talk.wait_for(InputFinished)
    assert "Answers are shown, not spoken." in talk.wait_for(EngineReady).notes
    assert talk.wait_for(SpeechFinished) == SpeechFinished(1, "good day", False)


def test_without_a_recogniser_it_still_speaks() -> None:
    transport = heard_as(tones("hello"), silence(1))
    with FakeConversation(transport, parts=Parts(FakeVad(), None, FakeVoice())) as talk:
        talk.wait_for(InputFinished)
        talk.say("typed input works")
        talk.wait_for(SpeechFinished)
    assert any("type" in note for note in talk.wait_for(EngineReady).notes)
    assert not talk.all(UserTurn)
    assert speaker_says(transport) == "typed input works"


def test_without_devices_it_says_so_and_finds_them_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.voice.cascade.cascade._RETRY_S", 0.05)
    transport = FakeTransport(silence(0.1), fails=1)
    with FakeConversation(transport) as talk:
        ready = talk.wait_for(EngineReady)
        assert (ready.input_device, ready.output_device) == ("", "")
        assert talk.wait_for(EngineNotice).remedy == "Plug one in."
        assert talk.wait_for(DevicesChanged).output_device == "fake speaker"


def test_without_devices_answers_are_shown() -> None:
    transport = FakeTransport(silence(0.1), fails=1000)
    with FakeConversation(transport) as talk:
        talk.wait_for(EngineReady)
        talk.say("good", "day")
        assert talk.wait_for(SpeechFinished) == SpeechFinished(1, "good day", False)


def test_a_failing_recogniser_is_told_and_the_next_turn_is_heard() -> None:
    recogniser = FakeRecogniser()
    recogniser.fails = True
    transport = heard_as(tones("hello"), silence(2), tones("again"), silence(2))
    with FakeConversation(transport, parts=Parts(FakeVad(), recogniser, FakeVoice())) as talk:
        assert "again" in talk.wait_for(EngineNotice).remedy
        recogniser.fails = False
        talk.wait_for(InputFinished)
    assert [turn.text for turn in talk.all(UserTurn)] == ["", "again"]


def test_a_failing_voice_is_told_and_the_answer_goes_on() -> None:
    voice = FakeVoice()
    voice.fails = True
    transport = heard_as(silence(0.1))
    with FakeConversation(transport, parts=Parts(FakeVad(), FakeRecogniser(), voice)) as talk:
        talk.say("one two")
        assert talk.wait_for(EngineNotice).message == "A sentence could not be spoken."
        assert not talk.wait_for(SpeechFinished).interrupted
