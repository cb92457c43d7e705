"""Latency against its budget: shares of the stages, bars, and the stage that took too long."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.conversation.updates import LatencyShown

BUDGET_S = 0.9
"""From the end of the user's speech to the first sound of the answer; what 95 of 100 turns should keep."""

STAGES = (
    ("end", "end of turn", "█", 0.5),
    ("asr", "recognition", "▓", 0.1),
    ("reply", "reply", "▒", 0.1),
    ("tts", "synthesis", "░", 0.1),
    ("out", "playout", "·", 0.1),
)
"""Short name, name, glyph and share of the budget in seconds, in the order of a turn."""


def stage_seconds(latency: LatencyShown) -> tuple[float, ...]:
    """The stages of ``STAGES``; playout is what the others leave of the total."""
    stages = (latency.endpoint, latency.recognition, latency.reply, latency.synthesis)
    return *stages, max(0.0, latency.total - sum(stages))


def culprit(latency: LatencyShown) -> tuple[str, float] | None:
    """Of a turn over budget: the stage that exceeds its share by most, and its seconds."""
    if latency.total <= BUDGET_S:
        return None
    spent = zip(STAGES, stage_seconds(latency), strict=True)
    (_, name, _, _), seconds = max(spent, key=lambda pair: pair[1] - pair[0][3])
    return name, seconds


def bar(latency: LatencyShown, width: int, scale_s: float) -> str:
    """Glyphs by stage, ``width`` cells for ``scale_s`` seconds, with ``│`` at the budget where it is free.

    Ends of stages are rounded, not their lengths, so that the whole is as long as the total.
    """
    cells, spent = "", 0.0
    for (_, _, glyph, _), seconds in zip(STAGES, stage_seconds(latency), strict=True):
        spent += seconds
        cells += glyph * (min(width, round(spent / scale_s * width)) - len(cells))
    mark = min(width - 1, round(BUDGET_S / scale_s * width))
    cells = cells.ljust(width)
    return cells[:mark] + "│" + cells[mark + 1 :] if cells[mark] == " " else cells


def scale(turns: Sequence[LatencyShown]) -> float:
    """Seconds that fill a bar: a little more than the budget, or the slowest turn."""
    return max(BUDGET_S * 1.1, *(turn.total for turn in turns)) if turns else BUDGET_S
