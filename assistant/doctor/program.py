"""The program itself and what it runs on."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator

import assistant
from assistant.doctor.finding import Finding, Status

AREA = "program"

PYTHON = ((3, 11), (3, 14))
"""The first and the last version of Python that the packages are tried on."""


def check_program(python: tuple[int, int] = sys.version_info[:2]) -> Iterator[Finding]:
    """Version, Python and platform."""
    yield Finding(AREA, Status.OK, "version", assistant.__version__)
    yield _check_python(python)
    yield Finding(AREA, Status.OK, "platform", f"{platform.platform(terse=True)}, {platform.machine()}")


def _check_python(python: tuple[int, int]) -> Finding:
    first, last = PYTHON
    version = platform.python_version()
    if first <= python <= last:
        return Finding(AREA, Status.OK, "Python", version)
    remedy = f"Use Python {first[0]}.{first[1]} to {last[0]}.{last[1]}; ./scripts/run finds a fitting one."
    return Finding(AREA, Status.WARNING, "Python", f"{version} is not one that was tried.", remedy)
