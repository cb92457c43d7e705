"""What the doctor hears: a room of our own, and a virtual microphone and speaker."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from assistant.audio.echo import NoEcho, best_echo
from assistant.audio.levels import rms
from assistant.audio.transport import Samples
from assistant.doctor import echo
from assistant.doctor.finding import Finding, Status
from assistant.doctor.probe import probe
from assistant.doctor.sound import check_sound, judge_microphone
from assistant.engine.protocol import SAMPLE_RATE, DeviceAudio
from assistant.errors import AudioError
from tests.fakes.speech import pink_noise
from tests.fakes.vaudio import VirtualAudio, missing_programs

NOISE = pink_noise(6.0, 0.002)


def room(delay_s: float, gain: float) -> tuple[Samples, Samples]:
    """What a microphone hears of the sweeps in a noisy room without reverberation, and the sweeps."""
    played = np.concatenate((echo.sweeps(), np.zeros(SAMPLE_RATE // 2, np.float32)))
    delay = int(delay_s * SAMPLE_RATE)
    heard = gain * np.concatenate((np.zeros(delay, np.float32), played))[: len(played)]
    return np.asarray(heard + NOISE[: len(played)], np.float32), played


@pytest.mark.parametrize(("delay_s", "level_db"), [(0.02, -6.0), (0.15, -20.0), (0.4, -12.0)])
def test_delay_and_level_of_an_echo_are_measured(delay_s: float, level_db: float) -> None:
    found = echo.measure(*room(delay_s, 10 ** (level_db / 20)), NoEcho(), rms(NOISE))
    assert found is not None
    assert found.delay_s == pytest.approx(delay_s, abs=0.001)
    assert found.level_db == pytest.approx(level_db, abs=1.0)
    assert found.erle_db == pytest.approx(0.0, abs=0.1)


def test_cancelled_echo_is_told_in_words() -> None:
    canceller = best_echo()
    found = echo.report(echo.measure(*room(0.06, 0.2), canceller, rms(NOISE)), canceller.name)
    assert found.status is Status.OK
    assert found.detail.startswith("−14 dB after 60 ms, cancelled by ")


def test_no_echo_means_headphones() -> None:
    assert echo.measure(*room(0.1, 0.0), NoEcho(), rms(NOISE)) is None
    _, played = room(0.1, 0.0)
    assert echo.measure(np.zeros_like(played), played, NoEcho(), 0.0) is None
    assert echo.report(None, "none").detail.startswith("None: headphones")


def test_echo_that_is_left_over_has_a_remedy() -> None:
    weak = echo.report(echo.EchoMeasure(0.05, -10.0, 4.0), "webrtc-aec3")
    absent = echo.report(echo.EchoMeasure(0.05, -10.0, 0.0), "none")
    assert (weak.status, absent.status) == (Status.WARNING, Status.WARNING)
    assert "headphones" in weak.remedy
    assert "pywebrtc-audio" in absent.remedy


SINE = np.sin(np.arange(SAMPLE_RATE) * 0.1).astype(np.float32)


@pytest.mark.parametrize(
    ("heard", "status", "said"),
    [
        (SINE[:0], Status.PROBLEM, "no samples"),
        (0.0 * SINE, Status.PROBLEM, "zeros"),
        (0.0001 * SINE, Status.WARNING, "very quiet"),
        (0.01 * SINE, Status.OK, "−43 dBFS"),
        (np.clip(2 * SINE, -1, 1), Status.WARNING, "clips"),
    ],
)
def test_the_microphone_is_judged_by_what_it_gives(heard: Samples, status: Status, said: str) -> None:
    found = judge_microphone(heard)
    assert found.status is status
    assert said in found.detail
    assert bool(found.remedy) == (status is not Status.OK)


@pytest.fixture
def audio(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualAudio]:
    if missing := missing_programs():
        pytest.skip(f"virtual audio needs {', '.join(missing)}")
    virtual = VirtualAudio()
    for name, value in virtual.env.items():
        monkeypatch.setenv(name, value)
    yield virtual
    virtual.close()


def listen(name: str, with_sound: bool) -> dict[tuple[str, str], Finding]:
    options = {"input_name": name, "output_name": "", "with_sound": with_sound}
    return {(finding.area, finding.name): finding for finding in probe("sound", options)}


@pytest.mark.e2e
def test_the_echo_between_virtual_devices_is_found(audio: VirtualAudio) -> None:
    audio.echo(60)
    found = listen("vmic", with_sound=True)
    assert "vmic (chosen) opens at 24 kHz" in found["devices", "microphone"].detail
    assert "the system's default" in found["devices", "speaker"].detail
    assert found["microphone", "level"].status is Status.PROBLEM  # a virtual microphone is all zeros
    assert "dB after" in found["echo", "test"].detail


@pytest.mark.e2e
def test_an_unknown_microphone_is_told_with_those_there_are(audio: VirtualAudio) -> None:
    found = listen("Studio", with_sound=False)
    assert found["devices", "microphone"].status is Status.PROBLEM
    assert "vmic" in found["devices", "microphone"].remedy
    assert ("microphone", "level") not in found


def test_a_missing_portaudio_is_told_with_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = AudioError("PortAudio is not installed.", "Run: install it")

    def fail() -> None:
        raise missing

    monkeypatch.setattr("assistant.doctor.sound.portaudio", fail)
    (found,) = check_sound(DeviceAudio(), with_sound=False)
    assert found == Finding("PortAudio", Status.PROBLEM, "library", missing.message, missing.remedy)
