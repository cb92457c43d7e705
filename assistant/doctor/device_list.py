"""What ``assistant devices`` shows."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.audio.devices import Device, list_devices


def device_lines(devices: Sequence[Device] | None = None) -> list[str]:
    """Microphones, then speakers, a line each: a star before the default, the name, its own rate.

    Without ``devices`` those of this machine. Raises ``AudioError`` when PortAudio is missing.
    """
    found = list_devices() if devices is None else devices
    microphones = [(device, device.is_default_input) for device in found if device.inputs]
    speakers = [(device, device.is_default_output) for device in found if device.outputs]
    return [*_section("Microphones", microphones), *_section("Speakers", speakers)]


def _section(title: str, devices: Sequence[tuple[Device, bool]]) -> list[str]:
    lines = [
        f"  {'*' if is_default else ' '} {device.name}  ({device.rate} Hz, {device.host_api})"
        for device, is_default in devices
    ]
    return [f"{title}:", *(lines or ["    none"])]
