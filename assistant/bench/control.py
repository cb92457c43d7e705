"""An idle control stream: on each processor a process that should wake every 10 ms and does nothing else.

Where their lateness is large, slow answers tell of the machine rather than of the program. A processor that
its host takes away from a virtual machine stands still alone, so each one is watched. What the program itself
does there may delay them too, by a few milliseconds.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

TICK_S = 0.01

STALL_S = 0.02
"""A later wake is a moment in which a processor kept even who does nothing waiting: two blocks of audio."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late the processes of the control stream woke, in milliseconds, over ``wakes`` wakes."""

    wakes: int
    p50: float
    p99: float
    max: float


class ControlStream:
    """Runs beside a measurement; ``stop`` tells how late it was, and fills ``stalls``."""

    stalls: tuple[float, ...] = ()
    """When one woke later than ``STALL_S``, in monotonic seconds."""

    def __enter__(self) -> ControlStream:
        """Start the processes."""
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-m", "assistant.bench.control", str(processor)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for processor in sorted(_processors())
        ]
        return self

    def stop(self) -> Lateness:
        """End them, once."""
        told = [json.loads(each.communicate(timeout=10.0)[0]) for each in self._processes]
        self.stalls = tuple(sorted(itertools.chain.from_iterable(each["stalls"] for each in told)))
        return summarise(list(itertools.chain.from_iterable(each["late"] for each in told)))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


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


def _processors() -> set[int]:
    """Those that this process may use; macOS does not tell, and one stands for all there."""
    return os.sched_getaffinity(0) if sys.platform == "linux" else {0}


def tick_until_told() -> tuple[list[float], list[float]]:
    """Wake every 10 ms until standard input ends; how late in seconds, and when later than ``STALL_S``."""
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
    return late, stalls


def summarise(late_s: list[float]) -> Lateness:
    """Sort out how late the wakes were, given in seconds."""
    ordered = sorted(late_s) or [0.0]
    at = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.99, 1.0)]
    return Lateness(len(late_s), *(round(1000 * each, 2) for each in at))


if __name__ == "__main__":
    if sys.platform == "linux":
        os.sched_setaffinity(0, {int(sys.argv[1])})
    late, stalls = tick_until_told()
    sys.stdout.write(json.dumps({"late": late, "stalls": stalls}))
