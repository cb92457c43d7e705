"""How long the machine has slept, which ``time.monotonic`` leaves out on Linux and macOS."""

from __future__ import annotations

import sys
import time


def asleep_s() -> float:
    """Seconds that this machine has slept since it was started (clock_gettime(2) of either system)."""
    if sys.platform == "darwin":  # pragma: no cover - needs macOS
        return time.clock_gettime(time.CLOCK_MONOTONIC_RAW) - time.clock_gettime(time.CLOCK_UPTIME_RAW)
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)
