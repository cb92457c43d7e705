"""How loudly a finding is told."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """From a remark to something that does not work."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
