"""Sound devices by name, and PortAudio itself: the only place that imports sounddevice."""

from __future__ import annotations

import difflib
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal

from assistant.errors import AudioError

Direction = Literal["input", "output"]

ROLE: dict[Direction, str] = {"input": "microphone", "output": "speaker"}

SOUND_FILES = Path("/dev/snd")

INSTALL = {
    "debian": "sudo apt install libportaudio2",
    "ubuntu": "sudo apt install libportaudio2",
    "fedora": "sudo dnf install portaudio",
    "rhel": "sudo dnf install portaudio",
    "arch": "sudo pacman -S portaudio",
    "suse": "sudo zypper install libportaudio2",
    "opensuse": "sudo zypper install libportaudio2",
    "alpine": "sudo apk add portaudio",
}


@dataclass(frozen=True, slots=True)
class Device:
    """A sound device as PortAudio lists it; ``rate`` is its own rate in Hz."""

    index: int
    name: str
    host_api: str
    inputs: int
    outputs: int
    rate: int
    is_default_input: bool = False
    is_default_output: bool = False

    @property
    def is_plugin(self) -> bool:
        """One of ALSA's plug-ins (default, pulse, pipewire), which lead to others and look like one."""
        return self.host_api == "ALSA" and "(hw:" not in self.name

    def channels(self, direction: Direction) -> int:
        """How many channels it has in ``direction``, 0 when it has none."""
        return self.inputs if direction == "input" else self.outputs


def install_line() -> str:
    """The one line that installs PortAudio on this machine."""
    if sys.platform == "darwin":
        return "brew install portaudio"
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    for name in (release.get("ID", ""), *release.get("ID_LIKE", "").split()):
        if name in INSTALL:
            return INSTALL[name]
    return "install the package libportaudio2 or portaudio with your package manager"


def kept_back() -> AudioError | None:
    """Why PortAudio sees no sound card though there are some; None where there are none or they may be used.

    Without a sound server ALSA leaves out every card whose device files the user may not open.
    """
    if sys.platform != "linux" or all(
        os.access(node, os.R_OK | os.W_OK) for node in SOUND_FILES.glob("pcm*")
    ):
        return None
    message = f"This program may not use the sound cards of this machine ({SOUND_FILES})."
    return AudioError(message, "Run: sudo usermod -aG audio $USER. Then log out and in again.")


def portaudio() -> ModuleType:
    """The sounddevice module, initialised. Raises ``AudioError`` when PortAudio is missing."""
    try:
        import sounddevice
    except OSError as error:
        message = "PortAudio, which reaches microphone and speaker, is not installed."
        raise AudioError(message, f"Run: {install_line()}") from error
    module: ModuleType = sounddevice
    return module


def refresh() -> None:
    """Look at the devices afresh: PortAudio keeps its list until then. Every stream must be closed."""
    sound = portaudio()
    sound._terminate()
    sound._initialize()


def list_devices() -> list[Device]:
    """All devices that PortAudio knows. Raises ``AudioError`` when PortAudio is missing."""
    sound = portaudio()
    apis = sound.query_hostapis()
    default_input, default_output = _defaults(sound)
    return [
        Device(
            index=index,
            name=str(entry["name"]),
            host_api=str(apis[entry["hostapi"]]["name"]),
            inputs=int(entry["max_input_channels"]),
            outputs=int(entry["max_output_channels"]),
            rate=round(entry["default_samplerate"]),
            is_default_input=index == default_input,
            is_default_output=index == default_output,
        )
        for index, entry in enumerate(sound.query_devices())
    ]


def _defaults(sound: ModuleType) -> tuple[int, int]:
    # sounddevice.default.device may be set by hand; the host API says what the system's default is.
    api = sound.query_hostapis(sound.default.hostapi) if sound.query_hostapis() else {}
    return int(api.get("default_input_device", -1)), int(api.get("default_output_device", -1))


def resolve(devices: Sequence[Device], name: str, direction: Direction) -> Device | None:
    """The device called ``name``: exactly, else the only one that contains it, whatever its case.

    An empty name means the system's default, None when there is none. Raises ``AudioError`` for a name that
    no device, or more than one, answers to.
    """
    usable = [device for device in devices if device.channels(direction) > 0]
    if not name:
        return _default_of(usable, direction)
    wanted = name.casefold()
    exact = [device for device in usable if device.name.casefold() == wanted]
    if exact:
        # The same device under several host APIs: the first API is the platform's own.
        return exact[0]
    partial = [device for device in usable if wanted in device.name.casefold()]
    if len({device.name for device in partial}) == 1:
        return partial[0]
    raise _unknown(name, direction, partial or usable, ambiguous=bool(partial))


def _default_of(usable: Sequence[Device], direction: Direction) -> Device | None:
    for device in usable:
        if device.is_default_input if direction == "input" else device.is_default_output:
            return device
    return usable[0] if usable else None


def _unknown(name: str, direction: Direction, devices: Sequence[Device], *, ambiguous: bool) -> AudioError:
    role = ROLE[direction]
    names = list(dict.fromkeys(device.name for device in devices))
    if ambiguous:
        message = f"More than one {role} is called like “{name}”."
        return AudioError(message, f"Give more of its name: {', '.join(names)}.")
    by_folded = {known.casefold(): known for known in names}
    close = [by_folded[known] for known in difflib.get_close_matches(name.casefold(), by_folded, 3, 0.3)]
    message = f"There is no {role} called “{name}”."
    if not names:
        return AudioError(message, f"No {role} was found at all; connect one.")
    return AudioError(message, f"Use one of these: {', '.join(close or names[:5])}.")
