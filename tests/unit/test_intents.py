from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.conversation.intents import LONGEST, Reserved, find_intent, is_wake_word
from assistant.personas.load import Library, load_library
from assistant.tools.result import ToolCall
from tests.unit import wordings
from tests.unit.utterances import COMMANDS, ORDINARY, SWITCHES


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def call(name: str, **arguments: Any) -> ToolCall:
    return ToolCall(name, arguments)


@pytest.mark.parametrize(("said", "name"), SWITCHES)
def test_a_persona_is_asked_for_in_many_ways(said: str, name: str, library: Library) -> None:
    assert find_intent(said, library) == call("change_theme", persona_name=name)


@pytest.mark.parametrize(
    "wording", [each for each in wordings.REQUESTS if each not in wordings.NOT_UNDERSTOOD]
)
def test_other_peoples_wordings_are_understood_with_every_name(wording: str, library: Library) -> None:
    for persona in library:
        said = f"{wording.format(persona.name).rstrip('.?!')}."
        assert find_intent(said, library) == call("change_theme", persona_name=persona.name)


def test_other_peoples_ordinary_sentences_change_no_persona(library: Library) -> None:
    found = {said: find_intent(said, library) for said in wordings.ORDINARY}
    assert not [said for said, intent in found.items() if intent and "change_theme" in str(intent)]


@pytest.mark.parametrize(("said", "expected"), COMMANDS)
def test_commands_are_understood(said: str, expected: ToolCall | Reserved, library: Library) -> None:
    assert find_intent(said, library) == expected


@pytest.mark.parametrize("said", ORDINARY)
def test_ordinary_sentences_are_no_commands(said: str, library: Library) -> None:
    assert find_intent(said, library) is None


def test_there_are_enough_phrasings_to_judge_by() -> None:
    assert len({said for said, _ in (*SWITCHES, *COMMANDS)}) >= 250
    assert len(set(ORDINARY)) >= 200


@pytest.mark.parametrize(
    "said", ["change to Gandalf", "Switch to Batman, please.", "Let me talk to Gandalf the Grey"]
)
def test_an_unknown_name_is_handed_on_to_be_asked_back_about(said: str, library: Library) -> None:
    intent = find_intent(said, library)
    assert isinstance(intent, ToolCall)
    assert intent.name == "change_theme"
    assert intent.arguments["persona_name"] in ("Gandalf", "Batman", "Gandalf the Grey")


def test_a_note_is_kept_word_by_word(library: Library) -> None:
    said = "Jarvis, please remember that my sister's number is 555-1234, not 1243; call at 3.30, please."
    expected = "my sister's number is 555-1234, not 1243; call at 3.30"
    assert find_intent(said, library) == call("remember", text=expected)


@pytest.mark.parametrize(
    "said", ["Wake up!", "Hey Jarvis", "GLaDOS, are you there?", "HAL 9000.", "okay tars wake up"]
)
def test_wake_words_wake(said: str, library: Library) -> None:
    assert is_wake_word(said, library)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "It is late.",
        "I saw Samantha at the shops with her mother yesterday",
        "stop",
        "how are you",
        "cars",
    ],
)
def test_other_words_do_not_wake(said: str, library: Library) -> None:
    assert not is_wake_word(said, library)


_WORDS = [
    "change",
    "to",
    "the",
    "no",
    "yes",
    "please",
    "remember",
    "that",
    "HAL",
    ",",
    ".",
    "?",
    "volume",
    "it",
]


@settings(max_examples=300, deadline=None)
@given(said=st.text(max_size=3000) | st.lists(st.sampled_from(_WORDS), max_size=600).map(" ".join))
def test_any_text_is_understood_or_not_but_never_fails(said: str, library: Library) -> None:
    intent = find_intent(said, library)
    assert intent is None or isinstance(intent, ToolCall | Reserved)


@pytest.mark.parametrize(
    "unit", ["x ", "change to ", "please ", "yes ", "I want to talk to ", "remember that ", "it back "]
)
def test_the_longest_utterance_is_understood_at_once(unit: str, library: Library) -> None:
    start = time.process_time()
    find_intent((unit * LONGEST)[:LONGEST], library)
    assert time.process_time() - start < 0.5
