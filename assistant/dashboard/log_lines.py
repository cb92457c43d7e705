"""Log lines of the dashboard's own process, and of the engine's, whose log is a file."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.severity import Severity

MOST_AT_ONCE = 64 * 1024
"""Bytes that are read of a log which has grown by more: its end."""

_LINE = re.compile(r"\d{4}-\d\d-\d\d (\d\d:\d\d:\d\d),\d{3} ([A-Z]+) (\w+) (?:\w+\.)*(\w+: .*)")
_SEVERITIES = {
    "WARNING": Severity.WARNING,
    "ERROR": Severity.ERROR,
    "CRITICAL": Severity.ERROR,
}


@dataclass(frozen=True, slots=True)
class LogLine:
    """``when`` is the time of day, empty for what native code writes."""

    when: str
    severity: Severity
    text: str

    def holds(self, words: str) -> bool:
        """Whether all of ``words`` stand in the text or name its severity, whatever their case."""
        text = f"{self.severity} {self.text}".casefold()
        return all(word in text for word in words.casefold().split())


def read_line(line: str) -> LogLine:
    """A line of a log file; of the names of its modules the last one stays."""
    if found := _LINE.match(line):
        return LogLine(found[1], _SEVERITIES.get(found[2], Severity.INFO), f"{found[3]} {found[4]}")
    return LogLine("", Severity.INFO, line)


class LogTail:
    """Whole lines that were added to a file since the last look, at first those at its end.

    A file that is put aside and begun afresh is followed; one that cannot be read has no lines.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = 0
        self._place = 0

    def look(self) -> list[LogLine]:
        """Lines that are new."""
        try:
            with self._path.open("rb") as file:
                found = os.fstat(file.fileno())
                if found.st_ino != self._file or found.st_size < self._place:
                    self._file, self._place = found.st_ino, 0
                skipped = found.st_size - self._place > MOST_AT_ONCE
                if skipped:
                    self._place = found.st_size - MOST_AT_ONCE
                file.seek(self._place)
                added = file.read(MOST_AT_ONCE)
        except OSError:
            return []
        whole = added[: added.rfind(b"\n") + 1]
        self._place += len(whole)
        lines = whole.decode(errors="replace").splitlines()
        return [read_line(line) for line in lines[skipped:] if line.strip()]


class Collector(logging.Handler):
    """Passes log records of this process on as lines, from whichever thread they come."""

    def __init__(self, add: Callable[[LogLine], object]) -> None:
        super().__init__(logging.INFO)
        self._add = add

    def emit(self, record: logging.LogRecord) -> None:
        """See ``logging.Handler``."""
        when = time.strftime("%H:%M:%S", time.localtime(record.created))
        severity = _SEVERITIES.get(record.levelname, Severity.INFO)
        self._add(LogLine(when, severity, record.getMessage()))
