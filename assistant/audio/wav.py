"""The transport over WAV files: one is heard, the other receives what is said, on one time line."""

from __future__ import annotations

import time

import numpy as np

from assistant.audio.sides import PlaybackSide
from assistant.audio.transport import BLOCK, AudioBlock, Counters, Samples, TransportInfo
from assistant.audio.wavfile import WavWriter, read_wav
from assistant.engine.protocol import SAMPLE_RATE, DevicesChanged, EngineNotice

HELD_S = 0.002
"""What ``read`` waits while time stands still."""


class WavTransport:
    """``input_path`` in place of a microphone, ``output_path`` in place of a speaker; see ``AudioTransport``.

    Sample ``n`` of the output is what was said while sample ``n`` of the input was heard. ``paced`` runs in
    real time. Otherwise each ``read`` is 10 ms later than the one before, however long that took, and a
    block's ``time`` counts these from the monotonic time of ``open``. After its end the input is silence.
    """

    def __init__(self, input_path: str, output_path: str, *, paced: bool) -> None:
        self._paths = (input_path, output_path)
        self._paced = paced
        self._input: Samples = np.zeros(0, dtype=np.float32)
        self._writer: WavWriter | None = None
        self._playback = PlaybackSide(SAMPLE_RATE)
        self._microphone_open = True
        self._held = False
        self._opened = 0.0
        self._position = 0

    def open(self) -> TransportInfo:
        """See ``AudioTransport.open``; a file that is missing, broken or not writable is refused."""
        self._input = read_wav(self._paths[0])
        self._writer = WavWriter(self._paths[1])
        self._opened = time.monotonic()
        return TransportInfo(*self._paths)

    def close(self) -> None:
        """See ``AudioTransport.close``; completes the output."""
        writer, self._writer = self._writer, None
        if writer:
            writer.close()

    def read(self, timeout_s: float) -> AudioBlock | None:
        """See ``AudioTransport.read``."""
        if self._writer is None or not self._wait_for_block(timeout_s):
            return None
        played = np.empty(BLOCK, dtype=np.float32)
        self._playback.pull(played, underflowed=False)
        self._writer.write(played)
        microphone = np.zeros(BLOCK, dtype=np.float32)
        if self._microphone_open:
            heard = self._input[self._position : self._position + BLOCK]
            microphone[: len(heard)] = heard
        self._position += BLOCK
        return AudioBlock(microphone, played, self._opened + self._position / SAMPLE_RATE)

    def _wait_for_block(self, timeout_s: float) -> bool:
        if not self._paced:
            if self._held:
                time.sleep(min(timeout_s, HELD_S))
            return not self._held
        due = self._opened + (self._position + BLOCK) / SAMPLE_RATE
        early = due - time.monotonic()
        if early > 0:
            time.sleep(min(early, timeout_s))
        return early <= timeout_s

    def writable(self) -> int:
        """See ``AudioTransport.writable``."""
        return self._playback.writable()

    def write(self, samples: Samples) -> None:
        """See ``AudioTransport.write``."""
        self._playback.write(samples)

    @property
    def consumed(self) -> int:
        """See ``AudioTransport.consumed``."""
        return self._playback.consumed

    @property
    def output_latency_s(self) -> float:
        """A file has none."""
        return 0.0

    def set_gain(self, gain: float, ramp_s: float) -> None:
        """See ``AudioTransport.set_gain``."""
        self._playback.set_gain(gain, ramp_s)

    def discard(self) -> None:
        """See ``AudioTransport.discard``; the gain stays what ``set_gain`` made it."""
        self._playback.discard()

    def set_microphone(self, is_open: bool) -> None:
        """See ``AudioTransport.set_microphone``."""
        self._microphone_open = is_open

    def hold(self, is_held: bool) -> None:
        """See ``AudioTransport.hold``; a paced file goes on in time."""
        self._held = is_held

    @property
    def finished(self) -> bool:
        """See ``AudioTransport.finished``."""
        return self._position >= len(self._input)

    def counters(self) -> Counters:
        """Nothing can come late in a file."""
        return Counters()

    def changes(self) -> list[DevicesChanged | EngineNotice]:
        """Files neither come nor go."""
        return []
