"""Which of the ways to read an utterance is meant: a pure function over the recognisers' texts.

The first transcript is the better one for ordinary talk; the other readings were made to expect names, and
only count where the first one commands nothing and they ask for a persona that there is.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.conversation.intents import find_intent, is_wake_word
from assistant.personas.load import Library
from assistant.personas.names import match
from assistant.tools.result import ToolCall

_LIKELIEST = 3
"""Readings that count: those behind them added no request of the tuning voices, but one out of "decaf"."""


def understood(text: str, readings: Sequence[str], library: Library, asleep: bool = False) -> str:
    """The text to act on: ``text``, or the first of ``readings`` that asks for a persona or wakes by name.

    The likeliest reading comes before ``text`` where both ask for one, since it was told how names are spelt.
    """
    if asleep:
        return next((each for each in (text, *readings) if is_wake_word(each, library)), text)
    intent = find_intent(text, library)
    if intent is not None and not _is_switch(intent):
        return text
    ordered = (*readings[:1], text, *readings[1:_LIKELIEST])
    return next((each for each in ordered if _asks_for_known(each, library)), text)


def _is_switch(intent: object) -> bool:
    return isinstance(intent, ToolCall) and intent.name == "change_theme"


def _asks_for_known(text: str, library: Library) -> bool:
    intent = find_intent(text, library)
    if not isinstance(intent, ToolCall) or not _is_switch(intent):
        return False
    return match(str(intent.arguments["persona_name"]), library) is not None
