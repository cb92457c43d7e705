"""Sample rates and clocks: from a device's rate to the engine's, and from one device's clock to another's."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from assistant.audio.ring import Ring
from assistant.audio.transport import BLOCK, Samples
from assistant.engine.protocol import SAMPLE_RATE

EMPTY: Samples = np.zeros(0, dtype=np.float32)


class Resampler:
    """A stream of mono audio from one fixed rate to another; equal rates pass through untouched.

    soxr's low quality is 16-bit clean for speech and holds back 1 to 6 ms, the better ones about 30 ms, which
    would be heard as a slower answer.
    """

    def __init__(self, rate_in: int, rate_out: int) -> None:
        self._rates = (rate_in, rate_out)
        self._stream = self._fresh()

    def feed(self, samples: Samples) -> Samples:
        """What comes out for ``samples``; a little stays inside until more comes."""
        if self._stream is None:
            return samples
        resampled: Samples = self._stream.resample_chunk(samples)
        return resampled

    def clear(self) -> None:
        """Forget what is still inside."""
        self._stream = self._fresh()

    def _fresh(self) -> Any:
        rate_in, rate_out = self._rates
        if rate_in == rate_out:
            return None
        import soxr

        return soxr.ResampleStream(rate_in, rate_out, 1, dtype="float32", quality="LQ")


def resample(samples: Samples, rate_in: int, rate_out: int) -> Samples:
    """A whole recording at another rate, in soxr's high quality."""
    if rate_in == rate_out:
        return samples
    import soxr

    resampled: Samples = soxr.resample(samples, rate_in, rate_out).astype(np.float32)
    return resampled


class BlockReader:
    """Cuts what a ring holds at a device's rate into blocks of 10 ms at the engine's."""

    def __init__(self, ring: Ring, rate: int) -> None:
        self._ring = ring
        self._rate = rate
        self._resampler = Resampler(rate, SAMPLE_RATE)
        self._ready = EMPTY

    def next(self) -> Samples | None:
        """The next block, None while there is too little."""
        while len(self._ready) < BLOCK:
            # Whole pieces only, so that two readers of rings in lockstep stay in lockstep.
            if self._ring.queued < self._rate // 100:
                return None
            piece = self._ring.read(self._rate // 100)
            self._ready = np.concatenate((self._ready, self._resampler.feed(piece)))
        block, self._ready = self._ready[:BLOCK], self._ready[BLOCK:]
        return block

    @property
    def position(self) -> int:
        """Where in the ring the last block ended (nearly, while the resampler holds samples)."""
        return self._ring.position - len(self._ready) * self._rate // SAMPLE_RATE

    def clear(self, position: int | None = None) -> None:
        """Forget what has not been read, up to ``position`` in the ring or to its end."""
        self._ring.skip_to(self._ring.written if position is None else position)
        self._resampler.clear()
        self._ready = EMPTY


class StreamClock:
    """Where a stream is at any moment, without the jitter of its callbacks.

    A callback can only come late, never early, so the earliest ones of the last seconds show the device's own
    clock. The window is short enough for a real crystal (100 ppm) to move by less than half a millisecond.
    """

    BUCKET_S = 1.0
    BUCKETS = 4

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._earliest: deque[tuple[int, float]] = deque(maxlen=self.BUCKETS)

    def observe(self, position: int, now: float) -> None:
        """Sample ``position`` was reached at monotonic time ``now``; 0.0 is before the first one."""
        if now == 0.0:
            return
        offset = now - position / self._rate
        bucket = int(now / self.BUCKET_S)
        if self._earliest and self._earliest[-1][0] == bucket:
            offset = min(offset, self._earliest.pop()[1])
        self._earliest.append((bucket, offset))

    def time_of(self, position: float) -> float:
        """Monotonic time of sample ``position``."""
        return self._offset() + position / self._rate

    def position_at(self, time: float) -> float:
        """The sample that the stream has reached at monotonic ``time``."""
        return (time - self._offset()) * self._rate

    def _offset(self) -> float:
        return min((offset for _, offset in self._earliest), default=0.0)


class AlignedReference:
    """The speaker's samples on the microphone's clock, where the two are different devices.

    It reads the ring of played samples up to the moment asked for, and bends the resampling ratio by what the
    clocks drift apart. A jump (a device that stalled) is followed at once.
    """

    MARGIN_S = 0.0025
    """Behind the speaker's clock. With what the resamplers hold it makes 13 to 16 ms, less than sound needs
    to get through both devices, so the reference precedes its echo."""
    SETTLE_S = 10.0
    JUMP_S = 0.030
    MAX_BEND = 0.005

    def __init__(self, ring: Ring, clock: StreamClock, rate: int) -> None:
        import soxr

        self._ring = ring
        self._clock = clock
        self._rate = rate
        self._piece = rate // 400
        self._position: int | None = None
        self._ready = EMPTY
        self._resampler = Resampler(rate, SAMPLE_RATE)
        # soxr wants to know the largest of the variable ratios beforehand.
        largest = SAMPLE_RATE * (1.0 + self.MAX_BEND)
        self._stream = soxr.ResampleStream(largest, SAMPLE_RATE, 1, dtype="float32", vr=True)
        self._stream.set_io_ratio(SAMPLE_RATE, SAMPLE_RATE)
        while not len(self._ready):
            # Filled with silence, so that from now on as much comes out as goes in.
            self._convert(np.zeros(self._piece, dtype=np.float32))

    def is_there(self, time: float) -> bool:
        """Whether all that the block until ``time`` needs has been played."""
        return self._ring.written >= self._clock.position_at(time - self.MARGIN_S) + 2 * self._piece

    def block_until(self, time: float) -> Samples:
        """The 10 ms that the speaker was given up to monotonic ``time``; zeros where it was given nothing."""
        begin = self._clock.position_at(time - BLOCK / SAMPLE_RATE - self.MARGIN_S)
        self._follow(begin + len(self._ready) * self._rate / SAMPLE_RATE)
        while len(self._ready) < BLOCK:
            self._convert(self._next_piece(self._piece))
        block, self._ready = self._ready[:BLOCK], self._ready[BLOCK:]
        return block

    def _follow(self, wanted: float) -> None:
        behind = 0.0 if self._position is None else (wanted - self._position) / self._rate
        if self._position is None or abs(behind) > self.JUMP_S:
            self._position, behind = int(wanted), 0.0
        bend = min(self.MAX_BEND, max(-self.MAX_BEND, behind / self.SETTLE_S))
        self._stream.set_io_ratio(SAMPLE_RATE * (1.0 + bend), SAMPLE_RATE)

    def _convert(self, piece: Samples) -> None:
        converted = self._stream.resample_chunk(self._resampler.feed(piece))
        self._ready = np.concatenate((self._ready, converted))

    def _next_piece(self, count: int) -> Samples:
        assert self._position is not None
        piece = np.zeros(count, dtype=np.float32)
        self._ring.skip_to(self._position)
        missing = min(count, max(0, self._ring.position - self._position))
        self._ring.read_into(piece[missing:])
        self._position += count
        return piece
