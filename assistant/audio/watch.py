"""Cheap looks at what the system says about its devices, while PortAudio's own list stands still.

PortAudio lists devices once, and listing again needs every stream closed. So what changed has to be noticed
elsewhere: on macOS Core Audio is asked directly; on Linux the sound server, which moves the streams of its
default device from one speaker to another without a word, and the list of cards.
"""

from __future__ import annotations

import ctypes
import logging
import struct
import sys
from pathlib import Path
from typing import Protocol

from assistant.audio.sound_server import SoundServer

logger = logging.getLogger(__name__)

CARDS = Path("/proc/asound/cards")


class DeviceWatch(Protocol):
    """Two fingerprints that are compared with earlier ones; what they are made of means nothing else."""

    def defaults(self) -> tuple[object, object]:
        """Of the default microphone and speaker; each changes when that becomes another one."""
        ...

    def devices(self) -> object:
        """Changes when a device comes or goes."""
        ...

    def speaker(self) -> str:
        """What the default speaker leads to, where that is another thing; else empty."""
        ...

    def close(self) -> None:
        """Look no more."""
        ...


class LinuxWatch:
    """The sound server tells where it plays; cards come and go in ``/proc``."""

    def __init__(self) -> None:
        self._server = SoundServer()

    def defaults(self) -> tuple[object, object]:
        """What the sound server plays to; it moves microphones by itself."""
        return None, self._server.speaker

    def speaker(self) -> str:
        """The same: PortAudio only knows the server."""
        return self._server.speaker

    def close(self) -> None:
        """Look no more."""
        self._server.close()

    def devices(self) -> object:
        """The list of sound cards."""
        try:
            return CARDS.read_bytes()
        except OSError:
            return None


class _Address(ctypes.Structure):
    _fields_ = (("selector", ctypes.c_uint32), ("scope", ctypes.c_uint32), ("element", ctypes.c_uint32))


class CoreAudioWatch:  # pragma: no cover - needs macOS
    """Core Audio's properties of its system object (AudioHardware.h)."""

    SYSTEM = 1

    def __init__(self) -> None:
        self._core = ctypes.CDLL("/System/Library/Frameworks/CoreAudio.framework/CoreAudio")

    def defaults(self) -> tuple[object, object]:
        """The ids of the default microphone and speaker."""
        return self._property(b"dIn "), self._property(b"dOut")

    def devices(self) -> object:
        """The ids of all devices."""
        return self._property(b"dev#")

    def speaker(self) -> str:
        """PortAudio knows its name."""
        return ""

    def close(self) -> None:
        """There is nothing to end."""

    def _property(self, selector: bytes) -> bytes:
        address = _Address(*(struct.unpack(">I", name)[0] for name in (selector, b"glob")), 0)
        buffer = ctypes.create_string_buffer(4096)
        size = ctypes.c_uint32(len(buffer))
        status = self._core.AudioObjectGetPropertyData(
            ctypes.c_uint32(self.SYSTEM), ctypes.byref(address), 0, None, ctypes.byref(size), buffer
        )
        return buffer.raw[: size.value] if status == 0 else b""


def system_watch() -> DeviceWatch:
    """The watch for this system."""
    if sys.platform == "darwin":  # pragma: no cover - needs macOS
        try:
            return CoreAudioWatch()
        except OSError:
            logger.info("Core Audio cannot be asked about devices.", exc_info=True)
    return LinuxWatch()
