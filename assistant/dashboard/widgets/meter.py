"""A level in dBFS as a bar of cells."""

from __future__ import annotations

from textual.content import Content

from assistant.dashboard.widgets.dots import CEILING_DB, FLOOR_DB

MOST = 30
DECIBELS = 8
"""Cells of the level in words behind the bar."""


def cells(level: float, width: int) -> int:
    """How many of ``width`` cells a level in dBFS fills, from ``FLOOR_DB`` to ``CEILING_DB``."""
    share = (level - FLOOR_DB) / (CEILING_DB - FLOOR_DB)
    return round(min(1.0, max(0.0, share)) * width)


def bar_width(width: int) -> int:
    """Cells of the bar where bar and words have ``width``."""
    return max(1, min(MOST, width - DECIBELS))


def meter(level: float, width: int) -> Content:
    """Bar and decibels in ``width`` cells."""
    room = bar_width(width)
    filled = cells(level, room)
    decibels = f"{level:>4.0f} dB".replace("-", "−") if filled else " quiet"
    return Content.assemble(
        ("▮" * filled, "$primary"), ("▯" * (room - filled), "$muted"), (f" {decibels}", "$muted")
    )
