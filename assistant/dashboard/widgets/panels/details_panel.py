"""The machinery in full: the last turn by stage, engine and parts, devices, health."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from assistant.conversation.updates import EngineShown, HealthShown, LatencyShown
from assistant.dashboard.status import Status, device_text, echo_text, health_text, milliseconds, stages
from assistant.dashboard.text import one_line

_LABEL = 13
_BAR = "▇"
_BAR_WIDTH = 8


class DetailsPanel(Widget):
    """A table of labels and values."""

    status: reactive[Status] = reactive(Status(), layout=True)

    def render(self) -> Content:
        """The table, with a blank line between its parts."""
        status = self.status
        blocks = [_latency(status.latency)] if status.latency else []
        blocks.append(
            _engine(status.engine) if status.engine else [Content.styled("engine starting", "$muted")]
        )
        blocks += [_health(status.health)] if status.health else []
        return Content("\n\n").join(Content("\n").join(block) for block in blocks)


def _row(label: str, value: str, extra: Content | str = "") -> Content:
    return Content.assemble((f"{label:<{_LABEL}}", "$muted"), value, extra)


def _latency(latency: LatencyShown) -> list[Content]:
    longest = max(seconds for _, seconds in stages(latency)) or 1.0
    rows = [Content.styled("Last turn", "bold $text-accent")]
    for label, seconds in stages(latency):
        bar = _BAR * round(max(0.0, seconds) / longest * _BAR_WIDTH)
        rows.append(_row(label, f"{milliseconds(seconds):>7} ", Content.styled(bar, "$primary")))
    rows.append(_row("total", f"{milliseconds(latency.total):>7}"))
    return rows


def _engine(engine: EngineShown) -> list[Content]:
    parts = " · ".join(one_line(name, 30) for name in engine.parts.values())
    return [
        Content.styled("Engine", "bold $text-accent"),
        _row("speech", one_line(engine.engine, 40)),
        *([Content.styled(parts, "$muted")] if parts else []),
        _row("text", one_line(engine.text_engine, 40)),
        _row("microphone", one_line(device_text(engine.input_device), 40)),
        _row("speaker", one_line(device_text(engine.output_device), 40)),
    ]


def _health(health: HealthShown) -> list[Content]:
    return [
        Content.styled("Health", "bold $text-accent"),
        Content(health_text(health)),
        Content.styled(f"{echo_text(health)} · {health.rss_mb:.0f} MB", "$muted"),
    ]
