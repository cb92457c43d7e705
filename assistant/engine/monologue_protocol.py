"""What session and engine say to each other of Moshi, which speaks on its own: commands, then events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class HoldMonologue:
    """A full-duplex engine neither hears nor speaks while held (asleep); others speak when told to anyway."""

    is_held: bool


@dataclass(frozen=True, slots=True)
class BeginAnew:
    """Another persona: a full-duplex engine forgets the conversation so far.

    One that was trained for it takes on the role ``prompt`` in the voice that it knows as ``voice``. Of
    others there are several models, a voice each: ``model`` is the one that is wanted.
    """

    prompt: str = ""
    voice: str = ""
    model: str = ""
    text_temperature: float = 0.7
    audio_temperature: float = 0.8


@dataclass(frozen=True, slots=True)
class MonologueText:
    """More words that a full-duplex engine said by itself, just after they have left the speaker.

    ``utterance`` numbers what it says from one pause to the next.
    """

    utterance: int
    text: str


@dataclass(frozen=True, slots=True)
class MonologueCall:
    """A tool call in those words, which was not voiced; with a ``reason`` where it could not be read."""

    utterance: int
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MonologueEnded:
    """The utterance is over: it paused, or was ``interrupted``."""

    utterance: int
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class RoleFading:
    """What a full-duplex engine began with soon leaves its context, and nobody speaks: begin anew now.

    One that ``forgets`` cannot be told what was said so far.
    """

    forgets: bool = False


@dataclass(frozen=True, slots=True)
class FrameTimes:
    """How long a full-duplex engine's stages take a frame of 80 ms, p50 and p95 in seconds, now and then.

    ``dropped`` frames of the user's came too late since the start, ``underruns`` of its own did.
    """

    encode: tuple[float, float]
    step: tuple[float, float]
    decode: tuple[float, float]
    dropped: int
    underruns: int
