"""A persona's voice in the engine's terms."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.engine.protocol import VoiceSpec
from assistant.personas.model import Persona


def voice_spec(persona: Persona, personas: Iterable[Persona]) -> VoiceSpec:
    """The embedded voice of a persona in the engine's terms, with how to say the names of all."""
    voice = persona.voices.embedded
    say_as = tuple((each.name, each.spoken_name) for each in personas if each.spoken_name)
    return VoiceSpec(**voice.model_dump(), say_as=say_as)
