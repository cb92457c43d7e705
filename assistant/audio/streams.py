"""Opening PortAudio streams: one duplex stream for one device, two streams for two."""

from __future__ import annotations

import logging
import math
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from assistant.audio.devices import ROLE, Device, Direction, portaudio
from assistant.audio.sides import CaptureSide, PlaybackSide
from assistant.engine.protocol import SAMPLE_RATE
from assistant.errors import AudioError

logger = logging.getLogger(__name__)

BLOCKS_A_SECOND = 100
"""10 ms a callback: 240 samples at 24 kHz."""

LATENCY_S = 0.04
"""Asked of a device on Linux: of four blocks of 10 ms one may be 30 ms late, of two of 20 ms only 20."""

LONGEST_LATENCY_S = 0.16
"""Asked of a speaker that came late; more would be felt as a slow answer."""

SPARE = 0.75
"""A gap between two callbacks may take so much of the speaker's buffer."""


@dataclass(frozen=True, slots=True)
class Format:
    """What a device is opened with: Hz, and channels of which only the sum of one is used."""

    rate: int
    channels: int


@dataclass
class OpenStreams:
    """Running streams with both sides; ``lost`` is set by PortAudio when one of them ended by itself."""

    capture: CaptureSide | None = None
    playback: PlaybackSide | None = None
    shares_clock: bool = False
    refusals: list[AudioError] = field(default_factory=list)
    lost: threading.Event = field(default_factory=threading.Event)
    _streams: dict[Direction, Any] = field(default_factory=dict)
    _awaited: dict[Direction, object] = field(default_factory=dict)

    def add(self, direction: Direction, stream: Any) -> None:
        """Start ``stream`` and own it; one for both directions is an output."""
        self._streams[direction] = stream
        stream.start()

    def reopen_output(self, speaker: Device, gain: float, latency_s: float) -> None:
        """Open the speaker, which has a stream of its own and is silent, with another latency.

        Where it refuses, the device counts as lost.
        """
        before = self.playback
        self._close("output")
        _open_output(self, speaker, gain, latency_s)
        if self.playback is before:
            self.lost.set()

    def on_finished(self, direction: Direction) -> Callable[[], None]:
        """What PortAudio is to call when the stream that is about to be opened has ended, however late."""
        this = self._awaited[direction] = object()

        def finished() -> None:
            if self._awaited.get(direction) is not this:
                return  # it was closed
            self.lost.set()
            if self.capture and self.capture.arrived.locked():
                self.capture.arrived.release()

        return finished

    def close(self) -> None:
        """Stop at once and release the devices."""
        for direction in list(self._streams):
            self._close(direction)

    def _close(self, direction: Direction) -> None:
        self._awaited.pop(direction, None)
        try:
            self._streams.pop(direction).close(ignore_errors=True)
        except Exception:
            logger.warning("A sound stream did not close cleanly.", exc_info=True)


def open_streams(microphone: Device | None, speaker: Device | None, gain: float) -> OpenStreams:
    """Start what there is of microphone and speaker. Raises ``AudioError`` when a device refuses."""
    streams = OpenStreams()
    try:
        if microphone and speaker and _are_one(microphone, speaker) and _open_duplex(streams, speaker, gain):
            return streams
        if speaker:
            _open_output(streams, speaker, gain, usual_latency())
        if microphone:
            _open_input(streams, microphone)
    except BaseException:
        streams.close()
        raise
    return streams


def _are_one(microphone: Device, speaker: Device) -> bool:
    # A plug-in leads to two devices, each with its clock.
    return microphone.index == speaker.index and not speaker.is_plugin


def _open_duplex(streams: OpenStreams, device: Device, gain: float) -> bool:
    """One stream for both directions; False when the device cannot do both at one rate."""
    try:
        recorded, played = choose_format(device, "input"), choose_format(device, "output")
    except AudioError:
        return False
    if recorded.rate != played.rate:
        return False
    capture, playback = CaptureSide(recorded.rate), PlaybackSide(played.rate, gain=gain)
    streams.capture, streams.playback, streams.shares_clock = capture, playback, True

    def callback(indata: Any, outdata: Any, frames: int, _time: Any, status: Any) -> None:
        _play(playback, outdata, status)
        capture.push(indata[:, 0], bool(status.input_overflow))

    sound = portaudio()
    try:
        stream = sound.Stream(
            device=(device.index, device.index),
            channels=(recorded.channels, played.channels),
            **_common(recorded.rate, callback, usual_latency()),
            finished_callback=streams.on_finished("output"),
        )
        playback.latency_s = stream.latency[1]
        streams.add("output", stream)
    except sound.PortAudioError:
        logger.info("%s does not do both directions in one stream.", device.name, exc_info=True)
        streams.capture = streams.playback = None
        streams.shares_clock = False
        return False
    return True


