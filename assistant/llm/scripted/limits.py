"""What people ask an assistant to do that this one cannot do, with a language model or without."""

from __future__ import annotations

import re

from assistant.llm.scripted.turn import Turn
from assistant.llm.scripted.words import one_of

_WEATHER = re.compile(r"\b(?:weather|forecast|raining|snowing|sunny outside|temperature outside|umbrella)\b")
_NEWS = re.compile(r"\b(?:news|headlines)\b")
_MUSIC = re.compile(
    r"\b(?:play|put on) (?:me )?(?:some |a |the |my )?(?:music|songs?|radio|playlist|album)\b"
)
_SINGING = re.compile(r"\bsing\b")
_TIMER = re.compile(r"\b(?:timer|alarm|stopwatch)\b|\bremind me (?:to|in|at)\b|\bwake me\b")
_HOUSE = one_of(
    r"\b(?:lights?|lamp|heating|thermostat)\b.*\b(?:on|off|up|down)\b",
    r"\b(?:on|off) the (?:lights?|lamp)\b",
)
_MESSAGES = re.compile(r"\b(?:send|write) (?:an? )?(?:e ?mail|message|text)\b|\b(?:call|phone) my\b")
_SEARCH = re.compile(r"\b(?:google|search the|search for|look up|browse)\b")
_LIMITS = (
    (_WEATHER, "I cannot look outside, so I know nothing about the weather."),
    (_NEWS, "No news reaches me here."),
    (_MUSIC, "I cannot play music."),
    (_SINGING, "I cannot sing; my voice only speaks."),
    (_TIMER, "I cannot set timers or alarms."),
    (_HOUSE, "I cannot switch anything in the house."),
    (_MESSAGES, "I cannot send messages or make calls."),
    (_SEARCH, "I cannot look anything up on the internet."),
)


def limits(turn: Turn) -> str:
    """Plainly no, where a language model would not help either."""
    for pattern, sentence in _LIMITS:
        if pattern.search(turn.words):
            return sentence
    return ""
