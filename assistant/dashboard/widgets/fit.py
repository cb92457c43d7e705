"""Puts as much on one line as fits, the important first."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content


def fit(parts: Sequence[Content], width: int, gap: str) -> Content:
    """The leading ``parts`` that fit into ``width`` cells, joined by ``gap``; the first may be cut."""
    chosen: list[Content] = []
    used = 0
    for part in parts:
        needed = part.cell_length + (len(gap) if chosen else 0)
        if chosen and used + needed > width:
            break
        chosen.append(part)
        used += needed
    return Content(gap).join(chosen).truncate(max(0, width), ellipsis=True)


def spread(left: Content, right: Content, width: int) -> Content:
    """``left`` and ``right`` at the two ends of a line of ``width`` cells; ``left`` gives way."""
    room = max(0, width - right.cell_length - 2)
    left = left.truncate(room, ellipsis=True)
    return Content.assemble(left, " " * max(0, width - left.cell_length - right.cell_length), right)
