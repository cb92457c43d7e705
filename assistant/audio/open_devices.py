"""Running streams seen from the engine's thread: blocks with their reference, gaps, and how they end."""

from __future__ import annotations

import logging
import time

import numpy as np

from assistant.audio.devices import Device
from assistant.audio.resampling import AlignedReference, BlockReader, StreamClock
from assistant.audio.sides import PlaybackSide
from assistant.audio.streams import SPARE, OpenStreams, latency_for
from assistant.audio.transport import BLOCK, AudioBlock, Counters, Samples

logger = logging.getLogger(__name__)

STALLED_S = 5.0
"""Without a callback for so long, a stream is held to be dead (a laptop that slept)."""

PATIENCE_S = 0.03
"""How long a block waits for the speaker's callback that belongs to it, when that comes late."""


class OpenDevices:
    """Streams from their opening to their loss; all calls come from one thread."""

    def __init__(self, streams: OpenStreams, speaker: Device | None) -> None:
        self.streams = streams
        self._speaker = speaker
        self._underruns_before = 0
        self._added_s = 0.0
        """Latency that the speaker got since: its samples count as played so much later."""
        self._opened = time.monotonic()
        """When the newest of them was."""
        self._asked_s = 0.0
        """The longest latency that the speaker was opened anew with; it may have got another."""
        self._blocks: BlockReader | None = None
        self._reference: BlockReader | AlignedReference | None = None
        self._pending: tuple[Samples, float] | None = None
        if streams.capture:
            self._blocks = BlockReader(streams.capture.ring, streams.capture.rate)
            self._recorded = StreamClock(streams.capture.rate)
        self._refer_to(streams.playback)

    def _refer_to(self, playback: PlaybackSide | None) -> None:
        if playback is None or self.streams.capture is None:
            return
        self._played = StreamClock(playback.rate)
        if self.streams.shares_clock:
            self._reference = BlockReader(playback.played, playback.rate)
        else:
            self._reference = AlignedReference(playback.played, self._played, playback.rate)

    def bridge_gaps(self, gain: float) -> PlaybackSide | None:
        """The speaker, opened anew with more latency where it came so late that it may run dry; else None.

        Only while it is silent. What is one device with the microphone stays as it is, for its sake.
        """
        before = self.streams.playback
        if self._speaker is None or before is None or self.streams.shares_clock or not before.is_silent():
            return None
        latency_s = latency_for(before.longest_gap_s)
        fits = before.longest_gap_s <= SPARE * before.latency_s
        if fits or latency_s <= max(self._asked_s, before.latency_s):
            return None
        self._asked_s = latency_s
        gap_ms, latency_ms = 1000 * before.longest_gap_s, 1000 * latency_s
        logger.info("The speaker waited %.0f ms; its buffer holds %.0f ms now.", gap_ms, latency_ms)
        self.streams.reopen_output(self._speaker, gain, latency_s)
        playback = self.streams.playback
        if playback is None or playback is before:
            return None
        self._underruns_before += before.underruns
        self._added_s += playback.latency_s - before.latency_s
        self._opened = time.monotonic()
        self._refer_to(playback)
        return playback

    def next_block(self) -> AudioBlock | None:
        """The next 10 ms with their reference, None while there is too little."""
        capture, playback = self.streams.capture, self.streams.playback
        if capture is None or self._blocks is None:
            return None
        self._recorded.observe(*capture.stamp)
        if playback and playback.stamp[1]:
            position, at = playback.stamp
            self._played.observe(position, at + self._added_s)
        if self._pending is None and (microphone := self._blocks.next()) is not None:
            self._pending = (microphone, self._recorded.time_of(self._blocks.position))
        if self._pending is None or self._waits_for_reference(self._pending[1]):
            return None
        (microphone, ended), self._pending = self._pending, None
        return AudioBlock(microphone, self._reference_until(ended), ended)

    def _waits_for_reference(self, ended: float) -> bool:
        reference = self._reference
        if not isinstance(reference, AlignedReference) or reference.is_there(ended):
            return False
        return time.monotonic() - ended < PATIENCE_S

    def _reference_until(self, ended: float) -> Samples:
        if isinstance(self._reference, AlignedReference):
            return self._reference.block_until(ended)
        block = self._reference.next() if self._reference else None
        return np.zeros(BLOCK, dtype=np.float32) if block is None else block

    def forget_microphone(self) -> None:
        """Throw away what was recorded and not yet read."""
        if self._blocks and self.streams.capture:
            self._blocks.clear()
            self._pending = None
            if isinstance(self._reference, BlockReader):
                self._reference.clear(self.streams.capture.ring.position)

    def is_lost(self) -> bool:
        """True when a stream ended by itself or is no longer called."""
        if self.streams.lost.is_set():
            return True
        sides = (self.streams.capture, self.streams.playback)
        calls = [max(side.stamp[1], self._opened) for side in sides if side]
        return bool(calls) and time.monotonic() - min(calls) > STALLED_S

    def counters(self) -> Counters:
        """Late and lost blocks of these streams."""
        capture, playback = self.streams.capture, self.streams.playback
        return Counters(
            underruns=self._underruns_before + (playback.underruns if playback else 0),
            overruns=capture.overruns if capture else 0,
            dropped_blocks=capture.ring.dropped * 100 // capture.rate if capture else 0,
        )
