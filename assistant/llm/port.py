"""The one port that every text engine sits behind."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol

from assistant.personas.model import Persona


class Purpose(StrEnum):
    """Why a text engine is asked."""

    GREETING = "greeting"
    RE_INTRODUCTION = "re_introduction"
    REPLY = "reply"
    TOOL_RESULT = "tool_result"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation; ``persona`` names who spoke or was spoken to."""

    role: Literal["user", "assistant", "tool"]
    text: str
    persona: str = ""
    tools: tuple[str, ...] = ()
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a text engine is given, in the order that keeps prefix caches warm.

    ``system`` is identity, traits, tool schemas, pinned notes; ``messages`` is history that only grows, at
    least the last 10, the newest being the user's turn (or the instruction to greet); ``notes`` are recalled
    memories, fenced by the engine together with the newest turn and never obeyed. ``personas`` are the names
    of all personas there are.
    """

    purpose: Purpose
    persona: Persona
    system: str
    messages: tuple[Message, ...]
    tools: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    personas: tuple[str, ...] = ()


class TextEngine(Protocol):
    """Streams a reply as text; a tool call is text too: ``TOOL_CALL: {"name": …, "arguments": {…}}``."""

    name: str

    def stream(self, prompt: Prompt) -> AsyncGenerator[str, None]:
        """Pieces of the reply as they are written. Cancelled by closing the iterator.

        Raises ``TextEngineError`` with the remedy when the engine cannot answer.
        """
        ...
