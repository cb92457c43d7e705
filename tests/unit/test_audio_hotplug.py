"""What the device transport does when devices come and go, on streams that the test itself drives."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio import device
from assistant.audio.device import DEAD_MICROPHONE_S, DeviceTransport
from assistant.audio.devices import Device
from assistant.audio.open_devices import STALLED_S
from assistant.audio.sides import SETTLING_S, CaptureSide, PlaybackSide
from assistant.audio.streams import LATENCY_S, LONGEST_LATENCY_S, OpenStreams, latency_for, permission_remedy
from assistant.audio.transport import BLOCK
from assistant.engine.protocol import SAMPLE_RATE, DeviceAudio, DevicesChanged, EngineNotice
from assistant.errors import AudioError

HEADSET = Device(0, "Headset", "Core Audio", 1, 1, SAMPLE_RATE, True, True)
LAPTOP = Device(1, "Laptop", "Core Audio", 1, 2, SAMPLE_RATE, True, True)
SPEAKER = Device(2, "Speaker", "Core Audio", 0, 2, SAMPLE_RATE, False, True)
PLUGIN = Device(4, "default", "ALSA", 32, 32, 44_100, True, True)
MICROPHONE = Device(3, "Microphone", "Core Audio", 1, 0, SAMPLE_RATE, True, False)


class FakeWatch:
    default, present = 0, 0
    leads_to = ""
    is_closed = False

    def defaults(self) -> tuple[object, object]:
        return None, self.default

    def devices(self) -> object:
        return self.present

    def speaker(self) -> str:
        return self.leads_to

    def close(self) -> None:
        self.is_closed = True


class FakeSystem:
    """Sound devices and time; ``run`` lets the callbacks come."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.present, self.watch = 1000.0, [HEADSET], FakeWatch()
        self.streams: OpenStreams | None = None
        self.refuses = False
        for module in ("device", "open_devices", "sides"):
            monkeypatch.setattr(f"assistant.audio.{module}.time.monotonic", lambda: self.now)
        monkeypatch.setattr(device.time, "sleep", lambda _: None)
        monkeypatch.setattr(device, "refresh", lambda: None)
        monkeypatch.setattr(device, "list_devices", lambda: list(self.present))
        monkeypatch.setattr(device, "open_streams", self.open_streams)
        monkeypatch.setattr("assistant.audio.streams._open_output", self.open_output)

    def open_streams(self, microphone: Device | None, speaker: Device | None, gain: float) -> OpenStreams:
        if self.refuses:
            raise AudioError("Busy.")
        self.streams = OpenStreams(
            CaptureSide(SAMPLE_RATE) if microphone else None,
            PlaybackSide(SAMPLE_RATE, gain=gain) if speaker else None,
            shares_clock=microphone is speaker,
        )
        return self.streams

    def open_output(self, streams: OpenStreams, speaker: Device, gain: float, latency_s: float) -> None:
        if not self.refuses:
            streams.playback = PlaybackSide(SAMPLE_RATE, latency_s, gain)

    def run(self, callbacks: int = 1, voice: float = 0.1) -> np.ndarray:
        played = []
        for _ in range(callbacks):
            self.now += 0.02
            out = np.zeros(480, dtype=np.float32)
            if self.streams.playback:
                self.streams.playback.pull(out, underflowed=False)
            if self.streams.capture:
                self.streams.capture.push(np.full(480, voice, dtype=np.float32), overflowed=False)
            played.append(out)
        return np.concatenate(played)


@pytest.fixture
def system(monkeypatch):
    return FakeSystem(monkeypatch)


def opened(system: FakeSystem, config: DeviceAudio | None = None) -> DeviceTransport:
    transport = DeviceTransport(config or DeviceAudio(), system.watch)
    transport.open()
    return transport


def unplug(system: FakeSystem, transport: DeviceTransport, *left: Device) -> None:
    system.present = list(left)
    system.streams.lost.set()
    assert transport.read(0.0) is None


def later(system: FakeSystem, transport: DeviceTransport) -> list:
    system.now += 1.5
    transport.read(0.0)
    return transport.changes()


def test_a_block_brings_what_was_played_beside_it(system):
    transport = opened(system)
    transport.write(np.full(480, 0.5, dtype=np.float32))
    system.run()
    block = transport.read(0.0)
    assert block.microphone == pytest.approx(0.1)
    assert block.reference == pytest.approx(0.5)
    assert block.time == pytest.approx(system.now - 0.01)
    assert transport.read(0.0).time == pytest.approx(system.now)
    assert transport.read(0.0) is None


def test_speech_pauses_and_goes_on_when_the_same_speaker_is_back(system):
    transport = opened(system)
    transport.write(np.full(4000, 0.5, dtype=np.float32))
    system.run(2)
    unplug(system, transport)
    assert transport.changes() == [DevicesChanged("", "", "The sound device is gone.")]
    assert transport.consumed == 960
    assert transport.writable() == 0
    assert later(system, transport) == []
    system.present = [HEADSET]
    [back] = later(system, transport)
    assert (back.input_device, back.output_device) == ("Headset", "Headset")
    assert np.count_nonzero(system.run(10)) == 4000 - 960
    assert transport.consumed == 4000


