"""Moshi's tests need its lock. On Linux that has wheels for glibc 2.35 and Python up to 3.13."""

from __future__ import annotations

import platform
import sys

import pytest

NO_WHEELS = sys.version_info >= (3, 14) or (
    sys.platform == "linux" and tuple(map(int, platform.libc_ver()[1].split("."))) < (2, 35)
)
if NO_WHEELS:
    pytest.importorskip("mlx.core", reason="has no wheel for this machine")
    pytest.importorskip("rustymimi", reason="has no wheel for this machine")
