"""The sound devices of this machine: what ``assistant devices`` shows, and what can be chosen from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.audio.devices import ROLE, Device, list_devices
from assistant.doctor.finding import Finding, Status
from assistant.errors import AudioError


def device_lines(devices: Sequence[Device] | None = None) -> list[str]:
    """Microphones, then speakers, a line each: a star before the default, the name, its own rate.

    Without ``devices`` those of this machine. Raises ``AudioError`` when PortAudio is missing.
    """
    found = list_devices() if devices is None else devices
    microphones = [(device, device.is_default_input) for device in found if device.inputs]
    speakers = [(device, device.is_default_output) for device in found if device.outputs]
    return [*_section("Microphones", microphones), *_section("Speakers", speakers)]


def each_device() -> Iterator[Finding]:
    """A finding a device, named after its role; ``detail`` is the name to choose it by."""
    try:
        devices = list_devices()
    except AudioError as error:
        yield Finding("devices", Status.PROBLEM, "PortAudio", error.message, error.remedy)
        return
    for direction, role in ROLE.items():
        # The same device may be there under several host APIs.
        for name in dict.fromkeys(each.name for each in devices if each.channels(direction)):
            yield Finding("devices", Status.OK, role, name)


def _section(title: str, devices: Sequence[tuple[Device, bool]]) -> list[str]:
    lines = [
        f"  {'*' if is_default else ' '} {device.name}  ({device.rate} Hz, {device.host_api})"
        for device, is_default in devices
    ]
    return [f"{title}:", *(lines or ["    none"])]
