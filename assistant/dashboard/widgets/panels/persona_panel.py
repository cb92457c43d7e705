"""Who is talking: name, tagline, traits and voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from assistant.dashboard.text import one_line
from assistant.dashboard.widgets.panels.panel import Panel, row, wrapped

if TYPE_CHECKING:
    from assistant.personas.model import EmbeddedVoice


class PersonaPanel(Panel):
    """The card of the persona that answers now."""

    NAME = "persona"
    TITLE = "Persona"

    def watch_persona(self) -> None:
        """Another persona is another card."""
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """The card."""
        persona = self.persona
        if persona is None:
            return [Content.styled("coming up …", "$muted")]
        return [
            Content.styled(f"{persona.glyph} {one_line(persona.name, 40)}", "bold $primary"),
            *wrapped(persona.tagline, width, "italic $foreground"),
            *wrapped(", ".join(persona.traits), width, "$foreground"),
            row("voice", voice_text(persona.voices.embedded)),
        ]


def voice_text(voice: EmbeddedVoice) -> str:
    """How the voice differs from its natural self, such as ``pace 0.9, pitch −2, chorus``."""
    parts = []
    if voice.speed != 1.0:
        parts.append(f"pace {voice.speed:g}")
    if voice.pitch:
        parts.append(f"pitch {voice.pitch:+g}".replace("-", "−"))
    parts += [one_line(effect, 20) for effect in voice.effects]
    return ", ".join(parts) or "natural"
