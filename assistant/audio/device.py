"""The transport over real sound devices: opening, hot-plug, and blocks with their reference."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

import numpy as np

from assistant.audio.devices import (
    ROLE,
    Device,
    Direction,
    kept_back,
    list_devices,
    portaudio,
    refresh,
    resolve,
)
from assistant.audio.open_devices import OpenDevices
from assistant.audio.sides import PlaybackSide
from assistant.audio.streams import open_streams, permission_remedy
from assistant.audio.transport import BLOCK, AudioBlock, Counters, Samples, TransportInfo
from assistant.audio.watch import DeviceWatch, system_watch
from assistant.engine.protocol import SAMPLE_RATE, DeviceAudio, DevicesChanged, EngineNotice
from assistant.errors import AudioError
from assistant.severity import Severity

logger = logging.getLogger(__name__)

RETRY_S = 1.0
"""Between two looks for a device that is gone."""

LOOK_S = 0.1
"""Between two looks whether the system plays elsewhere now."""

DEAD_MICROPHONE_S = 2.0
"""Exact zeros for so long come from no real microphone."""

POLL_S = 0.005
"""Between two looks whether it has come."""

SERVERS = ("default", "pulse", "pipewire")
"""Names of ALSA's plug-ins behind which the sound server chooses the device."""

NO_DEVICE = AudioError(
    "There is no microphone and no speaker.",
    "Connect one, or start a sound server (PipeWire or PulseAudio); it is picked up by itself.",
)


@dataclass(frozen=True, slots=True)
class _Choice:
    """The devices to open."""

    microphone: Device | None
    speaker: Device | None

    @property
    def names(self) -> tuple[str, str]:
        """Both names, empty for none."""
        return (
            self.microphone.name if self.microphone else "",
            self.speaker.name if self.speaker else "",
        )


class ZeroWatch:
    """Notices a microphone that gives nothing but exact zeros; tells it once."""

    def __init__(self) -> None:
        self._zeros = 0
        self._told = False

    def add(self, block: Samples) -> bool:
        """True when it has become clear with this block."""
        if block.any():
            self._zeros = 0
            return False
        self._zeros += len(block)
        is_dead = self._zeros >= DEAD_MICROPHONE_S * SAMPLE_RATE and not self._told
        self._told = self._told or is_dead
        return is_dead

    def restart(self) -> None:
        """Start counting afresh (the microphone was closed on purpose)."""
        self._zeros = 0


