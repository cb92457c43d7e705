"""What the session tells its faces (dashboard, ``assistant talk``): frozen values, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from assistant.severity import Severity
from assistant.tools.result import Kind


class Phase(StrEnum):
    """What the assistant is doing; shown as text and glyph, never by colour alone."""

    STARTING = "starting"
    LISTENING = "listening"
    HEARING = "hearing"
    THINKING = "thinking"
    SPEAKING = "speaking"
    ASLEEP = "asleep"
    DOWN = "engine down"


@dataclass(frozen=True, slots=True)
class PhaseChanged:
    """The state to show; ``microphone_open`` is False after mute, whatever the phase."""

    phase: Phase
    microphone_open: bool
    push_to_talk: bool = False


@dataclass(frozen=True, slots=True)
class PersonaChanged:
    """Prompt, voice, memory scope, tools and theme changed as one to the persona with this slug."""

    slug: str


@dataclass(frozen=True, slots=True)
class MessageShown:
    """A message is new or has a new text; the same ``id`` replaces what was shown before.

    ``final`` is False for partial transcripts and streaming answers. ``heard`` is, for an answer, how many
    characters of ``text`` have left the speaker. An answer that was interrupted is final, cut to what was
    heard. An empty final ``text`` takes the message away.
    """

    id: int
    role: Literal["user", "assistant"]
    text: str
    persona: str
    final: bool
    heard: int = 0
    interrupted: bool = False
    source: Literal["voice", "typed", "model"] = "voice"


class ToolStatus(StrEnum):
    """Where a tool call stands."""

    ASKING = "asking"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ToolShown:
    """A tool call as a card; the same ``id`` replaces what was shown before."""

    id: int
    name: str
    arguments: Mapping[str, Any]
    status: ToolStatus
    result: str = ""


@dataclass(frozen=True, slots=True)
class ToolKnown:
    """A tool, what it may do, and whether a model may call it as the present persona."""

    name: str
    kind: Kind
    for_model: bool


@dataclass(frozen=True, slots=True)
class ToolsShown:
    """All tools that there are from now on."""

    tools: tuple[ToolKnown, ...]


@dataclass(frozen=True, slots=True)
class LevelsShown:
    """Loudest moments since the last report in dBFS, about 20 times a second."""

    microphone: float
    speaker: float


@dataclass(frozen=True, slots=True)
class EngineShown:
    """Which engine and parts are at work on which devices; empty device names mean none."""

    engine: str
    text_engine: str
    parts: Mapping[str, str] = field(default_factory=dict)
    input_device: str = ""
    output_device: str = ""


@dataclass(frozen=True, slots=True)
class LatencyShown:
    """One spoken turn by stage, in seconds; ``total`` is voice-to-voice up to the output device."""

    endpoint: float
    recognition: float
    reply: float
    synthesis: float
    total: float


@dataclass(frozen=True, slots=True)
class FrameTimesShown:
    """A full-duplex engine's stages, p50 and p95 in seconds a frame of 80 ms, and frames too late."""

    encode: tuple[float, float]
    step: tuple[float, float]
    decode: tuple[float, float]
    dropped: int
    underruns: int


@dataclass(frozen=True, slots=True)
class HealthShown:
    """Audio counters, echo return loss enhancement in dB, the engine's memory and the echo's delay."""

    underruns: int
    dropped_blocks: int
    erle: float | None
    rss_mb: float
    echo_delay_s: float | None = None


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """A sentence for the user with its remedy."""

    severity: Severity
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class RecordingShown:
    """The conversation is recorded to ``folder``; empty: it is no longer."""

    folder: str


@dataclass(frozen=True, slots=True)
class InputEnded:
    """The WAV that stands in for the microphone is over and everything about it has been answered."""


Update = (
    PhaseChanged
    | PersonaChanged
    | MessageShown
    | ToolShown
    | ToolsShown
    | LevelsShown
    | EngineShown
    | LatencyShown
    | FrameTimesShown
    | HealthShown
    | NoticeShown
    | RecordingShown
    | InputEnded
)
