"""What the engine records: both channels beside each other, placed by their times."""

from __future__ import annotations

import stat
import threading
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from assistant.audio import recorder as recorders
from assistant.audio.recorder import AudioRecorder
from assistant.audio.stereofile import StereoFile
from assistant.audio.transport import BLOCK, AudioBlock, Samples
from assistant.audio.wavfile import read_stereo
from assistant.engine.protocol import SAMPLE_RATE, EngineNotice, RecordingFailed
from assistant.errors import AudioError

ORIGIN = 100.0
STEP = 1 / 32768


def block(number: int, *, late: float = 0.0) -> AudioBlock:
    """The block that begins ``number`` times 10 ms after the origin: its number left, its negative right."""
    ended = ORIGIN + (number + 1) * BLOCK / SAMPLE_RATE + late
    left = np.full(BLOCK, (number + 1) * STEP, np.float32)
    return AudioBlock(left, -left, ended)


def numbers(channel: Samples) -> list[int]:
    """The number of each block, -1 for silence."""
    return [round(float(each) / STEP) - 1 for each in channel[::BLOCK]]


class Told(list[RecordingFailed | EngineNotice]):
    def wait(self) -> RecordingFailed | EngineNotice:
        for _ in range(500):
            if self:
                return self[0]
            time.sleep(0.01)
        raise AssertionError("nothing was told")


def test_both_channels_are_written_at_their_time(tmp_path: Path) -> None:
    path, told = tmp_path / "audio.wav", Told()
    recorder = AudioRecorder(told.append)
    recorder.add(block(0))
    recorder.start(str(path), ORIGIN)
    for number in range(3, 150):
        recorder.add(block(number))
    recorder.stop()
    left, right = read_stereo(path)
    assert numbers(left) == [-1, -1, -1, *range(3, 150)]
    np.testing.assert_array_equal(right, -left)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with wave.open(str(path)) as file:  # another reader than ours
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, SAMPLE_RATE, 150 * BLOCK)
    assert told == []


def test_a_gap_is_silence_and_a_device_clock_that_wanders_is_none(tmp_path: Path) -> None:
    recorder = AudioRecorder(Told().append)
    recorder.start(str(tmp_path / "a.wav"), ORIGIN)
    for number in range(100):
        recorder.add(block(number, late=number * 1e-5))
    for number in range(150, 160):
        recorder.add(block(number, late=1e-3))
    recorder.stop()
    left, _ = read_stereo(tmp_path / "a.wav")
    assert numbers(left) == [*range(100), *[-1] * 50, *range(150, 160)]


def test_an_engine_that_was_killed_leaves_whole_seconds_and_the_next_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "audio.wav"
    file = StereoFile(path)
    for number in range(250):
        file.write(block(number).microphone, block(number).reference)
    # Killed here, with half a second in memory and half a frame on its way to the disk.
    with path.open("ab") as torn:
        torn.write(b"\1\2\3")
    assert numbers(read_stereo(path)[0]) == list(range(200))
    recorder = AudioRecorder(Told().append)
    recorder.start(str(path), ORIGIN)
    recorder.start(str(path), ORIGIN)
    for number in range(400, 410):
        recorder.add(block(number))
    recorder.stop()
    left, _ = read_stereo(path)
    assert numbers(left) == [*range(200), *[-1] * 200, *range(400, 410)]


def test_a_disk_that_is_full_is_told_once_and_ends_it(tmp_path: Path) -> None:
    told = Told()
    recorder = AudioRecorder(told.append)
    recorder.start("/dev/full", ORIGIN)
    for number in range(300):
        recorder.add(block(number))
    failure = told.wait()
    assert failure == RecordingFailed(
        "The recording ended: no space left on device.", "The conversation goes on."
    )
    for number in range(1000):
        recorder.add(block(number))
    recorder.stop()
    assert len(told) == 1


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    told = Told()
    AudioRecorder(told.append).start(str(tmp_path / "gone" / "audio.wav"), ORIGIN)
    assert "no such file" in told.wait().message


def test_a_slow_disk_never_holds_the_audio_thread_up_and_what_it_costs_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    real = StereoFile.write

    def slow(self: StereoFile, left: Samples, right: Samples) -> None:
        goes_on.wait(10)
        real(self, left, right)

    monkeypatch.setattr(StereoFile, "write", slow)
    told = Told()
    recorder = AudioRecorder(told.append)
    recorder.start(str(tmp_path / "a.wav"), ORIGIN)
    recorder.add(block(0))
    time.sleep(0.05)
    began = time.monotonic()
    for number in range(1, recorders.WAITING_BLOCKS + 101):
        recorder.add(block(number))
    assert time.monotonic() - began < 0.1
    goes_on.set()
    notice = told.wait()
    assert isinstance(notice, EngineNotice)
    assert "gaps" in notice.message
    recorder.add(block(recorders.WAITING_BLOCKS + 200))
    recorder.stop()
    left, _ = read_stereo(tmp_path / "a.wav")
    kept = [*range(recorders.WAITING_BLOCKS + 1)]
    assert numbers(left) == [*kept, *[-1] * 199, recorders.WAITING_BLOCKS + 200]


def test_other_wavs_are_no_recordings(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "mono.wav"), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(b"\0\0" * 100)
    with pytest.raises(AudioError, match="no stereo WAV"):
        read_stereo(tmp_path / "mono.wav")
