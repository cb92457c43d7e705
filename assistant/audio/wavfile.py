"""WAV files: any PCM or float input as 24 kHz mono, and output that grows while it is written."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.audio.resampling import resample
from assistant.audio.transport import Samples
from assistant.engine.protocol import SAMPLE_RATE
from assistant.errors import AudioError

EXTENSIBLE = 0xFFFE
"""The format whose true kind stands further back."""


class _Malformed(Exception):
    """Why a file cannot be read as a WAV."""


def read_stereo(path: str | Path) -> tuple[Samples, Samples]:
    """Both channels of a stereo WAV of 24 kHz, such as ``StereoFile`` writes. Raises ``AudioError``."""
    frames, rate = _read(path)
    if frames.shape[1] != 2 or rate != SAMPLE_RATE:
        raise AudioError(f"“{path}” is no stereo WAV of {SAMPLE_RATE} Hz.", "Give a recording of a session.")
    left, right = np.ascontiguousarray(frames.T, dtype=np.float32)
    return left, right


def read_wav(path: str | Path) -> Samples:
    """A WAV of any rate and number of channels (8 to 32-bit PCM, 32 or 64-bit float) as 24 kHz mono.

    Channels are averaged. A file that was cut off is read as far as it goes. Raises ``AudioError`` when there
    is no such file or it is no WAV of these kinds.
    """
    frames, rate = _read(path)
    mono = frames.mean(axis=1, dtype=np.float64).astype(np.float32)
    return resample(np.clip(np.nan_to_num(mono), -1.0, 1.0), rate, SAMPLE_RATE)


def _read(path: str | Path) -> tuple[NDArray[np.floating], int]:
    """Frames by channels in -1.0..1.0, and the rate in Hz."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise AudioError(f"The WAV “{path}” cannot be read: {reason}.", "Check the path.") from error
    try:
        return _decode(data)
    except (_Malformed, struct.error) as error:
        message = f"“{path}” is not a WAV that can be used: {error}."
        raise AudioError(message, "Convert it, for example: sox INPUT -b 16 OUTPUT.wav") from error


def _decode(data: bytes) -> tuple[NDArray[np.floating], int]:
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise _Malformed("it does not begin as one")
    form = b""
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + size]
        if name == b"fmt ":
            form = body
        elif name == b"data":
            return _samples(form, body)
        at += 8 + size + size % 2
    raise _Malformed("it holds no samples")


def _samples(form: bytes, body: bytes) -> tuple[NDArray[np.floating], int]:
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if kind == EXTENSIBLE and len(form) >= 26:
        (kind,) = struct.unpack_from("<H", form, 24)
    if not channels or not rate:
        raise _Malformed("it names no channels or no rate")
    values = _values(kind, bits, body)
    return values[: len(values) // channels * channels].reshape(-1, channels), rate


def _values(kind: int, bits: int, body: bytes) -> NDArray[np.floating]:
    whole = body[: len(body) // max(1, bits // 8) * (bits // 8)]
    match kind, bits:  # kind 1 is PCM, 3 is float
        case (1, 8):
            return (np.frombuffer(whole, "u1") - np.float32(128)) / np.float32(128)
        case (1, 16):
            return np.frombuffer(whole, "<i2") / np.float32(2**15)
        case (1, 24):
            # Three bytes become the upper three of a 32-bit number, which keeps the sign.
            wide = np.zeros((len(whole) // 3, 4), dtype=np.uint8)
            wide[:, 1:] = np.frombuffer(whole, "u1").reshape(-1, 3)
            return wide.view("<i4")[:, 0] / np.float64(2**31)
        case (1, 32):
            return np.frombuffer(whole, "<i4") / np.float64(2**31)
        case (3, 32):
            return np.frombuffer(whole, "<f4")
        case (3, 64):
            return np.frombuffer(whole, "<f8")
    raise _Malformed(f"format {kind} with {bits} bits is not supported")


class WavWriter:
    """A 24 kHz mono 16-bit WAV that is whole after every second of it. Raises ``AudioError``."""

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self._pending: list[Samples] = []
        self._count = 0
        try:
            self._raw = Path(path).open("wb")  # noqa: SIM115 - closed in close()
            self._file = wave.open(self._raw, "wb")  # noqa: SIM115 - closed in close()
            self._file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        except OSError as error:
            raise self._refused(error) from error

    def write(self, samples: Samples) -> None:
        """Append ``samples``."""
        self._pending.append(samples)
        self._count += len(samples)
        if self._count >= SAMPLE_RATE:
            self._flush()

    def close(self) -> None:
        """Complete the file; may be called twice."""
        if self._raw.closed:
            return
        try:
            self._flush()
            self._file.close()
        finally:
            self._raw.close()

    def _flush(self) -> None:
        if not self._pending:
            return
        pending, self._pending, self._count = self._pending, [], 0
        samples = np.clip(np.concatenate(pending) * 32768.0, -32768, 32767)
        try:
            self._file.writeframes(np.rint(samples).astype("<i2").tobytes())
            self._raw.flush()
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> AudioError:
        reason = (error.strerror or "no reason given").lower()
        return AudioError(
            f"“{self._path}” cannot be written: {reason}.", "Choose another file for the output."
        )
