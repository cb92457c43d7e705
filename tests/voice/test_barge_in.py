"""Who may take the floor: ducking at once, stopping for the user's own words only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.voice.cascade.barge_in import Action, BargeIn, Evidence

SPOKEN = "the cake is a lie and everybody knows it by now"


def evidence(text: str, speech_s: float) -> Evidence:
    return Evidence(text, speech_s, SPOKEN, lasts_s=speech_s)


def begun() -> BargeIn:
    barge_in = BargeIn()
    assert barge_in.begin(0.0) is Action.DUCK
    return barge_in


def test_words_of_the_user_stop_it() -> None:
    barge_in = begun()
    assert barge_in.update(evidence("", 0.3), 0.3) is None
    assert barge_in.update(evidence("wait a", 0.4), 0.5) is Action.STOP
    assert barge_in.update(evidence("wait a moment", 0.8), 0.9) is None
    assert barge_in.end(evidence("wait a moment", 0.8)) is None


def test_words_alone_are_not_enough_before_they_lasted() -> None:
    assert begun().update(evidence("wait", 0.3), 0.3) is None


def test_a_backchannel_only_counts_when_it_goes_on() -> None:
    assert begun().update(evidence("yeah", 0.5), 0.6) is None
    assert begun().update(evidence("yeah yeah right", 0.75), 0.9) is Action.STOP


@pytest.mark.parametrize("text", ["", "the cake is a lie", "the cake is the lie and"])
def test_noise_and_echo_never_stop_it(text: str) -> None:
    barge_in = begun()
    assert barge_in.update(evidence(text, 5.0), 1.0) is None
    assert barge_in.end(evidence(text, 5.0)) is Action.RESTORE


def test_a_candidate_without_words_is_given_up_but_still_watched() -> None:
    barge_in = begun()
    assert barge_in.update(evidence("", 1.0), 2.1) is Action.RESTORE
    assert barge_in.update(evidence("", 1.0), 2.2) is None
    assert barge_in.update(evidence("hold on please", 1.5), 2.5) is Action.STOP


@pytest.mark.parametrize(("text", "action"), [("Stop.", Action.STOP), ("Mhm.", Action.RESTORE)])
def test_a_short_turn_is_judged_by_its_words(text: str, action: Action) -> None:
    assert begun().end(evidence(text, 0.2)) is action


def test_an_answer_that_is_over_leaves_nothing_ducked() -> None:
    barge_in = begun()
    assert barge_in.forget() is Action.RESTORE
    assert barge_in.forget() is None


TEXTS = ["", "yeah", "the cake is a lie", "please stop talking"]
CALLS = st.lists(st.tuples(st.sampled_from("budf"), st.sampled_from(TEXTS), st.floats(0, 3)), max_size=30)


@given(CALLS)
def test_it_never_restores_or_stops_what_it_did_not_duck(calls: list[tuple[str, str, float]]) -> None:
    barge_in, now, ducked = BargeIn(), 0.0, False
    for name, text, speech_s in calls:
        now += speech_s
        match name:
            case "b":
                action = barge_in.begin(now)
            case "u":
                action = barge_in.update(evidence(text, speech_s), now)
            case "d":
                action = barge_in.end(evidence(text, speech_s))
            case _:
                action = barge_in.forget()
        assert action is not Action.RESTORE or ducked
        if action is Action.STOP:
            assert text in ("please stop talking", "yeah")
        ducked = action is Action.DUCK or (ducked and action is None)
    barge_in.forget()
    assert not barge_in.is_watching


def free(text: str, speech_s: float, *, settled: bool = False, silence_s: float = 0.5) -> Evidence:
    return Evidence(
        text,
        speech_s,
        SPOKEN,
        lasts_s=speech_s,
        silence_s=silence_s if settled else 0.0,
        is_free_of_echo=True,
        is_settled=settled,
    )


def test_speech_that_goes_on_pauses_the_answer_before_its_words_are_known() -> None:
    barge_in = begun()
    assert barge_in.update(free("", 0.3), 0.3) is None
    assert barge_in.update(free("", 0.45), 0.5) is Action.PAUSE
    assert barge_in.update(free("", 0.5), 0.6) is None
    assert barge_in.update(free("wait a", 0.6), 0.7) is Action.STOP


def test_what_may_be_echo_never_pauses_it() -> None:
    assert begun().update(evidence("", 1.5), 1.5) is None


def test_what_is_known_for_its_own_voice_neither_pauses_nor_stops_it() -> None:
    barge_in = begun()
    own = Evidence("what a strange thing", 1.0, SPOKEN, 1.0, is_free_of_echo=True, is_own_voice=True)
    assert barge_in.update(own, 1.0) is None
    assert barge_in.end(own) is Action.RESTORE


@pytest.mark.parametrize("text", ["", "mhm", "the cake is a lie"])
def test_after_a_false_alarm_it_goes_on_as_soon_as_the_words_are_settled(text: str) -> None:
    barge_in = begun()
    assert barge_in.update(free(text, 0.5), 0.5) is Action.PAUSE
    assert barge_in.update(free(text, 0.5, settled=True), 0.8) is Action.RESTORE
    assert barge_in.is_watching
    assert barge_in.update(free("stop it now", 0.8), 1.5) is Action.STOP


def test_a_gap_in_the_speech_is_no_false_alarm_yet() -> None:
    barge_in = begun()
    assert barge_in.update(free("", 0.2, settled=True, silence_s=0.2), 0.4) is None
    assert barge_in.update(free("", 0.45), 0.6) is Action.PAUSE


def test_a_short_word_counts_once_it_is_settled() -> None:
    assert begun().update(free("stop", 0.25, settled=True), 0.6) is Action.STOP


def test_a_yes_that_the_answer_holds_too_is_the_users_where_no_echo_is_left() -> None:
    assert begun().end(free("lie", 0.6)) is Action.STOP
    assert begun().end(evidence("lie", 0.6)) is Action.RESTORE


def test_a_hum_that_was_misheard_does_not_stop_it() -> None:
    assert begun().end(free("never", 0.4)) is Action.RESTORE
    assert begun().end(free("never mind", 0.5)) is Action.STOP
    assert begun().end(free("wait", 0.3)) is Action.STOP
