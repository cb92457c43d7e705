"""A silent stream to a speaker in a process of its own, opened as the assistant opens its: what comes late.

Blocks that come late here come late for everybody on this machine. ``python -m assistant.bench.idle_stream
DEVICE`` plays silence until standard input ends, then writes the moments of late blocks (monotonic seconds).
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
import time
from types import TracebackType


class IdleStream:
    """Plays silence to the speaker ``device`` beside a measurement; ``stop`` tells when a block was late."""

    def __init__(self, device: str) -> None:
        self._device = device

    def __enter__(self) -> IdleStream:
        """Start the process."""
        command = [sys.executable, "-m", "assistant.bench.idle_stream", self._device]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self

    def stop(self) -> tuple[float, ...]:
        """End it, once."""
        answer, _ = self._process.communicate(timeout=10.0)
        return tuple(json.loads(answer))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()


def late_blocks(device: str) -> list[float]:
    """Play silence until standard input ends; when PortAudio told of an underrun."""
    from assistant.audio.devices import list_devices, resolve
    from assistant.audio.streams import open_streams

    speaker = resolve(list_devices(), device, "output")
    streams = open_streams(None, speaker, 1.0)
    late: list[float] = []
    counted = 0
    playback = streams.playback
    if playback is None:
        raise SystemExit(f"{device} does not open")
    while not _told_to_stop():
        late += [time.monotonic()] * (playback.underruns - counted)
        counted = playback.underruns
    streams.close()
    return late


def _told_to_stop() -> bool:
    return bool(select.select([sys.stdin], [], [], 0.1)[0])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(late_blocks(sys.argv[1])))
