"""Where PulseAudio or PipeWire plays to: PortAudio knows the server as one device and never hears of it.

``pactl`` of either tells when something changed (``pactl subscribe``) and what there is now.
"""

from __future__ import annotations

import logging
import os
import re
import select
import subprocess
import threading

logger = logging.getLogger(__name__)

LIMIT_S = 1.0
"""For one answer of the server."""

AGAIN_S, RARELY_S = 2.0, 60.0
"""Between two tries to hear of changes, when the server is gone: at first, and at last."""

BURST_S = 0.05
"""Changes that come closer together are looked at once."""

_LONGEST_MARK = 12


class SoundServer:
    """Follows the default speaker from the first look on, in a thread; unknown without ``pactl``."""

    def __init__(self) -> None:
        self._speaker: str | None = None
        self._closed = threading.Event()
        self._subscription: subprocess.Popen[bytes] | None = None

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
        pause_s = AGAIN_S
        while not self._closed.is_set():
            try:
                with _pactl("subscribe") as self._subscription:
                    if self._closed.is_set():
                        self._subscription.terminate()
                    pause_s = AGAIN_S if self._listen(self._subscription) else min(2 * pause_s, RARELY_S)
            except OSError:
                return
            self._closed.wait(pause_s)

    def _listen(self, subscription: subprocess.Popen[bytes]) -> bool:
        """Look at once, for what came before, and after each burst of changes; False where there was none."""
        assert subscription.stdout is not None
        stream, seen, is_due, has_heard = subscription.stdout.fileno(), b"", True, False
        while True:
            if not select.select([stream], [], [], BURST_S if is_due else None)[0]:
                self._look()
                is_due = False
            elif data := os.read(stream, 65_536):
                has_heard, seen = True, seen[-_LONGEST_MARK:] + data
                # Not of single streams ("on sink-input"), which come with every sound.
                is_due = is_due or b" on sink #" in seen or b" on server" in seen
            else:
                return has_heard

    def _look(self) -> None:
        try:
            found = speaker_of(_answer("info"), _answer("list", "sinks"))
        except (OSError, subprocess.SubprocessError) as error:
            logger.info("The sound server does not say where it plays: %s", error)
            found = ""
        # While one speaker goes and the other comes there is none for a moment.
        self._speaker = found or self._speaker or ""


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


def _pactl(*arguments: str) -> subprocess.Popen[bytes]:
    # In one language, whatever the user's.
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.Popen(
        ["pactl", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )


def _answer(*arguments: str) -> str:
    with _pactl(*arguments) as process:
        try:
            printed = process.communicate(timeout=LIMIT_S)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return printed.decode(errors="replace")
