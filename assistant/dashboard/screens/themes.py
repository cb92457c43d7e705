"""Choose the colours: the personas' own, or one theme for all of them."""

from __future__ import annotations

from collections.abc import Callable

from textual.content import Content

from assistant.dashboard.screens.picker import Picker
from assistant.dashboard.theming.theme import theme_names

OWN = "own"
"""The id of the personas' own colours."""


class ThemeScreen(Picker):
    """Gives the name of the chosen theme, or ``OWN``."""

    OPENED_BY = "theme"
    HEADING = "Which colours?"

    def __init__(self, current: str, preview: Callable[[str], None]) -> None:
        own = (OWN, Content("The persona's own"))
        options = [own, *((name, Content(name)) for name in theme_names())]
        super().__init__(options, current, preview)
