"""The device transport on a virtual microphone and speaker, in a process of its own as in real life."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.vaudio import RATE, VirtualAudio

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform != "linux", reason="PulseAudio is Linux's")]

RNG = np.random.default_rng(11)
PIECE = RATE // 20


def noise(seconds: float) -> np.ndarray:
    return RNG.integers(-9000, 9000, int(seconds * RATE)).astype(np.int16)


def write(path: Path, samples: np.ndarray) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return path


def intact(part: np.ndarray, whole: np.ndarray) -> float:
    """The share of ``part``'s pieces of 50 ms that are in ``whole`` bit for bit, one after the other."""
    pieces = part[: len(part) // PIECE * PIECE].reshape(-1, PIECE)
    at = found = 0
    for piece in pieces:
        starts = at + np.flatnonzero(whole[at : len(whole) - PIECE + 1] == piece[0])
        hit = next(
            (int(start) for start in starts if np.array_equal(whole[start : start + PIECE], piece)), None
        )
        if hit is not None:
            at, found = hit + PIECE, found + 1
    return found / len(pieces)


class Client:
    """``tests/audio/client.py`` running on some devices; what it tells comes as dictionaries, a line each."""

    def __init__(self, env: dict[str, str], *arguments: str) -> None:
        command = [sys.executable, "-m", "tests.audio.client", *arguments]
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)

    def wait_for(self, kind: str) -> dict:
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:
            seen.append(json.loads(line))
            if seen[-1]["kind"] == kind:
                return seen[-1]
        raise AssertionError(f"it ended without “{kind}”: {seen}")


@contextmanager
def client(env: dict[str, str], *arguments: str) -> Iterator[Client]:
    running = Client(env, *arguments)
    try:
        yield running
    finally:
        running.process.terminate()
        running.process.wait(10)


def play_and_record(audio: VirtualAudio, folder: Path, names: tuple[str, str], said: Path, speech: Path):
    """What the speaker played, what the microphone gave, and what the transport reports."""
    with (
        audio.record() as recording,
        client(audio.env, *names, "--play", str(speech), "--keep", str(folder / "mic.npy")) as it,
    ):
        it.wait_for("opened")
        audio.say(said)
        done = it.wait_for("played")
        it.wait_for("kept")
        microphone = np.rint(np.load(folder / "mic.npy") * 32768).astype(np.int16)
        return recording.samples, microphone, done


@pytest.mark.parametrize("names", [("", ""), ("vmic", "vspk")])
def test_both_directions_are_faithful_to_the_bit(virtual_audio: VirtualAudio, tmp_path, names):
    heard, spoken = noise(1.5), noise(1.5)
    said, speech = write(tmp_path / "said.wav", heard), write(tmp_path / "speech.wav", spoken)
    for _ in range(3):
        # Another try where the machine itself was too busy for real time and the sound server left gaps.
        played, microphone, done = play_and_record(virtual_audio, tmp_path, names, said, speech)
        assert done["consumed"] == len(spoken)
        whole = intact(spoken[200:30_000], played), intact(heard[200:30_000], microphone)
        if min(whole) == 1.0:
            break
    # A gain, a resampler or dither would leave no piece whole.
    assert min(whole) >= 0.5, (whole, done)


def test_a_device_that_goes_is_told_and_reopened(virtual_audio: VirtualAudio, tmp_path):
    speech = write(tmp_path / "speech.wav", noise(8.0))
    with client(virtual_audio.env, "--play", str(speech)) as it:
        it.wait_for("playing")
        virtual_audio.kill_server()
        lost = it.wait_for("changed")
        assert lost["input"] == lost["output"] == ""
        assert lost["reason"]
        paused = it.wait_for("silent")
        virtual_audio.up()
        back = it.wait_for("changed")
        assert back["input"]
        assert back["output"]
        done = it.wait_for("played")
    assert 0 < paused["consumed"] < 8 * RATE
    assert done["consumed"] == 8 * RATE, "speech goes on where it paused"


