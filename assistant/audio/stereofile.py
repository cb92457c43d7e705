"""A stereo WAV that grows while it is written and can be continued: whole after every second of it."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from types import TracebackType

import numpy as np

from assistant.audio.transport import Samples
from assistant.engine.protocol import SAMPLE_RATE

_HEADER = struct.Struct("<4sI8sIHHIIHH4sI")
_FRAME = 4
"""Bytes of two 16-bit samples."""


class StereoFile:
    """24 kHz, 16 bits, readable by its owner alone; every method raises ``OSError``.

    A file that is there already is continued behind its last whole frame.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        there = self._file.seek(0, os.SEEK_END)
        self.position = max(0, there - _HEADER.size) // _FRAME
        """Frames written or skipped so far."""
        if there > (whole := _HEADER.size + self.position * _FRAME):
            self._file.truncate(whole)
        self._pending: list[Samples] = []
        self._waiting = 0
        self._write_header()

    def __enter__(self) -> StereoFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            if error is None:
                self._flush()

    def skip_to(self, position: int) -> None:
        """Silence up to frame ``position``; nothing where that lies behind."""
        if position > self.position:
            self._flush()
            self.position = position

    def write(self, left: Samples, right: Samples) -> None:
        """Append as many frames as both channels have samples."""
        self._pending.append(np.stack((left, right), axis=1))
        self._waiting += len(left)
        self.position += len(left)
        if self._waiting >= SAMPLE_RATE:
            self._flush()

    def _flush(self) -> None:
        if not self._pending:
            return
        frames = np.clip(np.concatenate(self._pending) * 32768.0, -32768, 32767)
        self._file.seek(_HEADER.size + (self.position - self._waiting) * _FRAME)
        self._pending, self._waiting = [], 0
        self._file.write(np.rint(frames).astype("<i2").tobytes())
        self._write_header()

    def _write_header(self) -> None:
        size = self.position * _FRAME
        form = (16, 1, 2, SAMPLE_RATE, SAMPLE_RATE * _FRAME, _FRAME, 16)
        self._file.seek(0)
        self._file.write(_HEADER.pack(b"RIFF", 36 + size, b"WAVEfmt ", *form, b"data", size))
        self._file.flush()
