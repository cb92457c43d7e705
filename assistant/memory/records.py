"""What memory holds: messages of the conversation, and notes that the user asked it to keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

SHARED = ""
"""The scope of notes that all personas with shared memory see; any other scope is a persona's slug."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message as it was said or heard.

    ``time`` is in seconds since the epoch, ``tools`` are the calls made for it with their results,
    ``confidence`` is the recogniser's (0.0 to 1.0, ``None`` where nothing was recognised), ``timings`` are
    seconds by stage. An interrupted answer holds only what was heard of it.
    """

    time: float
    role: Literal["user", "assistant", "tool"]
    text: str
    persona: str = ""
    engine: str = ""
    tools: tuple[Mapping[str, Any], ...] = ()
    interrupted: bool = False
    confidence: float | None = None
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Something to remember; ``created_at`` is in seconds since the epoch.

    ``dictated`` says that the user asked for it in so many words, and not a model.
    """

    id: int
    text: str
    scope: str
    created_at: float
    dictated: bool = False
