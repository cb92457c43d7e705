"""PortAudio, the devices, the microphone and the speaker. Runs in a process of its own: see ``probe``."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from assistant.audio.device import DeviceTransport
from assistant.audio.devices import ROLE, Device, Direction, kept_back, list_devices, portaudio, resolve
from assistant.audio.echo import best_echo
from assistant.audio.echo_delay import LONGEST_S
from assistant.audio.levels import peak, rms, to_dbfs
from assistant.audio.streams import choose_format, permission_remedy
from assistant.audio.transport import AudioBlock, AudioTransport, Samples
from assistant.doctor import echo
from assistant.doctor.finding import Finding, Status
from assistant.engine.protocol import SAMPLE_RATE, DeviceAudio
from assistant.errors import AudioError

RECORD_S = 1.0
"""How long the microphone is listened to."""

SETTLE_S = 0.3
"""What a device gives first is often its own switching noise."""

QUIET_DBFS = -75.0
"""Below this a microphone is so quiet that it hears nobody."""

CLIPPED = 0.99

LATE_S = 2.0
"""Without a block for so long, a microphone gives nothing."""


def check_sound(config: DeviceAudio, *, with_sound: bool) -> Iterator[Finding]:
    """From PortAudio to the echo test, which is played only ``with_sound``."""
    try:
        version = portaudio().get_portaudio_version()[1].split(",")[0]
        devices = list_devices()
    except AudioError as error:
        yield Finding("PortAudio", Status.PROBLEM, "library", error.message, error.remedy)
        return
    yield Finding("PortAudio", Status.OK, "library", version)
    yield from check_devices(devices, config)
    if not devices:
        return
    transport = DeviceTransport(config)
    try:
        info = transport.open()
        yield from _check_streams(transport, info.input_device, info.output_device, with_sound=with_sound)
    except AudioError as error:
        yield Finding("devices", Status.PROBLEM, "opening", error.message, error.remedy)
    finally:
        transport.close()


def check_devices(devices: Sequence[Device], config: DeviceAudio) -> Iterator[Finding]:
    """What there is, and for the chosen ones the rate at which they open."""
    wanted: dict[Direction, str] = {"input": config.input_name, "output": config.output_name}
    for direction, name in wanted.items():
        role = ROLE[direction]
        names = dict.fromkeys(device.name for device in devices if device.channels(direction))
        if not names:
            remedy = f"Connect a {role}, or start the sound server (PipeWire or PulseAudio)."
            why = kept_back() or AudioError(f"There is no {role}.", remedy)
            yield Finding("devices", Status.PROBLEM, role, why.message, why.remedy)
            continue
        try:
            chosen = resolve(devices, name, direction)
            assert chosen is not None
            rate = choose_format(chosen, direction).rate
        except AudioError as error:
            yield Finding("devices", Status.PROBLEM, role, error.message, error.remedy)
            continue
        how = "opens at 24 kHz" if rate == SAMPLE_RATE else f"opens at its own {rate} Hz, converted to 24 kHz"
        others = ", ".join(other for other in names if other != chosen.name)
        also = f"; there are also {others}" if others else ""
        chosen_by = "chosen" if name else "the system's default"
        yield Finding("devices", Status.OK, role, f"{chosen.name} ({chosen_by}) {how}{also}")


def _check_streams(
    transport: AudioTransport, microphone: str, speaker: str, *, with_sound: bool
) -> Iterator[Finding]:
    noise_rms = 0.0
    if microphone:
        _record(transport, SETTLE_S)
        quiet = _record(transport, RECORD_S)
        heard = _joined([block.microphone for block in quiet])
        yield judge_microphone(heard)
        noise_rms = rms(heard)
    if speaker:
        late = transport.counters().underruns
        detail = f"{speaker}: no block came late" if not late else f"{speaker}: {late} blocks came late"
        remedy = "Close programs that keep the processor busy." if late else ""
        yield Finding("speaker", Status.WARNING if late else Status.OK, "stream", detail, remedy)
    if with_sound and microphone and speaker:
        yield _test_echo(transport, noise_rms)


def judge_microphone(heard: Samples) -> Finding:
    """What about a second of 24 kHz audio tells of the microphone."""
    area, name = "microphone", "level"
    if not len(heard):
        detail = "It is open, but gives no samples."
        return Finding(
            area, Status.PROBLEM, name, detail, "Unplug it and plug it in again, or choose another."
        )
    if not heard.any():
        return Finding(area, Status.PROBLEM, name, "It gives nothing but zeros.", permission_remedy())
    loudest, level = peak(heard), to_dbfs(rms(heard))
    if loudest >= CLIPPED:
        remedy = "Lower the microphone's level in the system's sound settings."
        return Finding(area, Status.WARNING, name, f"{_written(level)}, and it clips.", remedy)
    if level < QUIET_DBFS:
        remedy = "Raise the microphone's level in the system's sound settings, or move closer."
        return Finding(area, Status.WARNING, name, f"{_written(level)}: very quiet.", remedy)
    return Finding(area, Status.OK, name, f"{_written(level)}, loudest {_written(to_dbfs(loudest))}")


def _written(level: float) -> str:
    return f"{level:.0f} dBFS".replace("-", "−")


def _record(transport: AudioTransport, seconds: float) -> list[AudioBlock]:
    return _play(transport, np.zeros(0, np.float32), seconds)


def _play(transport: AudioTransport, sound: Samples, seconds: float) -> list[AudioBlock]:
    """Blocks of ``seconds`` from now, while ``sound`` is played; fewer when the microphone falls silent."""
    blocks: list[AudioBlock] = []
    last = time.monotonic()
    while len(blocks) < round(seconds * 100) and time.monotonic() - last < LATE_S:
        room = min(transport.writable(), len(sound))
        if room:
            transport.write(sound[:room])
            sound = sound[room:]
        if (block := transport.read(0.05)) is not None:
            blocks.append(block)
            last = time.monotonic()
    return blocks


def _test_echo(transport: AudioTransport, noise_rms: float) -> Finding:
    sound = echo.sweeps()
    blocks = _play(transport, sound, len(sound) / SAMPLE_RATE + LONGEST_S)
    canceller = best_echo()
    microphone = _joined([block.microphone for block in blocks])
    reference = _joined([block.reference for block in blocks])
    if not reference.any():
        remedy = "Choose another speaker; the log has the details."
        return Finding(echo.AREA, Status.PROBLEM, "test", "The speaker took no sound.", remedy)
    return echo.report(echo.measure(microphone, reference, canceller, noise_rms), canceller.name)


def _joined(pieces: list[Samples]) -> Samples:
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
