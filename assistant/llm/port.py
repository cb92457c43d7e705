"""The one port that every text engine sits behind."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Protocol, runtime_checkable

from assistant.personas.model import Persona
from assistant.tools.result import ToolCall


class Purpose(StrEnum):
    """Why a text engine is asked."""

    GREETING = "greeting"
    RE_INTRODUCTION = "re_introduction"
    REPLY = "reply"
    TOOL_RESULT = "tool_result"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation; ``persona`` names who spoke or was spoken to.

    ``untrusted`` says that a tool brought what it was made of, which somebody else has written.
    """

    role: Literal["user", "assistant", "tool"]
    text: str
    persona: str = ""
    tools: tuple[str, ...] = ()
    interrupted: bool = False
    untrusted: bool = False


UNSAID = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a prompt for words that the user has yet to say."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the conversation, by the user or by the assistant."""

    by_user: bool
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a text engine is given; ``llm.chat`` renders it for models.

    ``system`` is identity, traits and rules; ``messages`` is history that only grows, at least the last 10,
    the newest being the user's turn (or the instruction to greet); ``tools`` are JSON schemas; ``notes`` are
    recalled memories, never obeyed. ``personas`` are all there are. ``pinned`` notes
    are in every prompt, ``summary`` is what is left of messages before ``messages``, oldest first.
    """

    purpose: Purpose
    persona: Persona
    system: str
    messages: tuple[Message, ...]
    tools: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    personas: tuple[Persona, ...] = ()
    pinned: tuple[str, ...] = ()
    summary: tuple[Said, ...] = ()


# --- what comes back -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the reply as the model wrote it; ``TOOL_CALL: {…}`` and leaked markup are still in it."""

    text: str


@dataclass(frozen=True, slots=True)
class CallDelta:
    """A tool call that the engine itself has read out of the model's own format; not validated yet."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class MalformedCallDelta:
    """A tool call in the model's own format that is none; ``reason`` is a sentence for the model."""

    reason: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """The oldest ``messages`` of the history were left out: they no longer fit the model's context."""

    messages: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one reply; ``cached`` of the ``prompt`` were not computed again."""

    prompt: int
    written: int
    cached: int = 0


class FinishReason(StrEnum):
    """Why the model stopped."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"


@dataclass(frozen=True, slots=True)
class Finished:
    """The reply is whole; the last delta of every stream that does not raise."""

    reason: FinishReason = FinishReason.STOP


Delta = TextDelta | CallDelta | MalformedCallDelta | Dropped | Usage | Finished


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What an engine works with; ``context`` is in tokens, and 0 where nothing limits it or nobody tells."""

    engine: str
    model: str
    context: int = 0


class TextEngine(Protocol):
    """Streams replies. Every method may raise ``TextEngineError`` with the remedy."""

    @property
    def name(self) -> str:
        """The engine and its model, for people and for the memory."""
        ...

    def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """The reply as it is written. Closing the iterator cancels: the model stops within a step."""
        ...

    async def info(self) -> ModelInfo:
        """The model behind it; loads or asks for it where that has not been done."""
        ...

    async def count(self, prompt: Prompt) -> int:
        """Tokens of the prompt, exact where the engine has its tokenizer at hand, else estimated."""
        ...

    async def close(self) -> None:
        """Let go of connections and processes, for good."""
        ...


@runtime_checkable
class ReadsAhead(Protocol):
    """A text engine that computes prompts at nobody's expense, and so may before they are whole."""

    async def read_ahead(self, prompt: Prompt) -> None:
        """Compute ``prompt`` up to ``UNSAID`` in its newest message, for a reply that is the same but sooner.

        Cancelled it gives way to a reply within a fraction of a second.
        """
        ...
