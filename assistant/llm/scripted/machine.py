"""The computer that all this runs on, as it is now."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass

_GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Machine:
    """Sizes in GiB, ``load`` as processes ready to run, ``up_s`` seconds since the machine started."""

    system: str
    architecture: str
    python: str
    cores: int
    memory: float
    memory_free: float
    disk_free: float
    load: float | None
    up_s: float


def read_machine() -> Machine:
    """The machine as it is now. Raises ``OSError`` where it may not be asked."""
    import psutil

    memory = psutil.virtual_memory()
    return Machine(
        system=_system(),
        architecture=platform.machine(),
        python=platform.python_version(),
        cores=os.cpu_count() or 1,
        memory=memory.total / _GIB,
        memory_free=memory.available / _GIB,
        disk_free=psutil.disk_usage(os.path.expanduser("~")).free / _GIB,
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        up_s=time.time() - psutil.boot_time(),
    )


def _system() -> str:
    if version := platform.mac_ver()[0]:
        return f"macOS {version}"
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}".strip() or "an unknown system"
