"""The last tool calls with where they stand and what came of them."""

from __future__ import annotations

from collections import OrderedDict

from textual.content import Content

from assistant.conversation.updates import ToolShown, ToolStatus, Update
from assistant.dashboard.text import one_line
from assistant.dashboard.widgets.entries import TOOL_STATES
from assistant.dashboard.widgets.panels.panel import Panel

SHOWN = 4
KEPT = 50


class ToolsPanel(Panel):
    """Newest first; a call that asks for permission says so."""

    NAME = "tools"
    TITLE = "Tools"

    def __init__(self) -> None:
        super().__init__()
        self._calls: OrderedDict[int, ToolShown] = OrderedDict()
        self._count = 0

    def take(self, update: Update) -> None:
        """Add or replace a call."""
        if not isinstance(update, ToolShown):
            return
        self._count += update.id not in self._calls
        self._calls[update.id] = update
        if len(self._calls) > KEPT:
            self._calls.popitem(last=False)
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """How many, then the newest."""
        if not self._calls:
            return [Content.styled("no tool was called yet", "$muted")]
        failed = sum(call.status in {ToolStatus.FAILED, ToolStatus.REFUSED} for call in self._calls.values())
        summary = f"{self._count} call{'s' if self._count != 1 else ''}"
        lines = [Content.styled(summary + (f", {failed} failed" if failed else ""), "$muted")]
        for call in list(reversed(self._calls.values()))[:SHOWN]:
            lines += _call(call)
        return lines


def _call(call: ToolShown) -> list[Content]:
    glyph, state, colour = TOOL_STATES[call.status]
    arguments = ", ".join(str(value) for value in call.arguments.values())
    note = call.result or state
    return [
        Content.assemble(
            (f"{glyph} ", colour),
            (one_line(call.name, 30), "bold"),
            ("  " + one_line(arguments, 60), "$muted"),
        ),
        Content.styled(f"  {one_line(note, 120)}", "$muted"),
    ]
