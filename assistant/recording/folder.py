"""A recording is a folder of its own that only its owner can read; how many are kept, and for how long."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

from assistant.errors import RecordingError

JOURNAL = "events.jsonl"
"""What went into the session and what came out of it."""

SOUND = "audio.wav"
"""Microphone on the left, speaker on the right, 24 kHz."""

LONGEST_S = 3600.0
"""Seconds after which a recording ends by itself: its sound is then 350 MB large."""

NEEDED = 500_000_000
"""Bytes that must be free for one to begin."""

KEPT = 2_000_000_000
"""Bytes that all recordings together may take before the oldest go."""

KEPT_S = 30 * 86_400.0
"""Seconds after which a recording goes."""


def new_folder(parent: Path) -> Path:
    """Make the folder for a recording that begins now. Raises ``RecordingError``."""
    path = parent / time.strftime("%Y-%m-%d_%H-%M-%S")
    try:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(parent).free
        if free < NEEDED:
            raise RecordingError(
                f"Nothing is recorded, as only {free // 1_000_000} MB are free in {parent}.",
                f"Make room ({NEEDED // 1_000_000} MB are needed).",
            )
        path.mkdir(mode=0o700)
    except OSError as error:
        reason = (error.strerror or "it cannot be made").lower()
        raise RecordingError(f"Nothing is recorded in {path}: {reason}.", "Name another folder.") from error
    return path


def owners_only(path: str, flags: int) -> int:
    """As ``opener`` of ``open``: what is made can be read by its owner alone."""
    return os.open(path, flags, 0o600)


def remove_old(parent: Path, now: float) -> int:
    """Remove the recordings in ``parent`` that are too old or too many at ``now`` (seconds since the epoch).

    Returns how many went; folders that hold no journal are not touched.
    """
    removed, size = 0, 0
    for path, begun in sorted(_recordings(parent), key=lambda each: -each[1]):
        size += sum(file.stat().st_size for file in path.iterdir())
        if size > KEPT or now - begun > KEPT_S:
            with contextlib.suppress(OSError):
                shutil.rmtree(path)
                removed += 1
    return removed


def _recordings(parent: Path) -> list[tuple[Path, float]]:
    journals = parent.glob(f"*/{JOURNAL}") if parent.is_dir() else ()
    return [(each.parent, each.stat().st_mtime) for each in journals]
