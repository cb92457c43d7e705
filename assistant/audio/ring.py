"""Ring buffers between a sound callback and the engine: one producer, one consumer, no lock.

Producer and consumer each own one counter and only read the other's, so neither ever waits. Counters are
absolute sample positions since the start and never wrap.
"""

from __future__ import annotations

import numpy as np

from assistant.audio.transport import Samples


class Ring:
    """Single producer, single consumer float32 ring of ``capacity`` samples.

    With ``overwrites`` the newest samples always get in: the oldest unread ones go and are counted in
    ``dropped``, which is what a microphone wants. Without it ``write`` takes only what fits, which is what
    speech on its way to the speaker wants.
    """

    def __init__(self, capacity: int, *, overwrites: bool = False) -> None:
        self.capacity = capacity
        self.dropped = 0
        self._overwrites = overwrites
        self._data = np.zeros(capacity, dtype=np.float32)
        self._claimed = 0
        self._written = 0
        self._read = 0

    @property
    def written(self) -> int:
        """Position behind the last sample written."""
        return self._written

    @property
    def position(self) -> int:
        """Position of the next sample to be read."""
        return self._read

    @property
    def queued(self) -> int:
        """Samples waiting to be read."""
        return min(self._written - self._read, self.capacity)

    @property
    def free(self) -> int:
        """Samples that fit without dropping any."""
        return self.capacity - self.queued

    def write(self, samples: Samples) -> int:
        """Producer: append ``samples`` (at most ``capacity``) and return how many were taken."""
        if len(samples) > self.capacity:
            raise ValueError(f"{len(samples)} samples do not fit into a ring of {self.capacity}")
        if not self._overwrites:
            samples = samples[: self.free]
        count = len(samples)
        # Claimed before it is touched, so that a consumer that is being overtaken can notice.
        self._claimed = self._written + count
        start = self._written % self.capacity
        first = min(count, self.capacity - start)
        self._data[start : start + first] = samples[:first]
        self._data[: count - first] = samples[first:]
        self._written += count
        return count

    def read_into(self, out: Samples) -> int:
        """Consumer: fill ``out`` from its start with what is queued and return how many samples that was."""
        while True:
            begin = self._oldest()
            count = min(len(out), self._written - begin)
            start = begin % self.capacity
            first = min(count, self.capacity - start)
            out[:first] = self._data[start : start + first]
            out[first:count] = self._data[: count - first]
            if begin >= self._claimed - self.capacity:
                self.dropped += begin - self._read
                self._read = begin + count
                return count

    def read(self, count: int) -> Samples:
        """Consumer: at most ``count`` samples."""
        out = np.empty(count, dtype=np.float32)
        return out[: self.read_into(out)]

    def skip_to(self, position: int) -> int:
        """Consumer: leave out what is written before ``position``; how many samples that was."""
        target = max(self._read, min(position, self._written))
        skipped = target - self._read
        self._read = target
        return skipped

    def _oldest(self) -> int:
        return max(self._read, self._claimed - self.capacity)
