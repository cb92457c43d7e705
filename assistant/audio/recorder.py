"""Records what the microphone heard beside what the speaker was given, while audio runs.

A stereo WAV of 24 kHz and 16 bits, microphone on the left (before echo cancellation), speaker on the right.
The audio thread only queues blocks; a thread of its own places them by their times and writes.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from assistant.audio.stereofile import StereoFile
from assistant.audio.transport import BLOCK, AudioBlock
from assistant.engine.protocol import SAMPLE_RATE, EngineNotice, RecordingFailed
from assistant.severity import Severity

log = logging.getLogger(__name__)

WAITING_BLOCKS = 500
"""Blocks of 10 ms that may wait for the disk; newer ones are dropped, counted and written as silence."""

GAP_S = 0.02
"""A block that comes so much later than the one before leaves a gap: a lost device, a dropped block.

Anything less is the device's clock against the machine's, which must not cut into the sound.
"""

_STOP_WITHIN_S = 1.0

Tell = Callable[[RecordingFailed | EngineNotice], None]


class AudioRecorder:
    """``add`` is called by the audio thread and never waits; ``start`` and ``stop`` by any other."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._writer: _Writer | None = None

    def start(self, path: str, origin: float) -> None:
        """Write to the WAV ``path``, whose first sample is of monotonic time ``origin``, or continue it."""
        writer = self._writer
        if writer is None or writer.path != Path(path):
            self.stop()
            self._writer = _Writer(Path(path), origin, self._tell)

    def stop(self) -> None:
        """Write what waits, and no further."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.stop()

    def add(self, block: AudioBlock) -> None:
        """Take the next 10 ms."""
        writer = self._writer
        if writer is not None:
            writer.add(block)


class _Writer:
    def __init__(self, path: Path, origin: float, tell: Tell) -> None:
        self.path = path
        self._origin = origin
        self._tell = tell
        self._blocks: queue.Queue[AudioBlock] = queue.Queue(WAITING_BLOCKS)
        self._stopping = threading.Event()
        self._dropped = 0
        self._end: float | None = None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def add(self, block: AudioBlock) -> None:
        try:
            self._blocks.put_nowait(block)
        except queue.Full:
            self._dropped += 1

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(_STOP_WITHIN_S)

    def _run(self) -> None:
        try:
            with StereoFile(self.path) as file:
                self._write_all(file)
        except OSError as error:
            log.warning("recording: %s", error)
            reason = (error.strerror or "it cannot be written").lower()
            self._tell(RecordingFailed(f"The recording ended: {reason}.", "The conversation goes on."))

    def _write_all(self, file: StereoFile) -> None:
        told = 0
        while not (self._stopping.is_set() and self._blocks.empty()):
            try:
                block = self._blocks.get(timeout=0.1)
            except queue.Empty:
                continue
            file.skip_to(self._position(file, block.time - BLOCK / SAMPLE_RATE))
            file.write(block.microphone, block.reference)
            self._end = block.time
            if self._dropped and not told:
                told = self._dropped
                message = "The disk is too slow: the recording has gaps in its sound."
                self._tell(EngineNotice(Severity.WARNING, message))
        if self._dropped:
            log.warning("recording: %d blocks of 10 ms were dropped", self._dropped)

    def _position(self, file: StereoFile, begins: float) -> int:
        """Where a block that begins at this time belongs; by the clock only after a gap.

        Always a whole number of blocks: a replay then cuts the sound where it was cut.
        """
        if self._end is None:
            return _whole_blocks(begins - self._origin)
        gap = begins - self._end
        return file.position + (_whole_blocks(gap) if gap >= GAP_S else 0)


def _whole_blocks(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE / BLOCK) * BLOCK
