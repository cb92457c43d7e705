"""The frame of every panel: a title with the key that opens and closes it, and lines that never wrap."""

from __future__ import annotations

import textwrap
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from assistant.dashboard.status import Status
from assistant.dashboard.text import one_line
from assistant.dashboard.widgets.still import Still

if TYPE_CHECKING:
    from assistant.conversation.updates import Update
    from assistant.personas.model import Persona

LABEL = 12
"""Cells of a label before its value."""


class Panel(Still, Widget):
    """Shows ``lines``; ``NAME`` is its name in memory and the first part of its action, ``<name>_panel``."""

    NAME: ClassVar[str]
    TITLE: ClassVar[str]

    key_shown: reactive[str] = reactive("")
    status: reactive[Status] = reactive(Status())
    persona: reactive[Persona | None] = reactive(None)

    def __init__(self) -> None:
        super().__init__(id=f"{self.NAME}-panel", classes="panel")
        self._height = -1
        self.wanted = False
        """Whether it comes into sight once it has its place, which may be below the fold."""

    def on_show(self) -> None:
        """It has its place."""
        if self.wanted:
            self.wanted = False
            self.scroll_visible(animate=False, immediate=True)

    def watches(self, status: Status) -> object:
        """The part of ``status`` that is shown; another one is drawn anew."""
        return None

    def take(self, update: Update) -> None:
        """News that are not part of the status."""

    def watch_status(self, before: Status, after: Status) -> None:
        """Renew where something of interest changed."""
        if self.watches(before) != self.watches(after):
            self.renew()

    @abstractmethod
    def lines(self, width: int) -> list[Content]:
        """What to show in ``width`` cells."""

    def renew(self) -> None:
        """Show what has changed; the screen is laid out again only when the number of lines is another."""
        height = len(self.lines(self.content_size.width))
        self.refresh(layout=height != self._height)
        self._height = height

    def watch_key_shown(self, key: str) -> None:
        """The key stands beside the title."""
        self.border_title = f"{self.TITLE} · {key}" if key else self.TITLE

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A row a line."""
        return len(self.lines(width))

    def render(self) -> Content:
        """The lines, cut to the width."""
        width = self.content_size.width
        return Content("\n").join(line.truncate(width, ellipsis=True) for line in self.lines(width))


def row(label: str, value: str, style: str = "") -> Content:
    """A label and its value."""
    return Content.assemble((f"{label:<{LABEL}}", "$muted"), (one_line(value, 80), style))


def wrapped(text: str, width: int, style: str) -> list[Content]:
    """``text`` on as many lines as it needs."""
    return [Content.styled(line, style) for line in textwrap.wrap(one_line(text, 400), max(1, width))]
