"""The speech parts that a conversation works with, loaded."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.audio.echo import Echo, NoEcho
from assistant.voice.cascade.name_listening import NameListener
from assistant.voice.cascade.ports import Recogniser, Voice, VoiceActivityDetector


@dataclass(frozen=True, slots=True)
class Parts:
    """What was found to work with; None where there is none, ``notes`` say so to the user."""

    vad: VoiceActivityDetector | None = None
    recogniser: Recogniser | None = None
    voice: Voice | None = None
    name_listener: NameListener | None = None
    echo: Echo = field(default_factory=NoEcho)
    notes: tuple[str, ...] = ()

    def names(self) -> dict[str, str]:
        """Role to name of the parts at work."""
        parts = {"vad": self.vad, "recogniser": self.recogniser, "voice": self.voice, "echo": self.echo}
        return {role: part.name for role, part in parts.items() if part is not None}