def test_headphones_that_go_take_the_speech_with_them(virtual_audio: VirtualAudio, tmp_path):
    """The sound server moves the stream to the loudspeaker; its listeners have not asked for that."""
    speech = write(tmp_path / "speech.wav", noise(8.0))

    def pactl(*arguments: str) -> str:
        return subprocess.run(
            ["pactl", *arguments], env=virtual_audio.env, capture_output=True, text=True, check=True
        ).stdout.strip()

    headphones = pactl(
        "load-module", "module-null-sink", "sink_name=phones", "sink_properties=device.description=Phones"
    )
    pactl("set-default-sink", "phones")
    with (
        virtual_audio.record() as loudspeaker,
        client(virtual_audio.env, "--play", str(speech)) as it,
    ):
        assert it.wait_for("opened")["output"] == "Phones"
        it.wait_for("playing")
        time.sleep(1.0)
        pactl("unload-module", headphones)
        assert it.wait_for("changed")["output"] == ""
        assert it.wait_for("changed")["output"] not in ("", "Phones")
        assert np.count_nonzero(loudspeaker.samples) < RATE, "less than a second got out"


def test_an_unknown_name_is_refused_with_the_closest_ones(virtual_audio: VirtualAudio):
    with client(virtual_audio.env, "vmik", "vspk") as it:
        refused = it.wait_for("refused")
    assert refused["message"] == "There is no microphone called “vmik”."
    assert "vmic" in refused["remedy"]


def test_a_silent_microphone_is_diagnosed(virtual_audio: VirtualAudio):
    with client(virtual_audio.env) as it:
        notice = it.wait_for("notice")
    assert "zeros" in notice["message"]
    assert "muted" in notice["remedy"]


def test_echo_through_the_devices_is_cancelled(virtual_audio: VirtualAudio, tmp_path):
    spectrum = np.fft.rfft(RNG.standard_normal(10 * RATE))
    coloured = np.fft.irfft(spectrum / (1 + (np.fft.rfftfreq(10 * RATE, 1 / RATE) / 600) ** 2))
    loud = (coloured / np.abs(coloured).max() * 20_000).astype(np.int16)
    virtual_audio.echo(70)
    with client(virtual_audio.env, "vmic", "vspk", "--play", str(write(tmp_path / "far.wav", loud))) as it:
        done = it.wait_for("played")
    assert done["erle"] is not None
    assert done["erle"] > 10, "the virtual echo's delay wanders, unlike a room's"


@pytest.fixture
def fixed_rate_device() -> Iterator[dict[str, str]]:
    """A device that knows 48 kHz and nothing else."""
    if shutil.which("jackd") is None:
        pytest.skip("needs jackd")
    name = f"fixed{os.getpid()}"
    env = {**os.environ, "JACK_NO_AUDIO_RESERVATION": "1", "JACK_DEFAULT_SERVER": name}
    env |= {"JACK_NO_START_SERVER": "1"}
    command = [
        "jackd",
        "-n",
        name,
        "--no-realtime",
        "-d",
        "dummy",
        "-r",
        "48000",
        "-p",
        "960",
        "-C",
        "2",
        "-P",
        "2",
    ]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while subprocess.run(["jack_wait", "-c"], env=env, capture_output=True, check=False).stdout.startswith(
        b"not"
    ):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield env
    server.terminate()
    server.wait(10)


def test_a_device_that_refuses_24_khz_is_resampled(fixed_rate_device: dict[str, str], tmp_path):
    speech = write(tmp_path / "speech.wav", noise(1.0))
    with client(fixed_rate_device, "system", "system", "--play", str(speech)) as it:
        opened = it.wait_for("opened")
        done = it.wait_for("played")
    assert opened["rate"] == 48_000
    assert opened["shares_clock"], "microphone and speaker are one device here"
    assert done["consumed"] == RATE
    # White noise loses a tenth of itself above the resampler's band.
    assert done["reference_match"] > 0.85, "the reference is what was played"
