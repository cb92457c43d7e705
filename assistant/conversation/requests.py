"""What a face (a key, a click, a typed line) asks of the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class TypedTurn:
    """A line typed by the user; understood and answered like a spoken one."""

    text: str


@dataclass(frozen=True, slots=True)
class StopRequested:
    """Escape: whatever is being said or thought ends now."""


@dataclass(frozen=True, slots=True)
class MicrophoneRequested:
    """Open or close the microphone (the only way to open it after mute)."""

    is_open: bool


@dataclass(frozen=True, slots=True)
class TalkRequested:
    """Push-to-talk as a toggle: hold the turn open, or end it."""

    active: bool


@dataclass(frozen=True, slots=True)
class PersonaRequested:
    """A persona picked by key, by slug."""

    slug: str


@dataclass(frozen=True, slots=True)
class WakeRequested:
    """A key woke the assistant."""


@dataclass(frozen=True, slots=True)
class VolumeRequested:
    """The voice's loudness, 0.0 to 1.0."""

    volume: float


@dataclass(frozen=True, slots=True)
class DevicesRequested:
    """Other devices, by name; empty follows the system's default."""

    input_name: str
    output_name: str


@dataclass(frozen=True, slots=True)
class RecordingRequested:
    """Record the conversation, or end that; the session itself does not know of it."""

    active: bool


@dataclass(frozen=True, slots=True)
class SoundTestRequested:
    """Say a sentence, so that the speaker and the voice can be heard."""


@dataclass(frozen=True, slots=True)
class PersonasReloaded:
    """Persona files have changed: all personas there are now, as plain values of ``Persona``."""

    personas: tuple[Mapping[str, Any], ...]


TEXT_ENGINES = ("scripted", "llama", "mlx", "openai", "ollama")


@dataclass(frozen=True, slots=True)
class TextEngineRequested:
    """One of ``TEXT_ENGINES`` is to write the replies."""

    engine: str


Request = (
    TypedTurn
    | StopRequested
    | MicrophoneRequested
    | TalkRequested
    | PersonaRequested
    | WakeRequested
    | VolumeRequested
    | DevicesRequested
    | TextEngineRequested
    | RecordingRequested
    | PersonasReloaded
    | SoundTestRequested
)
