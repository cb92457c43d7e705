"""Which engine, parts and text engine are at work, and the memory they take."""

from __future__ import annotations

from textual.content import Content

from assistant.dashboard.status import Status
from assistant.dashboard.text import one_line
from assistant.dashboard.widgets.panels.panel import Panel, row, wrapped


class EnginePanel(Panel):
    """A table of labels and values."""

    NAME = "engine"
    TITLE = "Engine"

    def watches(self, status: Status) -> object:
        """Engine and memory."""
        return status.engine, status.health and round(status.health.rss_mb)

    def lines(self, width: int) -> list[Content]:
        """Speech, its parts, text, memory."""
        engine, health = self.status.engine, self.status.health
        if engine is None:
            return [Content.styled("starting", "$muted")]
        parts = " · ".join(one_line(name, 30) for name in engine.parts.values())
        return [
            row("speech", engine.engine),
            *wrapped(parts, width, "$muted"),
            row("text", engine.text_engine),
            *([row("memory", f"{health.rss_mb:.0f} MB")] if health else []),
        ]
