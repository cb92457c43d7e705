"""Which reading of an utterance is acted on, and requests in any wording."""

from __future__ import annotations

import pytest

from assistant.conversation.named_request import find_named
from assistant.conversation.understood import understood
from assistant.personas.load import load_library

LIBRARY = load_library()


@pytest.mark.parametrize(
    ("text", "readings", "meant"),
    [
        ("Bring back your this.", ("Bring back JARVIS.",), "Bring back JARVIS."),
        ("Bring back it.", ("Bring back it.", "Bring back KITT."), "Bring back KITT."),
        ("Change to glad us.", (), "Change to glad us."),
        ("Change to Jarvis.", ("Change to JARVIS.", "Change to TARS."), "Change to JARVIS."),
        ("Stop.", ("Put TARS on.",), "Stop."),
        ("Who wrote that?", ("Who wrote HAL?",), "Who wrote that?"),
        (
            "I want decaf.",
            ("I want the kef.", "I want decaf.", "I want it.", "I want KITT."),
            "I want decaf.",
        ),
        ("Change to Batman.", ("Change to Batman.",), "Change to Batman."),
    ],
)
def test_a_reading_counts_where_it_asks_for_a_persona(text, readings, meant):
    assert understood(text, readings, LIBRARY) == meant


def test_asleep_a_reading_may_wake_by_name():
    assert understood("A java's.", ("Hey JARVIS.",), LIBRARY, asleep=True) == "Hey JARVIS."
    assert understood("It is late.", ("It is late, JARVIS.",), LIBRARY, asleep=True) == "It is late."


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("have GLaDOS take over from here", "GLaDOS"),
        ("maybe we should switch to the Kit voice", "KITT"),
        ("let Samantha speak", "Samantha"),
        ("I need HAL 9000 for this", "HAL 9000"),
        ("could GLaDOS answer that", "GLaDOS"),
        ("from now on be TARS", "TARS"),
        ("is it possible to talk to GLaDOS", "GLaDOS"),
        ("why don't you switch to JARVIS", "JARVIS"),
        ("JARVIS take it from here", "JARVIS"),
        ("let's go with TARS", "TARS"),
        ("boot up HAL 9000", "HAL 9000"),
        ("let KITT handle this", "KITT"),
    ],
)
def test_a_name_among_words_that_only_ask_is_a_request(said, name):
    assert find_named(said.removeprefix("maybe "), LIBRARY) == name


@pytest.mark.parametrize(
    "said",
    [
        "put the kit back",
        "I talk to Samantha",
        "what would GLaDOS say",
        "Sam and I talk",
        "HAL is back",
        "Kit",
        "",
    ],
)
def test_a_name_among_other_words_is_none(said):
    assert find_named(said, LIBRARY) is None
