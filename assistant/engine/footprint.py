"""Gives memory back that loading a model took and using it does not need.

It works on Linux; elsewhere nothing happens.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from pathlib import Path

_MADV_DONTNEED = 4
_MAPS = Path("/proc/self/maps")


def settle() -> None:
    """What is loaded stays: a garbage collection need not walk it (30 ms in which no audio is handled).

    What loading left over on the heap goes back to the system.
    """
    gc.freeze()
    trim_heap()


def trim_heap() -> None:
    """Give what is free on the heap back to the system, where the C library can do that (glibc)."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


def release_mapped(folder: Path) -> int:
    """Drop the resident pages of files in ``folder`` mapped read-only; returns how many bytes those are.

    A page that is used again is read from the file again (madvise(2), MADV_DONTNEED).
    """
    if sys.platform != "linux":
        return 0
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    released = 0
    for line in _MAPS.read_text().splitlines():
        addresses, access, _, _, _, *path = line.split(maxsplit=5)
        if path and access == "r--p" and Path(path[0]).parent == folder:
            start, end = (int(address, 16) for address in addresses.split("-"))
            advise(start, end - start, _MADV_DONTNEED)
            released += end - start
    return released
