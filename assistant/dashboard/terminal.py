"""Keeps native libraries from drawing over the dashboard.

Textual draws on ``sys.__stderr__``, which is file descriptor 2, and so does every C library that complains.
While the dashboard runs, descriptor 2 is the log and Textual draws on a copy of the terminal's descriptor.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def native_output_to(log: Path | None) -> Iterator[None]:
    """Send what is written to descriptor 2 to the end of ``log`` (None: nowhere); Textual keeps the terminal.

    A log that cannot be opened is no reason to stop: then the output goes nowhere.
    """
    terminal = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace")
    original = sys.__stderr__
    _point_stderr_at(log)
    sys.__stderr__ = terminal  # type: ignore[misc]
    try:
        yield
    finally:
        sys.__stderr__ = original  # type: ignore[misc]
        terminal.flush()
        os.dup2(terminal.fileno(), 2)
        terminal.close()


def _point_stderr_at(log: Path | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    try:
        descriptor = os.open(log or os.devnull, flags, 0o600)
    except OSError:
        descriptor = os.open(os.devnull, os.O_WRONLY)
    sys.stderr.flush()
    os.dup2(descriptor, 2)
    os.close(descriptor)
