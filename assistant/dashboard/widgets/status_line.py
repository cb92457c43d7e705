"""One line about the machinery: engine, latency of the last turn, audio health, devices."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from assistant.dashboard.status import (
    Status,
    device_text,
    has_sound,
    health_text,
    milliseconds,
    stages_text,
)
from assistant.dashboard.text import one_line
from assistant.dashboard.widgets.fit import fit
from assistant.dashboard.widgets.still import Still


class StatusLine(Still, Widget):
    """Shows what fits; the details panel has all of it."""

    status: reactive[Status] = reactive(Status())

    def render(self) -> Content:
        """The line, the important first."""
        return fit(self._parts(), self.content_size.width, "    ")

    def _parts(self) -> list[Content]:
        status, parts = self.status, []
        if status.engine:
            name = f"{one_line(status.engine.engine, 24)} + {one_line(status.engine.text_engine, 24)}"
            parts.append(Content.styled(name, "$muted"))
        else:
            parts.append(Content.styled("the engine is starting", "$muted"))
        if status.latency:
            parts.append(Content.styled(f"↔ {milliseconds(status.latency.total)}", "$muted"))
        if status.health and has_sound(status):
            clean = status.health.underruns + status.health.dropped_blocks == 0
            parts.append(Content.styled(health_text(status.health), "$muted" if clean else "$text-warning"))
        if status.engine:
            devices = (device_text(status.engine.input_device), device_text(status.engine.output_device))
            route = (
                " → ".join(one_line(name, 20) for name in devices) if has_sound(status) else "no sound device"
            )
            parts.append(Content.styled(route, "$muted"))
        if status.latency:
            parts.append(Content.styled(stages_text(status.latency), "$muted"))
        return parts