class DeviceTransport:
    """Microphone and speaker through PortAudio; see ``AudioTransport``.

    When a device goes, speech pauses where it is. It goes on when the same speaker is back; what is queued is
    dropped when another one takes its place: what was meant for headphones is not played to the room.
    """

    def __init__(self, config: DeviceAudio, watch: DeviceWatch | None = None) -> None:
        self._config = config
        self._watch = watch or system_watch()
        self._session: OpenDevices | None = None
        self._names = ("", "")
        self._last_speaker = ""
        self._playback: PlaybackSide | None = None
        self._gain = 1.0
        self._microphone_open = True
        self._consumed_before = 0
        self._counted = Counters()
        self._changes: list[DevicesChanged | EngineNotice] = []
        self._zeros = ZeroWatch()
        self._look_at = 0.0
        self._seen: tuple[object, object] = (None, None)

    # --- the port ---------------------------------------------------------------------------------

    def open(self) -> TransportInfo:
        """See ``AudioTransport.open``; an unknown name is refused with the closest ones."""
        refresh()
        devices = list_devices()
        choice = _Choice(
            resolve(devices, self._config.input_name, "input"),
            resolve(devices, self._config.output_name, "output"),
        )
        if not any(choice.names):
            raise kept_back() or NO_DEVICE
        self._start(choice)
        notes = tuple(
            f"There is no {role}." for role, name in zip(ROLE.values(), self._names, strict=True) if not name
        )
        return TransportInfo(*self._names, notes)

    def close(self) -> None:
        """See ``AudioTransport.close``."""
        self._stop()
        self._watch.close()
        self._playback = None

    def read(self, timeout_s: float) -> AudioBlock | None:
        """See ``AudioTransport.read``."""
        deadline = time.monotonic() + timeout_s
        self._look_after_devices()
        capture = self._session.streams.capture if self._session else None
        if self._session is None or capture is None:
            time.sleep(timeout_s)
            return None
        while True:
            block = self._session.next_block()
            if block is not None:
                return self._heard(block)
            left = deadline - time.monotonic()
            if left <= 0 or self._session.streams.lost.is_set():
                return None
            capture.arrived.acquire(timeout=min(left, POLL_S))

    def writable(self) -> int:
        """See ``AudioTransport.writable``; nothing while the speaker is gone."""
        return self._playback.writable() if self._playback and self._session else 0

    def write(self, samples: Samples) -> None:
        """See ``AudioTransport.write``."""
        if self._playback:
            self._playback.write(samples)

    @property
    def consumed(self) -> int:
        """See ``AudioTransport.consumed``."""
        return self._consumed_before + (self._playback.consumed if self._playback else 0)

    @property
    def output_latency_s(self) -> float:
        """See ``AudioTransport.output_latency_s``."""
        return self._playback.latency_s if self._playback else 0.0

    def set_gain(self, gain: float, ramp_s: float) -> None:
        """See ``AudioTransport.set_gain``."""
        self._gain = gain
        if self._playback:
            self._playback.set_gain(gain, ramp_s)

    def discard(self) -> None:
        """See ``AudioTransport.discard``; the gain stays what ``set_gain`` made it."""
        if self._playback:
            self._playback.discard(at_once=self._session is None)

    def set_microphone(self, is_open: bool) -> None:
        """See ``AudioTransport.set_microphone``."""
        self._microphone_open = is_open
        self._zeros.restart()
        if self._session and self._session.streams.capture:
            self._session.streams.capture.is_open = is_open
            self._session.forget_microphone()

    def hold(self, is_held: bool) -> None:
        """Devices go on in time."""

    @property
    def finished(self) -> bool:
        """A microphone has no end."""
        return False

    def counters(self) -> Counters:
        """See ``AudioTransport.counters``."""
        now = self._session.counters() if self._session else Counters()
        before = self._counted
        return Counters(
            before.underruns + now.underruns,
            before.overruns + now.overruns,
            before.dropped_blocks + now.dropped_blocks,
        )

    def changes(self) -> list[DevicesChanged | EngineNotice]:
        """See ``AudioTransport.changes``."""
        changes, self._changes = self._changes, []
        return changes

    # --- opening and closing ----------------------------------------------------------------------

    def _start(self, choice: _Choice) -> None:
        seen = (self._defaults(), self._watch.devices())
        streams = open_streams(choice.microphone, choice.speaker, self._gain)
        if not (streams.capture or streams.playback):
            raise next(iter(streams.refusals), NO_DEVICE)
        microphone, speaker = choice.names
        if choice.speaker and choice.speaker.is_plugin and self._follows()[1]:
            speaker = self._watch.speaker() or speaker
        self._names = (microphone if streams.capture else "", speaker if streams.playback else "")
        for refusal in streams.refusals:
            self._changes.append(EngineNotice(Severity.ERROR, refusal.message, refusal.remedy))
        self._session = OpenDevices(streams, choice.speaker)
        self._seen = seen
        self._look_at = time.monotonic() + LOOK_S
        self._zeros = ZeroWatch()
        if streams.capture:
            streams.capture.is_open = self._microphone_open
        self._take_over(streams.playback, self._names[1])

    def _take_over(self, playback: PlaybackSide | None, speaker: str) -> None:
        paused, self._playback = self._playback, playback
        same, self._last_speaker = speaker == self._last_speaker, speaker
        if paused is None:
            return
        # Dropped speech counts as over, so that nobody waits for its end.
        self._consumed_before += paused.accepted
        if playback and same:
            waiting = paused.waiting()
            playback.write(waiting)
            self._consumed_before -= len(waiting)

    def _stop(self) -> None:
        if self._session is None:
            return
        self._counted = self.counters()
        session, self._session = self._session, None
        session.streams.close()

    # --- hot-plug ---------------------------------------------------------------------------------

    def _look_after_devices(self) -> None:
        now = time.monotonic()
        if self._session and self._session.is_lost():
            self._lose("The sound device is gone.")
        elif now < self._look_at:
            return
        else:
            self._look_at = now + (LOOK_S if self._session else RETRY_S)
            if self._session is None:
                self._find_again()
            elif reason := self._why_reopen():
                self._lose(reason)
                self._find_again()
            elif playback := self._session.bridge_gaps(self._gain):
                self._take_over(playback, self._names[1])

    def _why_reopen(self) -> str:
        defaults, devices = self._defaults(), self._watch.devices()
        if defaults != self._seen[0]:
            return "The system's default device has changed."
        if devices != self._seen[1] and not all(self._names):
            return "A sound device was connected."
        return ""

    def _follows(self) -> tuple[bool, bool]:
        """Whether microphone and speaker are the system's default, whatever that becomes."""
        return not self._config.input_name, self._config.output_name in ("", *SERVERS)

    def _defaults(self) -> tuple[object, ...]:
        if not any(self._follows()):
            return ()
        told = zip(self._watch.defaults(), self._follows(), strict=True)
        return tuple(default for default, follows in told if follows)

    def _lose(self, reason: str) -> None:
        logger.info("%s Was: %s", reason, self._names)
        self._stop()
        self._names = ("", "")
        self._look_at = time.monotonic() + RETRY_S
        self._changes.append(DevicesChanged("", "", reason))

    def _find_again(self) -> None:
        try:
            refresh()
            devices = list_devices()
            choice = _Choice(
                self._if_there(devices, self._config.input_name, "input"),
                self._if_there(devices, self._config.output_name, "output"),
            )
            if any(choice.names):
                self._start(choice)
                self._changes.append(DevicesChanged(*self._names, "Sound is back."))
        except (AudioError, portaudio().PortAudioError) as error:
            logger.info("Not yet: %s", error)

    def _if_there(self, devices: list[Device], name: str, direction: Direction) -> Device | None:
        """A device asked for by name is waited for, not replaced."""
        try:
            return resolve(devices, name, direction)
        except AudioError:
            return None

    # --- the microphone ---------------------------------------------------------------------------

    def _heard(self, block: AudioBlock) -> AudioBlock:
        if not self._microphone_open:
            return AudioBlock(np.zeros(BLOCK, dtype=np.float32), block.reference, block.time)
        if self._zeros.add(block.microphone):
            message = f"The microphone “{self._names[0]}” gives nothing but zeros."
            self._changes.append(EngineNotice(Severity.WARNING, message, permission_remedy()))
        return block
