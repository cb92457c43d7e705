"""The WAV transport and the files that it reads and writes."""

from __future__ import annotations

import struct
import time
import wave

import numpy as np
import pytest

from assistant.audio.factory import open_transport
from assistant.audio.transport import BLOCK
from assistant.audio.wavfile import WavWriter, read_wav
from assistant.engine.protocol import SAMPLE_RATE, WavAudio
from assistant.errors import AudioError


def riff(kind: int, bits: int, rate: int, channels: int, body: bytes) -> bytes:
    align = channels * bits // 8
    form = struct.pack("<HHIIHH", kind, channels, rate, rate * align, align, bits)
    chunks = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def encoded(kind: int, bits: int, wave_: np.ndarray) -> bytes:
    if kind == 3:
        return wave_.astype(f"<f{bits // 8}").tobytes()
    if bits == 8:
        return np.rint(wave_ * 127 + 128).astype("u1").tobytes()
    scaled = np.rint(wave_ * (2 ** (bits - 1) - 1)).astype("<i4")
    return b"".join(int(value).to_bytes(bits // 8, "little", signed=True) for value in scaled)


def tone(rate: int, seconds: float = 0.5) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)


@pytest.mark.parametrize(("kind", "bits"), [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64)])
@pytest.mark.parametrize(("rate", "channels"), [(24_000, 1), (44_100, 2), (8_000, 1), (48_000, 3)])
def test_any_wav_becomes_24_khz_mono(tmp_path, kind, bits, rate, channels):
    path = tmp_path / "in.wav"
    path.write_bytes(riff(kind, bits, rate, channels, encoded(kind, bits, np.repeat(tone(rate), channels))))
    samples, expected = read_wav(path), tone(SAMPLE_RATE)
    assert abs(len(samples) - len(expected)) <= 2
    middle = slice(1000, 10_000)
    assert samples[middle] == pytest.approx(expected[middle], abs=0.02)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a wav at all",
        riff(1, 12, 8000, 1, b"ab"),
        riff(1, 16, 0, 1, b"ab"),
        riff(6, 8, 8000, 1, b"a"),
        b"RIFF\0\0\0\0WAVEfmt \x04\0\0\0\1\0\1\0data\2\0\0\0ab",
    ],
)
def test_what_is_no_wav_is_refused_with_a_remedy(tmp_path, data):
    path = tmp_path / "in.wav"
    path.write_bytes(data)
    with pytest.raises(AudioError) as caught:
        read_wav(path)
    assert caught.value.remedy


def test_a_missing_input_and_an_unwritable_output_are_refused(tmp_path):
    with pytest.raises(AudioError, match="no such file"):
        open_transport(WavAudio(str(tmp_path / "none.wav"), str(tmp_path / "out.wav"))).open()
    write(tmp_path / "in.wav", np.zeros(100))
    with pytest.raises(AudioError, match="cannot be written"):
        open_transport(WavAudio(str(tmp_path / "in.wav"), str(tmp_path / "no" / "out.wav"))).open()


def test_a_wav_cut_off_in_the_middle_is_read_as_far_as_it_goes(tmp_path):
    path = tmp_path / "in.wav"
    path.write_bytes(riff(1, 16, 24_000, 1, encoded(1, 16, tone(24_000)))[:-1001])
    assert len(read_wav(path)) == 12_000 - 501


def write(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes(np.rint(np.asarray(samples) * 32768).astype("<i2").tobytes())


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(0)
    samples = rng.integers(-9000, 9000, SAMPLE_RATE // 2) / 32768
    write(tmp_path / "in.wav", samples)
    return str(tmp_path / "in.wav"), str(tmp_path / "out.wav"), samples.astype(np.float32)


def test_input_and_output_share_one_time_line(files):
    source, target, samples = files
    transport = open_transport(WavAudio(source, target))
    info = transport.open()
    assert (info.input_device, info.output_device) == (source, target)
    speech = np.full(1000, 0.25, dtype=np.float32)
    heard, times = [], []
    while len(heard) < 80:
        if len(heard) == 30:
            transport.write(speech)
        block = transport.read(0.1)
        heard.append(block.microphone)
        times.append(block.time)
        assert transport.finished == (len(heard) * BLOCK >= len(samples))
    transport.close()
    transport.close()
    everything = np.concatenate(heard)
    assert np.array_equal(everything[: len(samples)], samples)
    assert not everything[len(samples) :].any(), "after its end the input is silence"
    assert np.diff(times) == pytest.approx(0.01)
    out = read_wav(target)
    assert len(out) == 80 * BLOCK
    assert np.array_equal(np.flatnonzero(out), np.arange(1000) + 30 * BLOCK)
    assert transport.consumed == 1000


def test_held_time_stands_still(files):
    transport = open_transport(WavAudio(files[0], files[1]))
    transport.open()
    first = transport.read(0.1)
    transport.hold(True)
    began = time.monotonic()
    assert transport.read(0.5) is None
    assert time.monotonic() - began < 0.2
    transport.hold(False)
    assert transport.read(0.1).time == pytest.approx(first.time + 0.01)
    transport.close()


def test_paced_runs_in_real_time(files):
    transport = open_transport(WavAudio(files[0], files[1], paced=True))
    began = time.monotonic()
    transport.open()
    assert transport.read(0.001) is None, "the first block takes 10 ms"
    transport.hold(True)
    blocks = [transport.read(0.5) for _ in range(20)]
    assert time.monotonic() - began >= 0.199
    assert all(block.time <= time.monotonic() for block in blocks)
    transport.close()


def test_a_closed_microphone_gives_zeros(files):
    transport = open_transport(WavAudio(files[0], files[1]))
    transport.open()
    transport.set_microphone(False)
    assert not transport.read(0.1).microphone.any()
    transport.set_microphone(True)
    assert transport.read(0.1).microphone.any()
    transport.close()


def test_the_output_is_whole_while_it_is_still_written(tmp_path):
    writer = WavWriter(tmp_path / "out.wav")
    for _ in range(250):
        writer.write(np.full(BLOCK, 2.0, dtype=np.float32))
    so_far = read_wav(tmp_path / "out.wav")
    assert len(so_far) == 2 * SAMPLE_RATE
    assert so_far.max() == pytest.approx(1.0, abs=1e-4), "what is too loud is clipped, not wrapped"
    writer.close()
    assert len(read_wav(tmp_path / "out.wav")) == 250 * BLOCK
