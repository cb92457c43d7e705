"""The last tool calls with what came of them, and which tools there are with what they are allowed."""

from __future__ import annotations

from collections import OrderedDict

from textual.content import Content

from assistant.conversation.updates import ToolKnown, ToolShown, ToolsShown, ToolStatus, Update
from assistant.dashboard.text import one_line
from assistant.dashboard.widgets.entries import TOOL_STATES
from assistant.dashboard.widgets.panels.panel import Panel, wrapped
from assistant.tools.result import Kind

SHOWN = 4
KEPT = 50

PERMISSIONS = {
    Kind.READ: "runs by itself",
    Kind.CHANGE: "asks after others' words",
    Kind.DANGER: "always asks",
    Kind.USER: "yours alone",
}
"""What a model's call of each class needs; ``docs/tools.md`` has it in full."""


class ToolsPanel(Panel):
    """Newest call first; a call that asks for permission says so."""

    NAME = "tools"
    TITLE = "Tools"

    def __init__(self) -> None:
        super().__init__()
        self._calls: OrderedDict[int, ToolShown] = OrderedDict()
        self._tools: tuple[ToolKnown, ...] = ()
        self._count = 0

    def take(self, update: Update) -> None:
        """Add or replace a call, or know other tools."""
        match update:
            case ToolShown(id=id):
                self._count += id not in self._calls
                self._calls[id] = update
                if len(self._calls) > KEPT:
                    self._calls.popitem(last=False)
            case ToolsShown(tools):
                self._tools = tools
            case _:
                return
        self.renew()

    def lines(self, width: int) -> list[Content]:
        """How many calls, the newest of them, then the tools by class."""
        if not self._calls:
            return [Content.styled("no tool was called yet", "$muted"), *self._known(width)]
        failed = sum(call.status in {ToolStatus.FAILED, ToolStatus.REFUSED} for call in self._calls.values())
        summary = f"{self._count} call{'s' if self._count != 1 else ''}"
        lines = [Content.styled(summary + (f", {failed} failed" if failed else ""), "$muted")]
        for call in list(reversed(self._calls.values()))[:SHOWN]:
            lines += self._call(call)
        return lines + self._known(width)

    def _call(self, call: ToolShown) -> list[Content]:
        glyph, state, colour = TOOL_STATES[call.status]
        arguments = ", ".join(str(value) for value in call.arguments.values())
        kind = next((f"{tool.kind} · " for tool in self._tools if tool.name == call.name), "")
        return [
            Content.assemble(
                (f"{glyph} ", colour),
                (one_line(call.name, 30), "bold"),
                ("  " + one_line(arguments, 60), "$muted"),
            ),
            Content.styled(f"  {kind}{one_line(call.result or state, 120)}", "$muted"),
        ]

    def _known(self, width: int) -> list[Content]:
        lines = []
        for kind, permission in PERMISSIONS.items():
            of_kind = [tool for tool in self._tools if tool.kind is kind]
            if of_kind:
                lines.append(Content.assemble((kind, "bold"), (f" · {permission}", "$muted")))
                lines += [Content("  ") + line for line in wrapped(_names(of_kind), width - 2, "$muted")]
        return lines


def _names(tools: list[ToolKnown]) -> str:
    """A tool that the present persona may not call is in brackets."""
    return ", ".join(
        tool.name if tool.for_model or tool.kind is Kind.USER else f"({tool.name})" for tool in tools
    )
