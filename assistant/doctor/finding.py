"""What a check found, and how findings become lines, JSON and an exit status."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How a finding is meant: a warning costs quality, a problem keeps something from working."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``detail`` is a sentence or a value, ``remedy`` says what to do."""

    area: str
    status: Status
    name: str
    detail: str
    remedy: str = ""


MARKS = {Status.OK: "✓", Status.WARNING: "!", Status.PROBLEM: "✗"}
"""A glyph for each status."""


def as_lines(finding: Finding) -> list[str]:
    """The finding as plain lines: what was found, and below it the remedy."""
    lines = [f"{MARKS[finding.status]} {finding.area} · {finding.name}: {finding.detail}"]
    return [*lines, f"    → {finding.remedy}"] if finding.remedy else lines


def from_dict(data: dict[str, Any]) -> Finding:
    """The inverse of ``dataclasses.asdict``."""
    return Finding(**{**data, "status": Status(data["status"])})


def as_json(findings: Iterable[Finding]) -> str:
    """All findings as a JSON array of objects with the fields of ``Finding``."""
    return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False)


def exit_status(findings: Iterable[Finding]) -> int:
    """1 when there is a problem; warnings leave it at 0."""
    return int(any(finding.status is Status.PROBLEM for finding in findings))
