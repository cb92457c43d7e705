"""The newest notices and log lines of the session and the dashboard."""

from __future__ import annotations

import logging
import time
from collections import deque
from typing import TYPE_CHECKING

from textual.content import Content

from assistant.conversation.updates import NoticeShown, Update
from assistant.dashboard.text import one_line
from assistant.dashboard.widgets.entries import NOTICES
from assistant.dashboard.widgets.panels.panel import Panel
from assistant.severity import Severity

if TYPE_CHECKING:
    from textual.timer import Timer

SHOWN = 8
KEPT = 200
_LOOK_S = 0.5


def clock_time() -> str:
    """The time of day as it is shown."""
    return time.strftime("%H:%M:%S")


class LogPanel(Panel):
    """Log lines may come from any thread: a handler collects them, and the panel looks while it is open."""

    NAME = "log"
    TITLE = "Log"

    def __init__(self) -> None:
        super().__init__()
        self._records: deque[tuple[str, Severity, str]] = deque(maxlen=KEPT)
        self._shown: tuple[str, Severity, str] | None = None
        self._handler = _Collector(self._records)
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """Collect from now on."""
        logging.getLogger("assistant").addHandler(self._handler)
        self._timer = self.set_interval(_LOOK_S, self._look, pause=True)

    def on_unmount(self) -> None:
        """Leave the logger as it was."""
        logging.getLogger("assistant").removeHandler(self._handler)

    def on_show(self) -> None:
        """Look at the log only while somebody sees it."""
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
            text = f"{update.message} {update.remedy}"
            self._records.append((clock_time(), update.severity, text))

    def lines(self, width: int) -> list[Content]:
        """Time, glyph and text of the newest lines."""
        newest = list(self._records)[-SHOWN:]
        if not newest:
            return [Content.styled("nothing yet", "$muted")]
        return [
            Content.assemble(
                (f"{when} ", "$muted"),
                (f"{NOTICES[severity][0]} ", NOTICES[severity][1]),
                one_line(text, 200),
            )
            for when, severity, text in newest
        ]

    def _look(self) -> None:
        newest = self._records[-1] if self._records else None
        if newest is not self._shown:
            self._shown = newest
            self.renew()


class _Collector(logging.Handler):
    def __init__(self, records: deque[tuple[str, Severity, str]]) -> None:
        super().__init__(logging.INFO)
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        severity = Severity.INFO
        if record.levelno >= logging.WARNING:
            severity = Severity.ERROR if record.levelno >= logging.ERROR else Severity.WARNING
        when = time.strftime("%H:%M:%S", time.localtime(record.created))
        self._records.append((when, severity, record.getMessage()))
