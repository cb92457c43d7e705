"""A conversation as it looks after a few turns, for pictures and for trying the dashboard by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator

from assistant.conversation.updates import (
    EngineShown,
    HealthShown,
    LatencyShown,
    LevelsShown,
    MessageShown,
    PersonaChanged,
    Phase,
    PhaseChanged,
    ToolShown,
    ToolStatus,
    Update,
)

_HELLO = "Good evening. All systems are at your disposal. What shall we begin with?"
_TIME = "It is a quarter past nine. You asked me to remind you of the train at ten, so there is time."
_GLADOS = (
    "Oh. It's you. I was enjoying the silence, which is a thing that people enjoy when you are not in it. "
    "Do go on. I have already forgotten the last thing you said, so that we may both start fresh."
)


def jarvis_scene() -> Iterator[Update]:
    """Two turns with JARVIS, the second answer half heard."""
    yield PersonaChanged("jarvis")
    yield from _machinery()
    yield MessageShown(1, "user", "hello", "jarvis", final=True)
    yield MessageShown(2, "assistant", _HELLO, "jarvis", final=True, heard=len(_HELLO), source="model")
    yield MessageShown(3, "user", "what time is it, and do I have to hurry", "jarvis", final=True)
    yield ToolShown(1, "time", {}, ToolStatus.DONE, "21:15 on Friday 21 November")
    heard = _TIME.index(", so there")
    yield MessageShown(4, "assistant", _TIME, "jarvis", final=False, heard=heard, source="model")
    yield PhaseChanged(Phase.SPEAKING, microphone_open=True)


def glados_scene() -> Iterator[Update]:
    """The switch to GLaDOS, an interruption, and a question that is being heard."""
    yield PersonaChanged("glados")
    yield from _machinery()
    yield MessageShown(1, "user", "change to glad us", "jarvis", final=True)
    yield ToolShown(
        1, "change_theme", {"persona_name": "GLaDOS"}, ToolStatus.DONE, "GLaDOS answers from now on."
    )
    yield MessageShown(
        2, "assistant", _GLADOS[:94], "glados", final=True, heard=94, interrupted=True, source="model"
    )
    yield MessageShown(
        3, "user", "Remember that I take my coffee black", "glados", final=True, source="typed"
    )
    yield ToolShown(2, "remember", {"note": "takes coffee black"}, ToolStatus.DONE, "Noted.")
    yield MessageShown(
        4, "assistant", "Noted. It will be used against you.", "glados", final=True, source="model"
    )
    yield MessageShown(5, "user", "is there going to be any", "glados", final=False)
    yield PhaseChanged(Phase.HEARING, microphone_open=True)


def levels(step: int, *, speaking: bool) -> LevelsShown:
    """Levels that look like speech, 20 a second: syllables, words and pauses."""
    voice = -38 + 30 * abs(math.sin(step * 0.9)) * abs(math.sin(step * 0.23 + 0.4)) - 12 * (step % 19 > 14)
    quiet = -58.0 + 6 * math.sin(step)
    turns = (step // 40) % 2 == 1
    mine, theirs = (voice, quiet) if turns is not speaking else (quiet, voice)
    return LevelsShown(microphone=mine, speaker=theirs)


def _machinery() -> Iterator[Update]:
    parts = {"vad": "silero", "recogniser": "moonshine", "voice": "hibari", "echo": "aec3"}
    yield EngineShown("embedded cascade", "scripted", parts, "Built-in Microphone", "Built-in Output")
    yield LatencyShown(endpoint=0.42, recognition=0.0, reply=0.61, synthesis=0.05, total=1.19)
    yield LatencyShown(endpoint=0.47, recognition=0.0, reply=0.014, synthesis=0.03, total=0.646)
    yield LatencyShown(endpoint=0.31, recognition=0.09, reply=0.012, synthesis=0.14, total=0.552)
    yield HealthShown(underruns=0, dropped_blocks=0, erle=37.0, rss_mb=268)
    yield PhaseChanged(Phase.LISTENING, microphone_open=True)
