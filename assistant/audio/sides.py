"""What the sound callbacks do: copy to and from rings, move the gain, count what came late. Nothing else.

Both sides work at the device's own rate; the engine's thread converts. A callback owns the attributes that
only it writes, the engine's thread owns the others, and each reads the other's in single steps.
"""

from __future__ import annotations

import math
import threading
import time

import numpy as np

from assistant.audio.resampling import Resampler
from assistant.audio.ring import Ring
from assistant.audio.transport import Samples
from assistant.engine.protocol import SAMPLE_RATE

AHEAD_S = 0.25
"""Speech that is queued ahead of the speaker at most."""

KEPT_S = 1.0
"""Microphone and reference that wait for the engine at most."""

SETTLING_S = 3.0
"""After its opening a stream's callbacks may come late: the program is loading its parts."""

FADE_S = 0.08
"""How long discarded speech takes to fade out from full loudness; what is ducked is silent sooner."""


class CaptureSide:
    """The microphone's callback and the ring that it fills."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.ring = Ring(int(rate * KEPT_S), overwrites=True)
        self.arrived = threading.Lock()
        """Free when something came since it was last taken; a lock is the cheapest thing to wait on."""
        self.arrived.acquire()
        self.is_open = True
        self.stamp = (0, 0.0)
        """Samples so far and the monotonic time of the callback that brought the last of them."""
        self.overruns = 0
        self._silence = np.zeros(rate, dtype=np.float32)

    def push(self, samples: Samples, overflowed: bool) -> None:
        """The callback: keep ``samples``, or silence in their place while the microphone is closed."""
        self.overruns += overflowed
        self.ring.write(samples if self.is_open else self._silence[: len(samples)])
        self.stamp = (self.ring.written, time.monotonic())
        if self.arrived.locked():
            self.arrived.release()


class PlaybackSide:
    """The speaker's callback, the ring of speech that it empties and the ring of what it played."""

    def __init__(self, rate: int, latency_s: float = 0.0, gain: float = 1.0) -> None:
        self.rate = rate
        self.latency_s = latency_s
        # Twice as long as what may be queued: what fades out does not keep new speech waiting.
        self.speech = Ring(2 * int(rate * AHEAD_S))
        self.played = Ring(int(rate * KEPT_S), overwrites=True)
        self.stamp = (0, 0.0)
        """Samples played before the last callback and its monotonic time."""
        self.underruns = 0
        self.longest_gap_s = 0.0
        """Between two callbacks while there was speech, once the program had settled."""
        self._resampler = Resampler(SAMPLE_RATE, rate)
        self._spare = rate // 100 if rate != SAMPLE_RATE else 0
        self._epoch = 0
        self._kept = 0
        self._accepted = 0
        self._gain = gain
        self._ramp = (gain, 0.0)
        self._fade = 1.0
        self._fade_step = 0.0
        self._drop_before = 0
        self._last = 0.0
        self._settled_at = math.inf
        self._spoke_at = 0.0
        self._steps = np.arange(1, rate + 1, dtype=np.float32)
        self._curve = np.ones(rate, dtype=np.float32)

    # --- the engine's thread ----------------------------------------------------------------------

    def writable(self) -> int:
        """Samples at the engine's rate that ``write`` takes now."""
        queued = self.speech.written - max(self.speech.position, self._epoch)
        free = min(int(self.rate * AHEAD_S) - queued, self.speech.free - self._spare)
        return max(0, free) * SAMPLE_RATE // self.rate

    def write(self, samples: Samples) -> None:
        """Queue speech at the engine's rate."""
        self.speech.write(self._resampler.feed(samples))
        self._accepted += len(samples)

    @property
    def consumed(self) -> int:
        """Samples of speech handed over, at the engine's rate; what was discarded never counts."""
        position = self.speech.position
        if position >= self.speech.written:
            return self._kept + self._accepted
        done = max(0, position - self._epoch) * SAMPLE_RATE // self.rate
        return self._kept + min(done, self._accepted)

    @property
    def accepted(self) -> int:
        """Samples of speech taken so far less the discarded ones: what ``consumed`` will come to."""
        return self._kept + self._accepted

    def waiting(self) -> Samples:
        """What was not handed over, at the engine's rate; only when no callback runs any more."""
        self.speech.skip_to(self._epoch)
        return Resampler(self.rate, SAMPLE_RATE).feed(self.speech.read(self.speech.queued))

    def is_silent(self) -> bool:
        """True when nothing is queued and the last of it has left the device too."""
        since = time.monotonic() - self._spoke_at
        return not self.speech.queued and since > 2 * self.latency_s

    def set_gain(self, gain: float, ramp_s: float) -> None:
        """Move the gain along a line of ``ramp_s`` seconds; what is fading out keeps the old one."""
        change = abs(gain - self._gain)
        self._ramp = (gain, change / max(1.0, ramp_s * self.rate))

    def discard(self, *, at_once: bool = False) -> None:
        """Let what is queued fade out and go; ``at_once`` where no callback runs that could do it."""
        self._kept, self._accepted = self.consumed, 0
        self._epoch = self._drop_before = self.speech.written
        self._resampler.clear()
        if at_once:
            self.speech.skip_to(self._drop_before)
            self._fade_step, self._fade = 0.0, 1.0

    # --- the callback -----------------------------------------------------------------------------

    def pull(self, out: Samples, underflowed: bool) -> None:
        """The callback: fill ``out`` with speech, or silence, and remember what it was."""
        now = time.monotonic()
        self._count_late(now, len(out), underflowed)
        faded = self._fill_fading(out) if self.speech.position < self._drop_before else 0
        filled = faded + self.speech.read_into(out[faded:])
        if filled:
            self._spoke_at = now
        out[filled:] = 0.0
        self._apply_gain(out[faded:])
        self.stamp = (self.played.written, now)
        self.played.write(out)

    def _count_late(self, now: float, count: int, underflowed: bool) -> None:
        # The device ran dry when nobody called for longer than its buffer lasts; not all of them say so.
        gap = now - self._last if self._last else 0.0
        late = self.speech.queued > 0 and gap > max(self.latency_s, 2 * count / self.rate)
        self.underruns += underflowed or late
        if not self._last:
            self._settled_at = now + SETTLING_S
        elif self.speech.queued and now > self._settled_at:
            self.longest_gap_s = max(self.longest_gap_s, gap)
        self._last = now

    def _fill_fading(self, out: Samples) -> int:
        left = self._drop_before - self.speech.position
        if self._fade_step == 0.0:
            longest = max(1.0, FADE_S * min(1.0, self._gain) * self.rate)
            self._fade_step = 1.0 / min(longest, left)
        count = min(len(out), left, math.ceil(self._fade / self._fade_step))
        self.speech.read_into(out[:count])
        out[:count] *= self._line(self._fade * self._gain, -self._fade_step * self._gain, count)
        self._fade -= self._fade_step * count
        if self._fade <= 1e-6 or self.speech.position >= self._drop_before:
            self.speech.skip_to(self._drop_before)
            self._fade_step, self._fade = 0.0, 1.0
        return count

    def _apply_gain(self, out: Samples) -> None:
        target, step = self._ramp
        if self._gain == target:
            if target != 1.0:
                np.multiply(out, np.float32(target), out=out)
            return
        way = target - self._gain
        moving = min(len(out), math.ceil(abs(way) / step)) if step else 0
        if moving:
            out[:moving] *= self._line(self._gain, math.copysign(step, way), moving)
        reached = moving < len(out) or abs(way) <= step * moving
        self._gain = target if reached else self._gain + math.copysign(step, way) * moving
        out[moving:] *= np.float32(self._gain)

    def _line(self, start: float, step: float, count: int) -> Samples:
        curve = self._curve[:count]
        np.multiply(self._steps[:count], np.float32(step), out=curve)
        curve += np.float32(start)
        return curve
