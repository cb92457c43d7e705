"""A persona's colours as a Textual theme."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from assistant.dashboard.look import GLYPH_SETS
from assistant.errors import PersonaError

if TYPE_CHECKING:
    from assistant.personas.model import Persona

GLYPHS = (" ", "·", "•", "●", "⬤")
"""The dots from silence to loud where a persona has none that fit."""

STEADY = {
    "scrollbar": "#808080",
    "scrollbar-hover": "#a0a0a0",
    "scrollbar-active": "#a0a0a0",
    "scrollbar-background": "#202020",
    "scrollbar-background-hover": "#202020",
    "scrollbar-background-active": "#202020",
    "scrollbar-corner-color": "#202020",
    "link-background-hover": "#808080",
    "link-color": "#808080",
    "link-color-hover": "#202020",
}
"""The same in every theme: Textual gives these to every widget, and a change of one repaints each of them.

What scrolls has its colours from the stylesheet.
"""

NEUTRAL = Theme(
    name="neutral",
    dark=True,
    primary="#8fa3bf",
    secondary="#6f7f99",
    accent="#c9a86a",
    success="#8fbf9f",
    warning="#d9b36c",
    error="#e07a7a",
    foreground="#d8dce4",
    background="#14161a",
    surface="#1a1d22",
    panel="#23272e",
    variables={
        **STEADY,
        "muted": "#8b93a1",
        "waveform-microphone": "#8fa3bf",
        "waveform-assistant": "#c9a86a",
    },
)
"""What the dashboard wears until the first persona is there."""


HIGH_CONTRAST = Theme(
    name="high-contrast",
    dark=True,
    primary="#ffff00",
    secondary="#00ffff",
    accent="#00ff00",
    success="#00ff00",
    warning="#ffff00",
    error="#ff9090",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1a1a1a",
    variables={
        **STEADY,
        "muted": "#ffffff",
        "text": "#ffffff",
        "text-muted": "#ffffff",
        "waveform-microphone": "#00ffff",
        "waveform-assistant": "#ffff00",
        "input-cursor-background": "#ffff00",
        "block-cursor-background": "#ffff00",
        "block-cursor-foreground": "#000000",
    },
)
"""White on black and pure colours; nothing is muted."""


def theme_names() -> list[str]:
    """Themes that can be worn instead of the personas' own: ours, then all of Textual's by name."""
    return [HIGH_CONTRAST.name, *sorted(BUILTIN_THEMES)]


def named_theme(name: str) -> Theme | None:
    """A theme of ``theme_names`` with the variables that the dashboard needs; None for any other name."""
    if name == HIGH_CONTRAST.name:
        return HIGH_CONTRAST
    theme = BUILTIN_THEMES.get(name)
    return replace(theme, variables={**_derived(theme), **theme.variables, **STEADY}) if theme else None


def _derived(theme: Theme) -> dict[str, str]:
    colours = theme.to_color_system().generate()
    if theme.ansi:
        muted = "ansi_bright_black"
    else:
        foreground, background = (Color.parse(colours[name]) for name in ("foreground", "background"))
        muted = foreground.blend(background, 0.3).hex
    return {
        "muted": muted,
        "waveform-microphone": colours["secondary"],
        "waveform-assistant": colours["primary"],
    }


def persona_theme(persona: Persona) -> Theme:
    """The theme of ``persona``, checked: Textual would end the program over a colour that it cannot parse.

    Raises ``PersonaError`` when a colour cannot be used.
    """
    try:
        theme = _theme(persona)
        theme.to_color_system().generate()
    except ColorParseError as error:
        raise PersonaError(
            f"A colour of {persona.name} cannot be used: {error}.", "Correct its theme file."
        ) from error
    return theme


def _theme(persona: Persona) -> Theme:
    colours = persona.colours
    return Theme(
        name=f"persona-{persona.slug}",
        dark=colours.dark,
        primary=colours.primary,
        secondary=colours.secondary,
        accent=colours.accent,
        success=colours.success,
        warning=colours.warning,
        error=colours.error,
        foreground=colours.text,
        background=colours.background,
        surface=colours.surface,
        panel=colours.panel,
        variables={
            **STEADY,
            "muted": colours.muted,
            "text": colours.text,
            "text-muted": colours.muted,
            "waveform-microphone": persona.waveform.microphone,
            "waveform-assistant": persona.waveform.assistant,
            "input-cursor-background": colours.primary,
            "block-cursor-background": colours.primary,
            "block-cursor-foreground": Color.parse(colours.primary).get_contrast_text(1.0).hex,
        },
    )


def dot_glyphs(persona: Persona | None, glyph_set: str = "persona") -> tuple[str, ...]:
    """The dots of ``GLYPH_SETS``, else the persona's own; the usual ones where one of those is too wide."""
    if glyph_set in GLYPH_SETS:
        return GLYPH_SETS[glyph_set]
    if persona is None:
        return GLYPHS
    glyphs = persona.waveform.glyphs
    return glyphs if all(cell_len(glyph) == 1 for glyph in glyphs) else GLYPHS
