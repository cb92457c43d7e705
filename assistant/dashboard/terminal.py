"""Keeps native libraries from drawing over the dashboard, and notices that the terminal is gone or wanted.

Textual draws on ``sys.__stderr__``, which is file descriptor 2, and so does every C library that complains.
While the dashboard runs, descriptor 2 is the log and Textual draws on a copy of the terminal's descriptor.
"""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Screen(io.TextIOWrapper):
    """The terminal to draw on. When it is gone, this process gets the ``SIGHUP`` that it may not have got.

    Textual draws from a thread, which would end with the error and leave all others waiting for it.
    """

    def __init__(self, descriptor: int) -> None:
        super().__init__(os.fdopen(descriptor, "wb"), encoding="utf-8", errors="replace")
        self._is_gone = False

    def write(self, text: str, /) -> int:
        """Draw."""
        if not self._is_gone:
            try:
                super().write(text)
            except OSError:
                self._go()
        return len(text)

    def flush(self) -> None:
        """Draw what waits."""
        if not self._is_gone:
            try:
                super().flush()
            except OSError:
                self._go()

    def _go(self) -> None:
        self._is_gone = True
        os.kill(os.getpid(), signal.SIGHUP)


@contextmanager
def native_output_to(log: Path | None) -> Iterator[None]:
    """Send what is written to descriptor 2 to the end of ``log`` (None: nowhere); Textual keeps the terminal.

    A log that cannot be opened is no reason to stop: then the output goes nowhere.
    """
    terminal = Screen(os.dup(2))
    original = sys.__stderr__
    _point_stderr_at(log)
    sys.__stderr__ = terminal  # type: ignore[misc]
    try:
        yield
    finally:
        sys.__stderr__ = original  # type: ignore[misc]
        terminal.flush()
        os.dup2(terminal.fileno(), 2)
        with suppress(OSError):
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


def when_asked_to_stop(act: Callable[[], object]) -> Callable[[], object] | None:
    """Have ``SIGTSTP`` call ``act`` in the running loop; returns what handled it before.

    That is Textual's handler, which leaves the terminal and stops the process at once. None, and nothing is
    changed, where nobody handled it: without a terminal.
    """
    stop = signal.getsignal(signal.SIGTSTP)
    if not callable(stop):
        return None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTSTP, act)
    return lambda: stop(signal.SIGTSTP, None)
