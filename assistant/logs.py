"""Where the program's own log goes: one file of bounded size, never the terminal."""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
from pathlib import Path

LARGEST = 2_000_000
"""Bytes after which a log file is put aside; one old file is kept."""


def put_aside(path: Path) -> None:
    """Begin a log afresh when it has grown too large; one old file is kept."""
    with contextlib.suppress(OSError):
        if path.stat().st_size > LARGEST:
            path.replace(path.with_name(f"{path.name}.1"))


def start_logging(path: Path, level: str) -> None:
    """Send the log of this process to ``path``; a log that cannot be written is no reason to stop."""
    with contextlib.suppress(OSError):
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=LARGEST, backupCount=1, encoding="utf-8"
        )
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
