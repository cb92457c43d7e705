"""What tools are called with and what they give back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a tool may do: a danger is asked about aloud before it runs; no model may call a user's own."""

    READ = "read"
    CHANGE = "change"
    DANGER = "danger"
    USER = "user"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool by its name, with JSON arguments."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


# --- what a tool asks the session to do ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SwitchPersona:
    """Become another persona, by slug, and introduce oneself."""

    slug: str


@dataclass(frozen=True, slots=True)
class CloseMicrophone:
    """Mute: only a key opens the microphone again."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """Listen only for "wake up" or a persona's name."""


@dataclass(frozen=True, slots=True)
class StopSpeaking:
    """End the answer that is being spoken."""


@dataclass(frozen=True, slots=True)
class ChangeVolume:
    """Set the voice's loudness, 0.0 to 1.0."""

    volume: float


@dataclass(frozen=True, slots=True)
class ForgetConversation:
    """Drop what was said so far from the prompt; its stored form is erased already."""


@dataclass(frozen=True, slots=True)
class TextEngineChanged:
    """Another text engine writes the replies; ``name`` tells which, with its model."""

    name: str


Action = (
    SwitchPersona
    | CloseMicrophone
    | Sleep
    | StopSpeaking
    | ChangeVolume
    | ForgetConversation
    | TextEngineChanged
)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """``text`` is for the model and the card; ``speech`` is what is said when a spoken command ran the tool.

    ``actions`` are carried out by the session, ``undo`` is the call that takes the change back,
    ``is_rejected`` says that nothing ran: there is no such tool, or its arguments are wrong.
    """

    text: str
    speech: str = ""
    actions: tuple[Action, ...] = ()
    undo: ToolCall | None = None
    ok: bool = True
    is_rejected: bool = False
