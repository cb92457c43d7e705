"""Whole utterances and cut ones, by their words."""

from __future__ import annotations

import pytest

from assistant.voice.cascade.completeness import completeness
from assistant.voice.cascade.turns import TurnSettings


@pytest.mark.parametrize(
    "text",
    [
        "What time is it?",
        "How are you today?",
        "What day is it to-day?",
        "What is 7 plus 5?",
        "Is it cold outside?",
        "Where did you learn that?",
    ],
)
def test_a_question_that_needs_no_more_is_whole(text: str) -> None:
    assert completeness(text) > 0.7


@pytest.mark.parametrize(
    "text",
    [
        "Good morning.",
        "Tell me a joke.",
        "Turn the volume down.",
        "Switch to TARS.",
        "I like the summer.",
        "I'd like to plan a trip.",
        "There's a word for it.",
        "Let's play a game.",
    ],
)
def test_what_is_no_question_may_be_whole_or_go_on(text: str) -> None:
    assert 0.4 < completeness(text) <= 0.6


@pytest.mark.parametrize(
    "text",
    [
        "Change to.",
        "Changed to.",
        "Set the volume too.",
        "I would like tea and",
        "Tell me, um",
        "First,",
        "I was thinking...",
        "What is the?",
        "Could you tell me?",
        "Remember that.",
        "When I get home.",
        "Where the road divides.",
        "When the train arrives.",
        "The thing is that",
        "I need to buy",
        "My favourite colour is.",
    ],
)
def test_what_wants_more_is_not_whatever_mark_the_recogniser_set(text: str) -> None:
    assert TurnSettings().wait(completeness(text)) > 1.0


def test_a_statement_may_go_on() -> None:
    assert 0.2 < completeness("My brother lives in Spain.") < 0.8


def test_no_words_tell_nothing() -> None:
    assert completeness("…") == completeness("") == 0.5
