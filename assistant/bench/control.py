"""An idle control stream: a process that should wake every 10 ms and does nothing else.

Its lateness is the machine's own. Where it is large, slow answers tell of the machine, not of the program.
"""

from __future__ import annotations

import itertools
import json
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

TICK_S = 0.01

STALL_S = 0.02
"""A wake that is later than this is a moment in which the machine gave nobody anything: a block of audio."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the control stream woke, in milliseconds, over ``wakes`` wakes."""

    wakes: int
    p50: float
    p99: float
    max: float


class ControlStream:
    """Runs beside a measurement; ``stop`` tells how late it was, and fills ``stalls``."""

    stalls: tuple[float, ...] = ()
    """When it woke later than ``STALL_S``, in monotonic seconds."""

    def __enter__(self) -> ControlStream:
        """Start the process."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "assistant.bench.control"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def stop(self) -> Lateness:
        """End it, once."""
        answer, _ = self._process.communicate(timeout=10.0)
        told = json.loads(answer)
        self.stalls = tuple(told["stalls"])
        return Lateness(**told["lateness"])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()


def underruns_without_stalls(counted: Sequence[tuple[float, int]], stalls: Sequence[float]) -> int:
    """How many underruns were counted while an idle process woke in time.

    ``counted`` are pairs of a moment in seconds and the count so far; what came between two of them belongs
    to a stall when there was one between them or in the second before.
    """
    return sum(
        late - earlier
        for (begin, earlier), (end, late) in itertools.pairwise(counted)
        if not any(begin - 1.0 <= stall <= end for stall in stalls)
    )


def tick_until_told() -> tuple[Lateness, list[float]]:
    """Wake every 10 ms until standard input ends; how late it was, and when it was later than ``STALL_S``."""
    late: list[float] = []
    stalls: list[float] = []
    due = time.monotonic() + TICK_S
    while not select.select([sys.stdin], [], [], max(0.0, due - time.monotonic()))[0]:
        now = time.monotonic()
        late.append(now - due)
        if now - due > STALL_S:
            stalls.append(now)
        # From now: what was missed is counted once, as one long lateness.
        due = max(due, now - TICK_S) + TICK_S
    return summarise(late), stalls


def summarise(late_s: list[float]) -> Lateness:
    """Sort out how late the wakes were, given in seconds."""
    ordered = sorted(late_s) or [0.0]
    at = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.99, 1.0)]
    return Lateness(len(late_s), *(round(1000 * each, 2) for each in at))


if __name__ == "__main__":
    from dataclasses import asdict

    lateness, stalls = tick_until_told()
    sys.stdout.write(json.dumps({"lateness": asdict(lateness), "stalls": stalls}))
