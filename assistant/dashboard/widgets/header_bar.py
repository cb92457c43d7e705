"""The first line: who is talking, whether the microphone is open, and what is going on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from assistant.conversation.updates import Phase
from assistant.dashboard.status import Status, microphone_text, phase_text
from assistant.dashboard.text import one_line
from assistant.dashboard.widgets.fit import spread
from assistant.dashboard.widgets.still import Still

if TYPE_CHECKING:
    from assistant.personas.model import Persona

_PHASE_COLOURS = {Phase.DOWN: "$text-error", Phase.ASLEEP: "$muted", Phase.STARTING: "$muted"}


class HeaderBar(Still, Widget):
    """Persona on the left, state on the right; the state is never cut."""

    persona: reactive[Persona | None] = reactive(None)
    status: reactive[Status] = reactive(Status())

    def render(self) -> Content:
        """The line, as wide as there is room."""
        phase = self.status.phase
        microphone = "$text-success" if phase.microphone_open else "$text-warning"
        recording = ("● recording", "bold $text-error") if self.status.is_recording else ""
        right = Content.assemble(
            recording,
            "   " if recording else "",
            (microphone_text(phase, self.status.engine), microphone),
            "   ",
            (phase_text(phase), f"bold {_PHASE_COLOURS.get(phase.phase, '$primary')}"),
        )
        return spread(self._who(), right, self.content_size.width)

    def _who(self) -> Content:
        if self.persona is None:
            return Content.styled("◆ Assistant", "bold $primary")
        name = f"{self.persona.glyph} {one_line(self.persona.name, 30)}"
        tagline = one_line(self.persona.tagline, 80) if self.size.width >= 90 else ""
        return Content.assemble((name, "bold $primary"), "   ", (tagline, "$muted"))
