"""The panels beside the conversation, or under it where the terminal is small."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from textual.containers import VerticalScroll
from textual.message import Message

from assistant.dashboard.widgets.panels.panel import Panel

WIDE, HUGE = 104, 170
"""Columns from which panels stand in a column, and in two, beside the conversation."""

AT_ONCE = {"narrow": 1, "normal": 2}
NORMAL = 70


class Room(StrEnum):
    """How much there is; what is open is remembered for each."""

    SMALL = "small"
    WIDE = "wide"
    HUGE = "huge"


DEFAULTS: Mapping[str, tuple[str, ...]] = {
    Room.SMALL: (),
    Room.WIDE: ("persona", "engine", "latency"),
    Room.HUGE: ("persona", "engine", "latency", "devices", "tools", "log"),
}


def room_of(columns: int) -> Room:
    """The room of a terminal this wide."""
    return Room.SMALL if columns < WIDE else Room.WIDE if columns < HUGE else Room.HUGE


class Side(VerticalScroll, can_focus=False):
    """Shows the panels that are open in the present room."""

    class Changed(Message):
        """The user opened or closed a panel; ``panels`` are the open ones by room."""

        def __init__(self, panels: Mapping[str, tuple[str, ...]]) -> None:
            super().__init__()
            self.panels = panels

    def __init__(self, panels: Sequence[Panel], columns: Callable[[], int]) -> None:
        super().__init__(*panels, id="side")
        self._panels = tuple(panels)
        self._columns = columns
        self._open = dict(DEFAULTS)

    def on_mount(self) -> None:
        """Open what is usual."""
        self.show_open()

    def recall(self, panels: Mapping[str, tuple[str, ...]]) -> None:
        """Open what was open before."""
        self._open.update(panels)
        self.show_open()

    def toggle(self, name: str) -> None:
        """Open or close a panel; where there is little room the one that is open longest gives way."""
        columns = self._columns()
        room = room_of(columns)
        before = self._open[room]
        if name in before:
            after = tuple(other for other in before if other != name)
        else:
            after = (*before, name)
            if room is Room.SMALL:
                after = after[-AT_ONCE["normal" if columns >= NORMAL else "narrow"] :]
        self._open[room] = after
        self.show_open()
        self.post_message(self.Changed(dict(self._open)))

    def show_open(self) -> None:
        """Show what is open in the room there is."""
        names = self._open[room_of(self._columns())]
        for panel in self._panels:
            panel.display = panel.NAME in names
        self.display = bool(names)
