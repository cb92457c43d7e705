"""Spoken commands that need no model: a pure function from the user's words to what they ask for.

Everything is decided by the wording of one utterance. A phrase must cover all of it but for courtesies and a
called name, so that a command inside an ordinary sentence ("I told him to be quiet") is none.
"""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.conversation.second_clause import find_behind_remark
from assistant.conversation.spoken_commands import find_command
from assistant.conversation.spoken_switch import find_switch
from assistant.conversation.utterance import is_name, phrases, plain, readings
from assistant.personas.load import Library
from assistant.personas.names import match
from assistant.tools.result import ToolCall

LONGEST = 2_000
"""Characters beyond which an utterance is no command."""


def _any_of(*words: str) -> re.Pattern[str]:
    """Any row of these words, one of which says more than thanks."""
    return re.compile(rf"(?!(?:please|thanks|thank you| )+$)(?:(?:{'|'.join(words)})(?: |$))+", re.IGNORECASE)


class Reserved(StrEnum):
    """Words that only the session can act on: an answer, the end of sleep, taking the last change back."""

    WAKE = "wake"
    YES = "yes"
    NO = "no"
    UNDO = "undo"


_RESERVED = (
    (
        Reserved.UNDO,
        phrases(r"""
        (?:no )*(?:go back|undo|revert)(?: (?:that|it|this|the last (?:change|thing|one)))?
        (?:no )*(?:take|change|put|switch|turn|set) (?:that|it|this) back
        (?:no )*(?:take back that|change back|switch back)
        (?:go|change|switch) back to (?:before|the one before)
        (?:go|change|switch) back to the (?:last|previous|old|other) (?:one|persona|voice)
        (?:no )+(?:not that|not that one|wrong one|that was wrong|that's wrong|i didn't mean that)
        """),
    ),
    (Reserved.WAKE, phrases(r"wake(?: up)?|(?:it's )?time to wake up|are you awake|rise and shine")),
    (
        Reserved.YES,
        _any_of(
            "yes|yeah|yep|yup|sure|of course|do it|do that|go ahead|go for it|okay|ok|affirmative|correct",
            "confirm|confirmed|absolutely|certainly|definitely|by all means|i'm sure|i am sure|that's right",
            "that is right|exactly|please do|please|i do|i agree|indeed|sounds good|very well|thanks",
            "thank you",
        ),
    ),
    (
        Reserved.NO,
        _any_of(
            "no|nope|nah|no way|don't|do not|don't do (?:it|that)|negative|(?:i'd )?rather not|not now",
            "not really|not today|absolutely not|certainly not|of course not|please|leave it|leave it be",
            "i changed my mind|better not|i don't|keep (?:it|them|everything)|thanks|thank you",
        ),
    ),
)
_PLEASE = re.compile(r"\bplease\W*$", re.IGNORECASE)
_CALL = 5
"""Words of an utterance at most in which a name wakes the assistant."""

_LONGEST_NAME = 3
"""Words of a name that is called."""


def find_intent(text: str, library: Library) -> ToolCall | Reserved | None:
    """What the utterance commands, or None for everything that is to be replied to.

    A persona that is asked for comes as a ``change_theme`` call, with the name as it was said where no
    persona resembles it. Whether "yes" and "no" answer anything is the session's to know.
    """
    if len(text) > LONGEST:
        return None
    if reserved := _reserved(text):
        return reserved
    for core in readings(text, library):
        if found := _reserved(core) or find_command(core, text):
            return found
        if name := _asked_for(core, text, library) or find_switch(core, library):
            return ToolCall("change_theme", {"persona_name": name})
    if name := find_behind_remark(text, library):
        return ToolCall("change_theme", {"persona_name": name})
    return None


def is_wake_word(text: str, library: Library) -> bool:
    """True when a sleeping assistant should wake: "wake up", or a few words that begin with a name."""
    words = plain(text).split()
    if find_intent(text, library) is Reserved.WAKE:
        return True
    starts = (words[:count] for count in range(1, _LONGEST_NAME + 1))
    return 0 < len(words) <= _CALL and any(is_name(start, library) for start in starts)


def called(text: str, library: Library) -> str | None:
    """The persona whose name stands at the start or the end: whom "Wake up, GLaDOS" wakes."""
    words = plain(text).split()
    runs = (run for count in range(_LONGEST_NAME, 0, -1) for run in (words[:count], words[-count:]))
    found = (match(" ".join(run), library, strict=True) for run in runs)
    return next((each.persona.name for each in found if each), None)


def _reserved(text: str) -> Reserved | None:
    words = re.sub(r"[^\w' ]+", " ", text.replace("’", "'"))
    said = " ".join(words.split())
    return next((kind for kind, pattern in _RESERVED if pattern.fullmatch(said)), None)


def _asked_for(core: str, text: str, library: Library) -> str | None:
    """The persona's name in "GLaDOS, please"."""
    found = match(core, library, strict=True) if _PLEASE.search(text) else None
    return found.persona.name if found else None
