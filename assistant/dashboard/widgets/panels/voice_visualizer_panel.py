"""Both voices as dots that are born on the left, sized by loudness, and drift to the right."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from assistant.conversation.updates import LevelsShown
from assistant.dashboard.look import Look
from assistant.dashboard.text import one_line
from assistant.dashboard.theming.theme import dot_glyphs
from assistant.dashboard.widgets.dots import SILENCE_DB, SIZES, DotRow, dot_size

if TYPE_CHECKING:
    from rich.style import Style
    from textual.timer import Timer

    from assistant.personas.model import Persona

FRAMES_PER_SECOND = 30
_LABEL = 12
_METER = 24


class VoiceVisualizerPanel(Widget):
    """Two rows: the microphone's level and the assistant's voice.

    ``clock`` gives seconds that never go back. Frames only look at it: a late one changes nothing but time.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"voice--label", "voice--microphone", "voice--assistant"}

    persona: reactive[Persona | None] = reactive(None)
    microphone_open: reactive[bool] = reactive(False)

    look: reactive[Look] = reactive(Look())

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(id="voice")
        self._clock = clock
        self._styles: dict[str, Style] = {}
        now = clock()
        self.microphone = DotRow(now)
        self.assistant = DotRow(now)
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """The timer runs only while there is something to see."""
        self._timer = self.set_interval(1 / FRAMES_PER_SECOND, self.advance, pause=True)

    def show_levels(self, levels: LevelsShown) -> None:
        """The newest levels in dBFS; a closed microphone is silent whatever it reports."""
        now = self._clock()
        heard = levels.microphone if self.microphone_open else SILENCE_DB
        if not self.look.motion:
            sizes = [dot_size(row.level) for row in (self.microphone, self.assistant)]
            self.microphone.hear(heard, now)
            self.assistant.hear(levels.speaker, now)
            if sizes != [dot_size(row.level) for row in (self.microphone, self.assistant)]:
                self.refresh()
            return
        self._follow(self.microphone.hear(heard, now), self.assistant.hear(levels.speaker, now))

    def advance(self) -> None:
        """One frame: repaint if a column with a dot was born or moved; rest when nothing sounds."""
        now = self._clock()
        self._follow(self.microphone.advance(now), self.assistant.advance(now))

    def watch_microphone_open(self, is_open: bool) -> None:
        """Closing the microphone silences its row at once."""
        now = self._clock()
        self._follow(self.microphone.advance(now) if is_open else self.microphone.hear(SILENCE_DB, now))
        self.refresh()

    @property
    def at_rest(self) -> bool:
        """Whether no frame is needed: the microphone is closed, nothing sounds and no dot is left."""
        return not self.microphone_open and self.microphone.at_rest and self.assistant.at_rest

    def _follow(self, *changed: bool) -> None:
        if any(changed):
            self.refresh()
        if self._timer is None or not self.look.motion:
            return
        if self.at_rest:
            self._timer.pause()
        else:
            self._timer.resume()

    def render_line(self, y: int) -> Strip:
        """Row 0 is the microphone, row 1 the assistant."""
        width = self.content_size.width
        if y == 0:
            label = "▮ you" if self.microphone_open else "⊘ you"
            return self._render_waveform_dots(label, self.microphone, "voice--microphone", width)
        if y == 1:
            label = (
                f"{self.persona.glyph} {one_line(self.persona.name, 24)}" if self.persona else "◆ assistant"
            )
            return self._render_waveform_dots(label, self.assistant, "voice--assistant", width)
        return Strip.blank(width, self._style())

    def _render_waveform_dots(self, label: str, row: DotRow, component: str, width: int) -> Strip:
        """A label, then the row's dots from the newest on the left to the oldest on the right."""
        if not self.look.motion:
            return self._render_meter(label, row, component, width)
        glyphs = dot_glyphs(self.persona, self.look.glyphs)
        label_style, dot_style = (self._style(name) for name in ("voice--label", component))
        dots = "".join(glyphs[size] for size in row.row(max(0, width - _LABEL)))
        segments = [Segment(set_cell_size(label, _LABEL), label_style), Segment(dots, dot_style)]
        return Strip(segments).adjust_cell_length(width, self._style()).simplify()

    def _render_meter(self, label: str, row: DotRow, component: str, width: int) -> Strip:
        """Without motion: a label and a bar of the level, in the steps of the dots."""
        *_, full = dot_glyphs(None, "ascii" if self.look.glyphs == "ascii" else "blocks")
        room = max(0, min(_METER, width - _LABEL))
        filled = round(dot_size(row.level) / (SIZES - 1) * room)
        bar = full * filled + ("-" if full == "@" else "·") * (room - filled)
        segments = [
            Segment(set_cell_size(label, _LABEL), self._style("voice--label")),
            Segment(bar, self._style(component)),
        ]
        return Strip(segments).adjust_cell_length(width, self._style()).simplify()

    def notify_style_update(self) -> None:
        """Other colours: the styles are worked out anew."""
        self._styles.clear()
        super().notify_style_update()

    def _style(self, component: str = "") -> Style:
        """The background always goes with it, or the terminal's own would show between the dots.

        Kept until the colours change: working one out costs more than drawing a row.
        """
        style = self._styles.get(component)
        if style is None:
            style = self.rich_style
            if component:
                style += self.get_component_rich_style(component, partial=True)
            self._styles[component] = style
        return style
