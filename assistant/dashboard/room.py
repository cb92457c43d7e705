"""How much room a terminal has, and which panels are usually open in it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

NORMAL, WIDE, HUGE = 70, 104, 170
"""Columns from which two panels stand under the conversation; panels stand in a column beside it; in two."""


class Room(StrEnum):
    """How much there is; what is open is remembered for each."""

    SMALL = "small"
    WIDE = "wide"
    HUGE = "huge"


DEFAULTS: Mapping[str, tuple[str, ...]] = {
    Room.SMALL: (),
    Room.WIDE: ("persona", "engine", "latency"),
    Room.HUGE: ("persona", "engine", "latency", "devices", "tools", "log"),
}


def room_of(columns: int) -> Room:
    """The room of a terminal this wide."""
    return Room.SMALL if columns < WIDE else Room.WIDE if columns < HUGE else Room.HUGE


def at_once(columns: int) -> int:
    """How many panels a small terminal shows at once."""
    return 2 if columns >= NORMAL else 1
