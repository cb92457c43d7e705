"""The panels beside the conversation, or under it where the terminal is small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.containers import VerticalScroll
from textual.message import Message

from assistant.dashboard.room import DEFAULTS, Room, at_once, room_of
from assistant.dashboard.widgets.panels.panel import Panel
from assistant.dashboard.widgets.still import Ground


class Side(Ground, VerticalScroll, can_focus=False):
    """Shows the panels that are open in the present room."""

    class Changed(Message):
        """The user opened or closed a panel; ``panels`` are the open ones by room."""

        def __init__(self, panels: Mapping[str, tuple[str, ...]]) -> None:
            super().__init__()
            self.panels = panels

    # The rules depend on the room, which is a class of the screen.
    SCOPED_CSS = False
    DEFAULT_CSS = """
    Side {
        width: 100%; height: auto; max-height: 50%; layout: vertical; background: $surface;
        scrollbar-size-vertical: 1; scrollbar-color: $panel; scrollbar-background: $surface;
    }
    .panel {
        height: auto; padding: 0 2; color: $foreground; background: $surface;
        border-top: solid $panel; border-title-color: $text-accent; border-title-background: $surface;
        border-title-style: bold;
    }
    .-narrow .panel { padding: 0 1; }
    .-normal Side { layout: horizontal; }
    .-normal .panel { width: 1fr; }
    .-wide Side { width: 40; height: 1fr; max-height: 100%; }
    .-huge Side { width: 88; height: 1fr; max-height: 100%; layout: grid; grid-size: 2; grid-rows: auto; }
    .-huge .panel { padding: 0 2 1 2; }
    """

    def __init__(self, panels: Sequence[Panel], remembered: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(*panels, id="side")
        self.panels = tuple(panels)
        self._open = {**DEFAULTS, **remembered}

    def on_mount(self) -> None:
        """Open what was open before, or what is usual."""
        self.show_open()

    def panel(self, name: str) -> Panel:
        """The panel of this name."""
        return next(panel for panel in self.panels if name == panel.NAME)

    def toggle(self, name: str) -> None:
        """Open or close a panel; where there is little room the one that is open longest gives way."""
        columns = self.app.size.width
        room = room_of(columns)
        before = self._open[room]
        if name in before:
            after = tuple(other for other in before if other != name)
        else:
            after = (*before, name)
            if room is Room.SMALL:
                after = after[-at_once(columns) :]
        self._open[room] = after
        self.show_open()
        self.panel(name).wanted = name in after
        self.post_message(self.Changed(dict(self._open)))

    def show_open(self) -> None:
        """Show what is open in the room there is."""
        names = self._open[room_of(self.app.size.width)]
        for panel in self.panels:
            panel.display = panel.NAME in names
        self.display = bool(names)
