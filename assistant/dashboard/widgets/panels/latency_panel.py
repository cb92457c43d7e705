"""The last turns by stage against the budget, and the stage that blew it."""

from __future__ import annotations

from textual.content import Content

from assistant.dashboard.latency import BUDGET_S, STAGES, bar, culprit, scale
from assistant.dashboard.status import Status, frames_text, milliseconds
from assistant.dashboard.widgets.panels.panel import Panel

TURNS = 6


class LatencyPanel(Panel):
    """A bar a turn, the newest last."""

    NAME = "latency"
    TITLE = "Latency"

    def watches(self, status: Status) -> object:
        """The turns, and the frames of a full-duplex engine."""
        return status.turns, status.frames

    def lines(self, width: int) -> list[Content]:
        """Legend, bars, and what to say about the newest."""
        frames = [Content(frames_text(self.status.frames))] if self.status.frames else []
        turns = self.status.turns[-TURNS:]
        if not turns:
            return frames or [Content.styled("no spoken turn yet", "$muted")]
        full = scale(turns)
        bars = []
        for turn in turns:
            over = turn.total > BUDGET_S
            total = f"{'!' if over else ' '}{turn.total * 1000:>5.0f} "
            bars.append(
                Content.assemble(
                    (total, "$text-warning" if over else "$foreground"),
                    (bar(turn, max(1, width - len(total)), full), "$primary"),
                )
            )
        legend = " ".join(f"{glyph} {short}" for short, _, glyph, _ in STAGES)
        return [*frames, *bars, Content.styled(legend, "$muted"), _verdict(self.status)]


def _verdict(status: Status) -> Content:
    newest = status.turns[-1]
    if blown := culprit(newest):
        name, seconds = blown
        return Content.styled(
            f"! over {milliseconds(BUDGET_S)}: {name} {milliseconds(seconds)}", "$text-warning"
        )
    return Content.styled(f"✓ within {milliseconds(BUDGET_S)}", "$text-success")
