"""One assistant at a time owns the microphone: a lock file that says who holds it."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import IO

from assistant.errors import EngineError


class InstanceLock:
    """Held by a running assistant through an advisory lock, which the system drops with the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> InstanceLock:
        """Take the lock. Raises ``EngineError`` that names the process holding it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "another process"
            file.close()
            raise EngineError(
                f"The assistant is already running: {holder}.",
                "Use that one, or end it first (Ctrl-C twice in its window, or kill the process).",
            ) from error
        file.truncate(0)
        file.write(f"process {os.getpid()}, started {time.strftime('%H:%M on %d %B')}, {_where()}")
        file.flush()
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def _where() -> str:
    try:
        return f"on terminal {os.ttyname(0)}"
    except OSError:
        return "without a terminal"
