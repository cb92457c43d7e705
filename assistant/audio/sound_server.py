"""Where PulseAudio or PipeWire plays to: PortAudio knows the server as one device and never hears of it.

``pactl`` of either tells when something changed (``pactl subscribe``) and what there is now.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import threading
from collections.abc import Iterator

logger = logging.getLogger(__name__)

LIMIT_S = 2.0
"""For one answer of the server."""

AGAIN_S = 2.0
"""Between two tries to hear of changes, when the server is gone."""


class SoundServer:
    """Follows the default speaker from the first look on, in a own thread; unknown without ``pactl``."""

    def __init__(self) -> None:
        self._speaker: str | None = None
        self._closed = threading.Event()
        self._subscription: subprocess.Popen[str] | None = None

    @property
    def speaker(self) -> str:
        """What is heard now, such as ``Built-in Audio, Headphones``; empty where that is unknown."""
        if self._speaker is None:
            self._look()
            threading.Thread(target=self._follow, name="sound-server", daemon=True).start()
        return self._speaker or ""

    def close(self) -> None:
        """Follow it no longer."""
        self._closed.set()
        if self._subscription:
            self._subscription.terminate()

    def _follow(self) -> None:
        while not self._closed.is_set():
            try:
                for line in self._changes():
                    # Not of single streams ("on sink-input"), which come with every sound.
                    if " on sink #" in line or " on server" in line:
                        self._look()
            except OSError:
                return
            self._closed.wait(AGAIN_S)

    def _changes(self) -> Iterator[str]:
        with _pactl("subscribe") as self._subscription:
            assert self._subscription.stdout is not None
            yield from self._subscription.stdout

    def _look(self) -> None:
        try:
            self._speaker = speaker_of(_answer("info"), _answer("list", "sinks"))
        except (OSError, subprocess.SubprocessError) as error:
            logger.info("The sound server does not say where it plays: %s", error)
            self._speaker = self._speaker or ""


def speaker_of(info: str, sinks: str) -> str:
    """The default sink's description and its port's, out of ``pactl info`` and ``pactl list sinks``."""
    default = re.search(r"^Default Sink: (.+)$", info, re.MULTILINE)
    for sink in re.split(r"^Sink #", sinks, flags=re.MULTILINE):
        name, description, active = (
            found.group(1) if (found := re.search(rf"^\t{key}: (.+)$", sink, re.MULTILINE)) else ""
            for key in ("Name", "Description", "Active Port")
        )
        if default and name == default.group(1):
            port = re.search(rf"^\t\t{re.escape(active)}: (.+?) \(", sink, re.MULTILINE) if active else None
            return ", ".join(filter(None, (description, port and port.group(1))))
    return ""


def _pactl(*arguments: str) -> subprocess.Popen[str]:
    # In one language, whatever the user's.
    environment = {**os.environ, "LC_ALL": "C"}
    command = ["pactl", *arguments]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        errors="replace",
        env=environment,
    )


def _answer(*arguments: str) -> str:
    with _pactl(*arguments) as process:
        try:
            return process.communicate(timeout=LIMIT_S)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            raise
