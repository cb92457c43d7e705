"""Devices by name, and what is said when there are none."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assistant.audio import device, devices
from assistant.audio.devices import Device, install_line, resolve
from assistant.audio.factory import open_transport
from assistant.engine.protocol import DeviceAudio
from assistant.errors import AudioError

LIST = [
    Device(0, "MacBook Pro Microphone", "Core Audio", 1, 0, 48_000),
    Device(1, "MacBook Pro Speakers", "Core Audio", 0, 2, 48_000, is_default_output=True),
    Device(2, "Jabra Link 390", "Core Audio", 1, 2, 16_000, is_default_input=True),
    Device(3, "USB Audio One", "Core Audio", 2, 2, 44_100),
    Device(4, "USB Audio Two", "Core Audio", 2, 2, 44_100),
]


@pytest.mark.parametrize(
    ("name", "direction", "index"),
    [
        ("", "input", 2),
        ("", "output", 1),
        ("jabra link 390", "output", 2),
        ("jabra", "input", 2),
        ("MACBOOK", "input", 0),
        ("macbook", "output", 1),
    ],
)
def test_names_are_matched_exactly_or_in_part_whatever_their_case(name, direction, index):
    assert resolve(LIST, name, direction).index == index


def test_an_unknown_name_lists_the_closest_ones():
    with pytest.raises(AudioError, match="no microphone called “Jabbra Lnk”") as caught:
        resolve(LIST, "Jabbra Lnk", "input")
    assert "Jabra Link 390" in caught.value.remedy


def test_a_name_that_fits_two_devices_asks_for_more_of_it():
    with pytest.raises(AudioError, match="More than one speaker") as caught:
        resolve(LIST, "usb audio", "output")
    assert "USB Audio One, USB Audio Two" in caught.value.remedy


def test_a_device_is_not_found_in_the_direction_that_it_lacks():
    with pytest.raises(AudioError):
        resolve(LIST, "MacBook Pro Speakers", "input")
    with pytest.raises(AudioError, match="no speaker"):
        resolve([], "Jabra", "output")
    assert resolve([], "", "output") is None


@pytest.mark.parametrize(
    ("may", "said"), [(False, "may not use the sound cards"), (True, "no microphone and")]
)
def test_cards_that_are_kept_back_are_told_from_none(monkeypatch, tmp_path, may, said):
    (tmp_path / "pcmC0D0p").touch()
    monkeypatch.setattr(devices, "SOUND_FILES", tmp_path)
    monkeypatch.setattr(devices.sys, "platform", "linux")
    monkeypatch.setattr(devices.os, "access", lambda *_: may)
    monkeypatch.setattr(device, "refresh", lambda: None)
    monkeypatch.setattr(device, "list_devices", list)
    with pytest.raises(AudioError, match=said) as caught:
        device.DeviceTransport(DeviceAudio()).open()
    assert ("usermod" in caught.value.remedy) is not may


def test_without_a_marked_default_the_first_usable_device_serves():
    assert resolve(LIST[3:], "", "output").index == 3


@pytest.mark.parametrize(
    ("release", "line"),
    [
        ({"ID": "debian"}, "sudo apt install libportaudio2"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt install libportaudio2"),
        ({"ID": "fedora"}, "sudo dnf install portaudio"),
        ({"ID": "nixos"}, "libportaudio2"),
    ],
)
def test_the_remedy_fits_the_distribution(monkeypatch, release, line):
    monkeypatch.setattr(devices.sys, "platform", "linux")
    monkeypatch.setattr(devices.platform, "freedesktop_os_release", lambda: release)
    assert line in install_line()


@pytest.mark.skipif(sys.platform == "darwin", reason="the wheel for macOS brings PortAudio with it")
def test_a_missing_portaudio_is_said_with_the_line_that_installs_it():
    program = """
import ctypes.util
ctypes.util.find_library = lambda name: None
from assistant.audio.factory import open_transport
from assistant.engine.protocol import DeviceAudio
from assistant.errors import AudioError
try:
    open_transport(DeviceAudio()).open()
except AudioError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "PortAudio" in done.stdout
    assert "Run: " in done.stdout


def test_no_device_at_all_is_said_with_a_remedy(monkeypatch):
    monkeypatch.setattr(device, "refresh", lambda: None)
    monkeypatch.setattr(device, "list_devices", list)
    transport = open_transport(DeviceAudio())
    with pytest.raises(AudioError, match="no microphone and no speaker") as caught:
        transport.open()
    assert "Connect one" in caught.value.remedy
    transport.close()
