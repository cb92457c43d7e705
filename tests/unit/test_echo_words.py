"""The assistant's own words are known again; the user's are not taken for them."""

from __future__ import annotations

import pytest

from assistant.engine.echo_words import is_attention, is_backchannel, is_echo

SPOKEN = (
    "The weather in the enrichment centre is, as ever,",
    "none of your concern. Shall we begin the test?",
)


@pytest.mark.parametrize(
    "transcript",
    [
        "The weather in the enrichment center is as ever.",
        "None of your concern.",
        "ever none of your concern shall we",
        "shall we begin",
        "Shell we begin the test",
    ],
)
def test_own_words_are_echo(transcript: str) -> None:
    assert is_echo(transcript, SPOKEN)


@pytest.mark.parametrize(
    "transcript",
    [
        "Stop.",
        "Change to JARVIS.",
        "What time is it?",
        "the weather stop that please",
        "we test your ever none",
        "",
    ],
)
def test_words_of_the_user_are_not(transcript: str) -> None:
    assert not is_echo(transcript, SPOKEN)


@pytest.mark.parametrize(
    ("transcript", "is_own"), [("Begin.", False), ("the test", False), ("shall we begin", True)]
)
def test_only_phrases_count_where_hardly_any_echo_is_left(transcript: str, is_own: bool) -> None:
    assert is_echo(transcript, SPOKEN)
    assert is_echo(transcript, SPOKEN, only_phrases=True) is is_own


def test_nothing_is_echo_when_nothing_was_spoken() -> None:
    assert not is_echo("hello there", ())


@pytest.mark.parametrize("transcript", ["Mhm.", "Yeah, okay.", "uh huh", "Right"])
def test_signs_of_attention_are_backchannels(transcript: str) -> None:
    assert is_backchannel(transcript)


@pytest.mark.parametrize("transcript", ["", "Okay, stop.", "yes", "no"])
def test_answers_and_commands_are_not(transcript: str) -> None:
    assert not is_backchannel(transcript)


@pytest.mark.parametrize(
    ("transcript", "lasts_s", "is_aside"),
    [
        ("Better.", 0.4, True),
        ("Uh, never.", 0.5, True),
        ("Better.", 0.6, False),
        ("Mhm, okay.", 0.9, True),
        ("Stop.", 0.3, False),
        ("Never mind.", 0.5, False),
        ("", 0.2, False),
    ],
)
def test_a_brief_lone_word_is_attention_unless_it_takes_the_floor(
    transcript: str, lasts_s: float, is_aside: bool
) -> None:
    assert is_attention(transcript, lasts_s) is is_aside
