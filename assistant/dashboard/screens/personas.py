"""Choose who answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual.content import Content

from assistant.dashboard.screens.picker import Picker
from assistant.dashboard.text import one_line

if TYPE_CHECKING:
    from assistant.personas.model import Persona


class PersonaScreen(Picker):
    """Gives the chosen slug; each persona is previewed in its colours."""

    OPENED_BY = "personas"
    HEADING = "Who should answer?"

    def __init__(self, personas: Iterable[Persona], current: str, preview: Callable[[str], None]) -> None:
        options = [(each.slug, _option(each, each.slug == current)) for each in personas]
        super().__init__(options, current, preview)


def _option(persona: Persona, answers_now: bool) -> Content:
    return Content.assemble(
        (f"{persona.glyph} {one_line(persona.name, 40)}", "bold"),
        "  answers now" if answers_now else "",
        (f"\n  {one_line(persona.tagline, 80)}", "dim"),
    )
