"""Microphone and speaker: names, levels, echo, and whether audio runs cleanly."""

from __future__ import annotations

from textual.content import Content

from assistant.conversation.updates import LevelsShown
from assistant.dashboard.status import Status, device_text, echo_text, has_sound, health_text
from assistant.dashboard.widgets.dots import SILENCE_DB
from assistant.dashboard.widgets.meter import bar_width, cells, meter
from assistant.dashboard.widgets.panels.panel import LABEL, Panel, row
from assistant.dashboard.widgets.panels.voice_visualizer_panel import VoiceVisualizerPanel

_INDENT = " " * LABEL


class DevicesPanel(Panel):
    """Levels are repainted only when a bar changes, and never lay anything out."""

    NAME = "devices"
    TITLE = "Devices"

    def __init__(self) -> None:
        super().__init__()
        self._levels = LevelsShown(SILENCE_DB, SILENCE_DB)

    def watches(self, status: Status) -> object:
        """Devices, echo, gaps, and whether the microphone is open."""
        return status.engine, status.health, status.phase.microphone_open

    def on_mount(self) -> None:
        """The meters follow what the visualizer is told."""
        self.watch(self.screen.query_one(VoiceVisualizerPanel), "levels", self._show_levels, init=False)

    def _show_levels(self, levels: LevelsShown) -> None:
        before, self._levels = self._levels, levels
        if not self.display:
            return
        width = bar_width(self.content_size.width - LABEL)
        if any(
            cells(old, width) != cells(new, width)
            for old, new in ((before.microphone, levels.microphone), (before.speaker, levels.speaker))
        ):
            self.refresh()

    def lines(self, width: int) -> list[Content]:
        """Both sides with their meters, then health."""
        engine, health = self.status.engine, self.status.health
        heard = self._levels.microphone if self.status.phase.microphone_open else SILENCE_DB
        return [
            row("microphone", device_text(engine.input_device) if engine else "…"),
            Content(_INDENT) + meter(heard, width - LABEL),
            row("speaker", device_text(engine.output_device) if engine else "…"),
            Content(_INDENT) + meter(self._levels.speaker, width - LABEL),
            *(
                [Content(echo_text(health)), Content(health_text(health))]
                if health and has_sound(self.status)
                else []
            ),
        ]
