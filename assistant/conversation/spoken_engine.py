"""Phrases that ask for another text engine, as people say them and as recognisers write them down."""

from __future__ import annotations

import re

from assistant.conversation.utterance import phrases
from assistant.tools.result import ToolCall

_NAMES = {
    "scripted": r"script(?:ed)?|built[- ]in|simple",
    "llama": r"l+ama(?:[ .-]?c ?p ?p)?|local|yama",
    "mlx": r"m\.? ?l\.? ?x\.?",
    "ollama": r"o[ -]?l+ama|oh l+ama",
    "openai": r"open ?a\.? ?i\.?|server|remote",
}
_USE = r"(?:use|switch to|change to|go to|take|try|load|think with|talk with|answer with)"
_MODEL = r"(?:language |text )?(?:model|engine|brain)"


def _asking_for(name: str) -> re.Pattern[str]:
    return phrases(rf"""
        {_USE} (?:the |your |my )?(?:{name}) {_MODEL}
        (?:use|think with|answer with) (?:{name})
        """)


_ENGINES = {engine: _asking_for(name) for engine, name in _NAMES.items()}


def find_text_engine(said: str) -> ToolCall | None:
    """The call that changes the text engine, if that is what is asked for."""
    for engine, pattern in _ENGINES.items():
        if pattern.fullmatch(said):
            return ToolCall("use_text_engine", {"engine": engine})
    return None
