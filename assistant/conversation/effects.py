"""What goes into the session beside engine events and requests, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.conversation.requests import Request
from assistant.conversation.updates import Update
from assistant.engine.protocol import Command, Event
from assistant.llm.port import Message, Prompt
from assistant.tools.offered import Offer
from assistant.tools.result import ToolCall, ToolResult

# --- in: what the carried-out effects report back --------------------------------------------------


@dataclass(frozen=True, slots=True)
class NotesRecalled:
    """The prompt of answer ``generation`` holds recalled notes that the user did not dictate."""

    generation: int


@dataclass(frozen=True, slots=True)
class ReplyPiece:
    """The text engine wrote a piece of answer ``generation``."""

    generation: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplyCall:
    """The text engine has read a tool call, for answer ``generation``, out of its model's own format.

    Where it could not be read there is no ``call``, and ``reason`` is a sentence for the model.
    """

    generation: int
    call: ToolCall | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The text engine has written all of answer ``generation``."""

    generation: int


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """The text engine gave up on answer ``generation``."""

    generation: int
    message: str
    remedy: str = ""


Written = NotesRecalled | ReplyPiece | ReplyCall | ReplyEnded | ReplyFailed
"""What a text engine reports of the answer that it writes."""


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """A tool call has come to its end, in whatever way."""

    id: int
    result: ToolResult


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes; several times a second. The machine slept for ``asleep_s`` seconds since the last one."""

    asleep_s: float = 0.0


Input = Event | Request | Written | ToolFinished | Offer | Tick

# --- out -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToEngine:
    """Send a command to the engine process."""

    command: Command


@dataclass(frozen=True, slots=True)
class StartReply:
    """Ask the text engine; its pieces come back with this generation."""

    generation: int
    prompt: Prompt


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """Let the text engine compute what is known of the next prompt until it is asked for a reply."""

    prompt: Prompt


@dataclass(frozen=True, slots=True)
class CancelReply:
    """Stop asking the text engine for this generation."""

    generation: int


@dataclass(frozen=True, slots=True)
class RunTool:
    """Run a tool that the user, or else a model, asked for; ``ToolFinished`` with the same id comes back."""

    id: int
    call: ToolCall
    by_user: bool


@dataclass(frozen=True, slots=True)
class Store:
    """Write a message to memory, with its tool calls and, in seconds, its latency by stage."""

    message: Message
    confidence: float | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Show:
    """Tell the faces."""

    update: Update


Effect = ToEngine | StartReply | ReadAhead | CancelReply | RunTool | Store | Show