def test_speech_meant_for_headphones_is_not_played_to_the_room(system):
    transport = opened(system)
    transport.write(np.full(4000, 0.5, dtype=np.float32))
    system.run(2)
    unplug(system, transport, LAPTOP)
    [_gone, back] = transport.changes() + later(system, transport)
    assert back.output_device == "Laptop"
    assert not system.run(10).any()
    assert transport.consumed == 4000, "what was dropped keeps nobody waiting"
    transport.write(np.full(480, 0.25, dtype=np.float32))
    assert system.run().any()


def test_speech_discarded_while_the_speaker_was_gone_stays_silent(system):
    transport = opened(system)
    transport.write(np.full(4000, 0.5, dtype=np.float32))
    system.run()
    unplug(system, transport)
    transport.discard()
    assert transport.consumed == 480
    system.present = [HEADSET]
    later(system, transport)
    assert not system.run(10).any()
    assert transport.consumed == 480


def test_gain_and_a_closed_microphone_survive_reopening(system):
    transport = opened(system)
    transport.set_gain(0.5, 0.0)
    transport.set_microphone(False)
    unplug(system, transport, HEADSET)
    later(system, transport)
    transport.write(np.full(480, 0.5, dtype=np.float32))
    assert system.run() == pytest.approx(0.25)
    assert not transport.read(0.0).microphone.any()
    transport.set_microphone(True)
    system.run()
    assert transport.read(0.0).microphone.all()


def test_a_device_asked_for_by_name_is_waited_for_not_replaced(system):
    system.present = [HEADSET, LAPTOP]
    transport = opened(system, DeviceAudio("Laptop", "Headset"))
    unplug(system, transport, LAPTOP)
    [_gone, back] = transport.changes() + later(system, transport)
    assert (back.input_device, back.output_device) == ("Laptop", "")
    assert later(system, transport) == [], "nothing new was connected"
    system.present, system.watch.present = [HEADSET, LAPTOP], 1
    [_again, back] = later(system, transport)
    assert (back.input_device, back.output_device) == ("Laptop", "Headset")


def test_the_default_is_followed_unless_both_devices_have_names(system):
    system.present = [HEADSET, LAPTOP]
    follower = opened(system)
    named = opened(system, DeviceAudio("Headset", "Headset"))
    system.present, system.watch.default = [LAPTOP, HEADSET], 1
    changes = later(system, follower)
    assert [change.output_device for change in changes] == ["", "Laptop"]
    assert named.read(0.0) is None
    assert named.changes() == []


def test_a_stream_that_is_no_longer_called_counts_as_lost(system):
    transport = opened(system)
    system.run()
    system.now += STALLED_S + 0.1
    transport.read(0.0)
    assert transport.changes()[0] == DevicesChanged("", "", "The sound device is gone.")


def test_a_device_that_is_still_busy_is_tried_again(system):
    transport = opened(system)
    unplug(system, transport, HEADSET)
    system.refuses = True
    assert [change.input_device for change in later(system, transport)] == [""]
    system.refuses = False
    assert later(system, transport)[-1].input_device == "Headset"


def test_devices_that_both_refuse_are_tried_again_and_not_called_back(system, monkeypatch):
    transport = opened(system)
    unplug(system, transport, HEADSET)
    transport.changes()
    opening, refusal = device.open_streams, AudioError("Busy.", "Close other programs.")
    monkeypatch.setattr(device, "open_streams", lambda *_: OpenStreams(refusals=[refusal, refusal]))
    assert later(system, transport) == []
    with pytest.raises(AudioError, match="Busy"):
        DeviceTransport(DeviceAudio(), system.watch).open()
    monkeypatch.setattr(device, "open_streams", opening)
    assert later(system, transport)[-1] == DevicesChanged("Headset", "Headset", "Sound is back.")


def test_zeros_are_told_once(system):
    transport = opened(system)

    def listen(seconds: float, voice: float) -> list:
        for _ in range(int(seconds * 50)):
            system.run(voice=voice)
            transport.read(0.0)
            transport.read(0.0)
        return transport.changes()

    [notice] = listen(3 * DEAD_MICROPHONE_S, 0.0)
    assert isinstance(notice, EngineNotice)
    assert "Headset" in notice.message
    assert notice.remedy == permission_remedy()
    assert listen(0.1, 1e-4) == []
    assert listen(3 * DEAD_MICROPHONE_S, 0.0) == []
    transport.set_microphone(False)
    assert listen(3 * DEAD_MICROPHONE_S, 0.0) == []


def test_a_speaker_alone_is_used_and_said(system):
    system.present = [SPEAKER]
    transport = DeviceTransport(DeviceAudio(), system.watch)
    info = transport.open()
    assert (info.input_device, info.output_device) == ("", "Speaker")
    assert info.notes == ("There is no microphone.",)
    assert transport.read(0.0) is None
    transport.write(np.ones(BLOCK, dtype=np.float32))
    assert system.run().any()