def _open_output(streams: OpenStreams, device: Device, gain: float, latency: float | str) -> None:
    def callback(outdata: Any, frames: int, _time: Any, status: Any) -> None:
        _play(playback, outdata, status)

    sound = portaudio()
    try:
        chosen = choose_format(device, "output")
        playback = PlaybackSide(chosen.rate, gain=gain)
        common = _common(chosen.rate, callback, latency)
        common["finished_callback"] = streams.on_finished("output")
        stream = sound.OutputStream(device=device.index, channels=chosen.channels, **common)
        playback.latency_s = stream.latency
        streams.add("output", stream)
        streams.playback = playback
    except (AudioError, sound.PortAudioError) as error:
        streams.refusals.append(_refused(device, "output", error))


def _open_input(streams: OpenStreams, device: Device) -> None:
    def callback(indata: Any, frames: int, _time: Any, status: Any) -> None:
        capture.push(indata[:, 0], bool(status.input_overflow))

    sound = portaudio()
    try:
        chosen = choose_format(device, "input")
        capture = CaptureSide(chosen.rate)
        common = _common(chosen.rate, callback, usual_latency())
        common["finished_callback"] = streams.on_finished("input")
        streams.add("input", sound.InputStream(device=device.index, channels=chosen.channels, **common))
        streams.capture = capture
    except (AudioError, sound.PortAudioError) as error:
        streams.refusals.append(_refused(device, "input", error))


def _play(playback: PlaybackSide, outdata: Any, status: Any) -> None:
    first = outdata[:, 0]
    playback.pull(first, bool(status.output_underflow))
    for channel in range(1, outdata.shape[1]):
        outdata[:, channel] = first


def usual_latency() -> float | str:
    """What a device is first asked for, in seconds or PortAudio's word."""
    return LATENCY_S if sys.platform == "linux" else "low"


def latency_for(gap_s: float) -> float:
    """The speaker's latency that bridges ``gap_s`` between two callbacks, in steps of ``LATENCY_S``."""
    return min(LONGEST_LATENCY_S, LATENCY_S * max(1, math.ceil(gap_s / SPARE / LATENCY_S)))


def _common(rate: int, callback: Callable[..., None], latency: float | str) -> dict[str, Any]:
    return {
        "samplerate": rate,
        "blocksize": rate // BLOCKS_A_SECOND,
        "dtype": "float32",
        "latency": latency,
        "callback": callback,
    }


def choose_format(device: Device, direction: Direction) -> Format:
    """The engine's rate where the device takes it, else its own; mono unless it wants stereo.

    Core Audio plays a single channel on the left only, so there a speaker is given two. Raises ``AudioError``
    when the device takes nothing of it.
    """
    sound = portaudio()
    check = sound.check_input_settings if direction == "input" else sound.check_output_settings
    stereo_first = direction == "output" and sys.platform == "darwin"
    widths = [width for width in ((2, 1) if stereo_first else (1, 2)) if width <= device.channels(direction)]
    refusal: Exception | None = None
    for rate in dict.fromkeys((SAMPLE_RATE, device.rate)):
        for width in widths:
            try:
                check(device=device.index, channels=width, dtype="float32", samplerate=rate)
            except sound.PortAudioError as error:
                refusal = error
            else:
                return Format(rate, width)
    raise _refused(device, direction, refusal)


def _refused(device: Device, direction: Direction, error: Exception | None) -> AudioError:
    if isinstance(error, AudioError):
        return error
    logger.info("%s refused: %s", device.name, error)
    role = ROLE[direction]
    said = str(error).casefold()
    if "permission" in said or "not permitted" in said or "unauthorized" in said:
        return AudioError(f"This program may not use the {role} “{device.name}”.", permission_remedy())
    return AudioError(
        f"The {role} “{device.name}” could not be opened.",
        f"Close other programs that use it or choose another {role}; the log has the details.",
    )


def permission_remedy() -> str:
    """What to do where the system keeps the microphone from this program."""
    if sys.platform == "darwin":
        return (
            "Allow your terminal under System Settings › Privacy & Security › Microphone, "
            "then quit the terminal and start it again."
        )
    return "Check that the microphone is not muted (pavucontrol or alsamixer) and that you may use /dev/snd."
