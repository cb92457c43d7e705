"""Notices, and log lines of session, dashboard and engine: the newest, or those that hold some words."""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import TYPE_CHECKING

from textual.content import Content

from assistant.conversation.updates import NoticeShown, Update
from assistant.dashboard.log_lines import Collector, LogLine, LogTail
from assistant.dashboard.text import one_line
from assistant.dashboard.widgets.entries import NOTICES
from assistant.dashboard.widgets.panels.panel import Panel

if TYPE_CHECKING:
    from pathlib import Path

    from textual.events import MouseScrollDown, MouseScrollUp
    from textual.timer import Timer

SHOWN = 8
KEPT = 1_000
STEP = 3
"""Lines by which the wheel scrolls."""
_LOOK_S = 0.5


def clock_time() -> str:
    """The time of day as it is shown."""
    return time.strftime("%H:%M:%S")


class LogPanel(Panel):
    """Log lines may come from any thread or process: they are collected, and looked at while it is open."""

    NAME = "log"
    TITLE = "Log"

    def __init__(self, engine_log: Path | None = None) -> None:
        super().__init__()
        self._kept: deque[LogLine] = deque(maxlen=KEPT)
        self._tail = LogTail(engine_log) if engine_log else None
        self._shown: LogLine | None = None
        self._words = ""
        self._back = 0
        self._collector = Collector(self._kept.append)
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Collect from now on."""
        logging.getLogger("assistant").addHandler(self._collector)
        self._timer = self.set_interval(_LOOK_S, self._look, pause=True)

    def on_unmount(self) -> None:
        """Leave the logger as it was."""
        logging.getLogger("assistant").removeHandler(self._collector)

    def on_show(self) -> None:
        """Look at the log only while somebody sees it."""
        self._look()
        self.renew()
        if self._timer:
            self._timer.resume()

    def on_hide(self) -> None:
        """Nobody looks."""
        if self._timer:
            self._timer.pause()

    def take(self, update: Update) -> None:
        """Add a notice."""
        if isinstance(update, NoticeShown):
            self._kept.append(LogLine(clock_time(), update.severity, f"{update.message} {update.remedy}"))

    def only(self, words: str) -> None:
        """Show lines that hold ``words`` or are of that severity; empty shows all again."""
        self._words, self._back = words, 0
        self.renew()

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Earlier lines."""
        if self._scroll(STEP):
            event.stop()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Later lines."""
        if self._scroll(-STEP):
            event.stop()

    def lines(self, width: int) -> list[Content]:
        """Time, glyph and text."""
        wanted = self._wanted()
        back = min(self._back, max(0, len(wanted) - SHOWN))
        shown = wanted[max(0, len(wanted) - back - SHOWN) : len(wanted) - back]
        heading = [f"only “{one_line(self._words, 30)}”"] if self._words else []
        heading += [f"▾ {back} later"] if back else []
        lines = [Content.styled(" · ".join(heading), "$muted")] if heading else []
        return lines + [_content(line) for line in shown] or [Content.styled("nothing yet", "$muted")]

    def _wanted(self) -> list[LogLine]:
        # A copy, as other threads add to it.
        return [line for line in list(self._kept) if not self._words or line.holds(self._words)]

    def _scroll(self, lines: int) -> bool:
        before, most = self._back, max(0, len(self._wanted()) - SHOWN)
        self._back = min(most, max(0, before + lines))
        self.renew()
        return self._back != before

    def _look(self) -> None:
        if self._tail:
            self._kept.extend(self._tail.look())
        newest = self._kept[-1] if self._kept else None
        if newest is not self._shown:
            self._shown = newest
            self.renew()


def _content(line: LogLine) -> Content:
    glyph, colour = NOTICES[line.severity]
    return Content.assemble((f"{line.when:<8} ", "$muted"), (f"{glyph} ", colour), one_line(line.text, 200))
