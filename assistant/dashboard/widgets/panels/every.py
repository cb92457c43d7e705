"""Every panel, in the order in which they stand."""

from __future__ import annotations

from pathlib import Path

from assistant.dashboard.widgets.panels.devices_panel import DevicesPanel
from assistant.dashboard.widgets.panels.engine_panel import EnginePanel
from assistant.dashboard.widgets.panels.latency_panel import LatencyPanel
from assistant.dashboard.widgets.panels.log_panel import LogPanel
from assistant.dashboard.widgets.panels.panel import Panel
from assistant.dashboard.widgets.panels.persona_panel import PersonaPanel
from assistant.dashboard.widgets.panels.tools_panel import ToolsPanel


def every_panel(engine_log: Path | None) -> tuple[Panel, ...]:
    """One of each; ``engine_log`` is shown with the log."""
    return PersonaPanel(), EnginePanel(), LatencyPanel(), DevicesPanel(), ToolsPanel(), LogPanel(engine_log)
