"""Two personas that differ in every colour, and a library of them."""

from __future__ import annotations

from assistant.personas.load import Library
from assistant.personas.model import Colours, Lines, Persona, Waveform


def fake_persona(slug: str, name: str, hue: str) -> Persona:
    """A persona whose colours all end in ``hue`` (two hex digits), so that a paint tells whose it is."""
    return Persona(
        slug=slug,
        name=name,
        tagline=f"{name} at work",
        identity="a test",
        traits=("dry", "exact"),
        prompt="Be brief.",
        lines=Lines(
            greeting=("Hello.",),
            re_introduction=("Here I am.",),
            about=("A test.",),
            needs_model=("No model.",),
        ),
        colours=Colours(
            background=f"#0a0a{hue}",
            surface=f"#1212{hue}",
            panel=f"#1c1c{hue}",
            text=f"#f0f0{hue}",
            muted=f"#b0b0{hue}",
            primary=f"#80c0{hue}",
            secondary=f"#a0a0{hue}",
            accent=f"#c0e0{hue}",
            success=f"#80e0{hue}",
            warning=f"#e0c0{hue}",
            error=f"#ff80{hue}",
        ),
        waveform=Waveform(microphone=f"#90d0{hue}", assistant=f"#d090{hue}"),
    )


ADA = fake_persona("ada", "Ada", "11")
BOB = fake_persona("bob", "Bob", "77")
LIBRARY = Library((ADA, BOB))
