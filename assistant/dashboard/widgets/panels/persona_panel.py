"""Who is talking: name, tagline, traits and voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from assistant.dashboard.text import one_line

if TYPE_CHECKING:
    from assistant.personas.model import EmbeddedVoice, Persona


class PersonaPanel(Widget):
    """The card of the persona that answers now."""

    persona: reactive[Persona | None] = reactive(None, layout=True)

    def render(self) -> Content:
        """The card."""
        persona = self.persona
        if persona is None:
            return Content.styled("coming up …", "$muted")
        lines = [
            Content.styled(f"{persona.glyph} {one_line(persona.name, 40)}", "bold $primary"),
            Content.styled(one_line(persona.tagline, 200), "italic $foreground"),
            Content(""),
            Content(one_line(", ".join(persona.traits), 160)),
            Content(""),
            Content.assemble(("voice  ", "$muted"), voice_text(persona.voices.embedded)),
        ]
        return Content("\n").join(lines)


def voice_text(voice: EmbeddedVoice) -> str:
    """How the voice differs from its natural self, such as ``pace 0.9, pitch −2, chorus``."""
    parts = []
    if voice.speed != 1.0:
        parts.append(f"pace {voice.speed:g}")
    if voice.pitch:
        parts.append(f"pitch {voice.pitch:+g}".replace("-", "−"))
    parts += [one_line(effect, 20) for effect in voice.effects]
    return ", ".join(parts) or "natural"
