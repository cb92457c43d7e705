"""Writes a conversation as markdown."""

from __future__ import annotations

import datetime
from pathlib import Path

from assistant.dashboard.transcript import Transcript


def export(transcript: Transcript, folder: Path, name: str = "") -> Path:
    """Write to ``name`` (in ``folder`` unless absolute), by default named by the time; returns the file.

    Nothing that exists is overwritten. Raises ``OSError``.
    """
    now = datetime.datetime.now()
    file = folder / Path(name or f"conversation-{now:%Y-%m-%d-%H%M%S}.md").expanduser()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as out:
        for block in transcript.markdown(f"Conversation of {now:%Y-%m-%d %H:%M}"):
            out.write(block + "\n\n")
    return file
