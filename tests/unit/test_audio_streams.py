"""What a device is opened with, and what is said where it refuses: PortAudio is a fake here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.audio import streams
from assistant.audio.devices import Device, Direction
from assistant.audio.streams import Format, choose_format, open_streams
from assistant.errors import AudioError

PutPortAudio = Callable[..., None]
HEADSET = Device(3, "Headset", "Core Audio", 1, 2, 48_000)


class PortAudioError(Exception):
    """As sounddevice raises it."""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> PutPortAudio:
    """Puts a PortAudio of Linux in place: it takes what ``takes(rate, width)`` says, or raises ``said``."""
    monkeypatch.setattr(sys, "platform", "linux")

    def put(takes: Callable[[int, int], bool], said: str = "Invalid sample rate") -> None:
        def check(device: int, channels: int, dtype: str, samplerate: int) -> None:
            assert (device, dtype) == (HEADSET.index, "float32")
            if not takes(samplerate, channels):
                raise PortAudioError(said)

        sound: Any = SimpleNamespace(
            check_input_settings=check, check_output_settings=check, PortAudioError=PortAudioError
        )
        monkeypatch.setattr(streams, "portaudio", lambda: sound)

    return put


def test_a_device_that_takes_the_engines_rate_is_opened_with_it(fake: PutPortAudio) -> None:
    fake(lambda rate, width: True)
    assert choose_format(HEADSET, "input") == Format(24_000, 1)
    assert choose_format(HEADSET, "output") == Format(24_000, 1)


@pytest.mark.parametrize("direction", ["input", "output"])
def test_one_that_refuses_24_khz_is_opened_with_its_own_rate(
    fake: PutPortAudio, direction: Direction
) -> None:
    fake(lambda rate, width: rate == 48_000)
    assert choose_format(HEADSET, direction) == Format(48_000, 1)


def test_one_that_refuses_mono_is_given_two_channels_as_far_as_it_has_them(fake: PutPortAudio) -> None:
    fake(lambda rate, width: width == 2)
    assert choose_format(HEADSET, "output") == Format(24_000, 2)
    with pytest.raises(AudioError):
        choose_format(HEADSET, "input")


def test_one_that_refuses_both_is_given_two_channels_at_its_own_rate(fake: PutPortAudio) -> None:
    fake(lambda rate, width: (rate, width) == (48_000, 2))
    assert choose_format(HEADSET, "output") == Format(48_000, 2)


def test_a_speaker_of_core_audio_is_given_two_channels(
    fake: PutPortAudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    fake(lambda rate, width: True)
    assert choose_format(HEADSET, "output") == Format(24_000, 2)
    assert choose_format(HEADSET, "input") == Format(24_000, 1)


@pytest.mark.parametrize(("direction", "role"), [("input", "microphone"), ("output", "speaker")])
def test_one_that_refuses_everything_is_told_of_with_a_remedy(
    fake: PutPortAudio, direction: Direction, role: str
) -> None:
    fake(lambda rate, width: False)
    with pytest.raises(AudioError, match=f"The {role} “Headset” could not be opened") as caught:
        choose_format(HEADSET, direction)
    assert f"choose another {role}" in caught.value.remedy


@pytest.mark.parametrize(
    ("platform", "remedy"), [("darwin", "Privacy & Security › Microphone"), ("linux", "/dev/snd")]
)
@pytest.mark.parametrize("said", ["Permission denied", "Operation not permitted", "Unauthorized"])
def test_a_refusal_for_want_of_permission_says_who_can_give_it(
    fake: PutPortAudio, monkeypatch: pytest.MonkeyPatch, platform: str, remedy: str, said: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    fake(lambda rate, width: False, said)
    with pytest.raises(AudioError, match="may not use the microphone “Headset”") as caught:
        choose_format(HEADSET, "input")
    assert remedy in caught.value.remedy


def test_a_microphone_that_refuses_is_reported_not_raised(fake: PutPortAudio) -> None:
    fake(lambda rate, width: False, "Permission denied")
    refused = open_streams(HEADSET, None, 1.0)
    assert (refused.capture, refused.playback) == (None, None)
    assert [refusal.message for refusal in refused.refusals] == [
        "This program may not use the microphone “Headset”."
    ]