def test_counters_go_on_over_a_reopening(system):
    transport = opened(system)
    system.run(60)
    while transport.read(0.0):
        pass
    dropped = transport.counters().dropped_blocks
    assert dropped == 20, "a second is kept, 200 ms were too much"
    unplug(system, transport, HEADSET)
    later(system, transport)
    assert transport.counters().dropped_blocks == dropped
    transport.close()
    assert transport.counters().dropped_blocks == dropped


@pytest.fixture
def late(system):
    """A speaker of its own that came late in the middle of speech."""
    system.present = [MICROPHONE, SPEAKER]
    transport = opened(system)
    transport.set_gain(0.5, 0.0)
    system.streams.playback.latency_s = LATENCY_S
    system.run(int(SETTLING_S / 0.02) + 2)
    transport.write(np.full(4000, 0.5, dtype=np.float32))
    system.run(2)
    system.now += 0.05
    system.run(2)
    assert transport.counters().underruns == 1
    return transport


def test_a_speaker_that_came_late_gets_a_longer_buffer_once_it_is_silent(system, late):
    first = system.streams.playback
    system.now += 1.5
    late.read(0.0)
    assert system.streams.playback is first, "it still speaks"
    system.run(10)
    later(system, late)
    assert system.streams.playback is not first
    assert late.output_latency_s == LONGEST_LATENCY_S, "1.5 s without a callback cannot be bridged"
    assert (late.consumed, late.counters().underruns) == (4000, 2)
    late.write(np.full(480, 0.5, dtype=np.float32))
    assert system.run() == pytest.approx(0.25), "the gain stays"
    assert late.consumed == 4480
    later(system, late)
    assert late.changes() == []


def test_a_speaker_that_refuses_its_longer_buffer_is_lost_and_found_again(system, late):
    system.run(10)
    system.refuses = True
    system.now += 1.5
    late.read(0.0)
    late.read(0.0)
    assert late.changes() == [DevicesChanged("", "", "The sound device is gone.")]
    system.refuses = False
    assert later(system, late)[-1] == DevicesChanged("Microphone", "Speaker", "Sound is back.")


def test_a_speaker_that_stays_short_whatever_it_is_asked_for_is_asked_once(system, monkeypatch):
    def open_short(streams: OpenStreams, speaker: Device, gain: float, latency_s: float) -> None:
        streams.playback = PlaybackSide(SAMPLE_RATE, 0.01, gain)

    monkeypatch.setattr("assistant.audio.streams._open_output", open_short)
    system.present = [MICROPHONE, SPEAKER]
    transport = opened(system)
    system.streams.playback.latency_s = 0.01
    first = system.streams.playback
    for _ in range(3):
        system.run(int(SETTLING_S / 0.02) + 2)
        later(system, transport)
    assert system.streams.playback is first, "no gap was seen over speech, however short its buffer"
    seen = set()
    for _ in range(4):
        system.run(int(SETTLING_S / 0.02) + 2)
        transport.write(np.full(1920, 0.5, dtype=np.float32))
        system.run(1)
        system.now += 0.05
        system.run(10)
        later(system, transport)
        seen.add(id(system.streams.playback))
    assert len(seen) == 1
    assert system.streams.playback is not first


def test_one_device_for_both_is_not_interrupted_for_a_longer_buffer(system):
    transport = opened(system)
    system.run(int(SETTLING_S / 0.02) + 2)
    first = system.streams.playback
    system.now += 1.0
    system.run()
    later(system, transport)
    assert system.streams.playback is first


@pytest.mark.parametrize(
    ("gap_ms", "latency_ms"),
    [(0, 40), (29, 40), (31, 80), (59, 80), (62, 120), (90, 120), (91, 160), (5000, 160)],
)
def test_the_latency_leaves_a_quarter_to_spare(gap_ms, latency_ms):
    assert latency_for(gap_ms / 1000) == pytest.approx(latency_ms / 1000)


def test_a_plugin_is_called_what_it_leads_to_and_speech_for_headphones_is_not_played_elsewhere(system):
    system.present, system.watch.leads_to = [PLUGIN], "Headphones"
    transport = opened(system)
    transport.write(np.full(4000, 0.5, dtype=np.float32))
    system.run(2)
    system.watch.leads_to, system.watch.default = "Loudspeaker", 1
    [gone, back] = later(system, transport)
    assert (gone.output_device, back.output_device) == ("", "Loudspeaker")
    assert not system.run(10).any()
    transport.close()
    assert system.watch.is_closed


@pytest.mark.parametrize(("platform", "words"), [("darwin", "Privacy & Security"), ("linux", "muted")])
def test_the_remedy_for_a_kept_back_microphone_fits_the_system(monkeypatch, platform, words):
    monkeypatch.setattr("assistant.audio.streams.sys.platform", platform)
    assert words in permission_remedy()
