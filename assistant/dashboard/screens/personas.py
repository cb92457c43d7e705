"""Choose who answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.dashboard.screens.dialog import Dialog
from assistant.dashboard.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult

    from assistant.personas.model import Persona


class PersonaScreen(Dialog[str]):
    """A dialog that gives the chosen slug, or None when it is left."""

    OPENED_BY = "personas"

    def __init__(self, personas: Iterable[Persona], current: str) -> None:
        super().__init__()
        self._personas = tuple(personas)
        self._current = current

    def compose(self) -> ComposeResult:
        options = OptionList(*(self._option(persona) for persona in self._personas), classes="dialog")
        options.border_title = "Who should answer?"
        options.border_subtitle = "Enter chooses, Esc closes"
        yield options

    def on_mount(self) -> None:
        """Begin at the persona that answers now."""
        slugs = [persona.slug for persona in self._personas]
        self.query_one(OptionList).highlighted = slugs.index(self._current) if self._current in slugs else 0

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        """Give back the slug."""
        self.dismiss(event.option_id)

    def _option(self, persona: Persona) -> Option:
        note = "  answers now" if persona.slug == self._current else ""
        text = Content.assemble(
            (f"{persona.glyph} {one_line(persona.name, 40)}", "bold"),
            note,
            (f"\n  {one_line(persona.tagline, 80)}", "dim"),
        )
        return Option(text, id=persona.slug)
