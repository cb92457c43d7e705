"""Both voices as dots that are born on the left, sized by loudness, and drift to the right."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar, Self

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.geometry import Region
from textual.reactive import reactive, var
from textual.strip import Strip
from textual.widget import Widget

from assistant.conversation.updates import LevelsShown
from assistant.dashboard.look import Look
from assistant.dashboard.text import one_line
from assistant.dashboard.theming.ascii import ASCII
from assistant.dashboard.theming.theme import dot_glyphs
from assistant.dashboard.widgets.dots import SILENCE_DB, SIZES, DotRow, dot_size

if TYPE_CHECKING:
    from rich.style import Style
    from textual.timer import Timer

    from assistant.personas.model import Persona

LOOKS_PER_SECOND = 5
"""How often the picture moves on where no levels come; those, 20 a second, bring a frame each."""

_LABEL = 12
_METER = 24


class VoiceVisualizerPanel(Widget):
    """Two rows: the microphone's level and the assistant's voice.

    ``clock`` gives seconds that never go back. Frames only look at it: a late one changes nothing but time.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"voice--label", "voice--microphone", "voice--assistant"}

    persona: reactive[Persona | None] = reactive(None)
    microphone_open: reactive[bool] = reactive(False)
    levels: var[LevelsShown] = var(LevelsShown(SILENCE_DB, SILENCE_DB))
    """The newest that were told, in dBFS."""

    look: reactive[Look] = reactive(Look())

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(id="voice")
        self._clock = clock
        self._styles: dict[str, Style] = {}
        self._strips: dict[int, Strip] = {}
        now = clock()
        self.microphone = DotRow(now)
        self.assistant = DotRow(now)
        self._timer: Timer | None = None
        self._left = self._width = 0

    def on_mount(self) -> None:
        """The timer runs only while there is something to see."""
        self._timer = self.set_interval(1 / LOOKS_PER_SECOND, self.advance, pause=True)

    def on_resize(self) -> None:
        """Another width has other lines."""
        self._left, self._width = -self.styles.padding.left, self.outer_size.width
        self.refresh()

    def show_levels(self, levels: LevelsShown) -> None:
        """The newest levels in dBFS; a closed microphone is silent whatever it reports."""
        self.levels = levels
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
        changed = self.microphone.advance(now) if is_open else self.microphone.hear(SILENCE_DB, now)
        self._follow(changed, self.assistant.advance(now))
        self.refresh()

    @property
    def at_rest(self) -> bool:
        """Whether no frame is needed: the microphone is closed, nothing sounds and no dot is left."""
        return not self.microphone_open and self.microphone.at_rest and self.assistant.at_rest

    def _follow(self, microphone: bool, assistant: bool) -> None:
        rows = [row for row, changed in enumerate((microphone, assistant)) if changed]
        if rows:
            # Padding and all: a strip that is painted whole need not be cut.
            self.refresh(*(Region(self._left, row, self._width, 1) for row in rows))
        if self._timer is None or not self.look.motion:
            return
        if self.at_rest:
            self._timer.pause()
        else:
            self._timer.resume()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows with their padding. Borders and titles are what Textual's own way spends its time on."""
        strips = [self._strips.get(y) or self._draw(y) for y in crop.line_range]
        return [strip.crop(*crop.column_span) for strip in strips]

    def _draw(self, y: int) -> Strip:
        padding, ground = self.styles.padding, self._style()
        left, right = (Segment(" " * cells, ground) for cells in (padding.left, padding.right))
        strip = Strip([left, *self.render_line(y - padding.top), right], self._width)
        if self.look.glyphs == "ascii":
            strip = strip.apply_filter(ASCII, self.background_colors[1])
        self._strips[y] = strip
        return strip

    def refresh(self, *regions: Region, **how: Any) -> Self:
        """See ``Widget``."""
        if regions:
            for y in chain.from_iterable(region.line_range for region in regions):
                self._strips.pop(y + self.styles.padding.top, None)
        else:
            self._strips.clear()
        return super().refresh(*regions, **how)

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
        # Labels and dots are as wide as is said here: nobody need count the cells of every frame.
        dots = "".join(map(glyphs.__getitem__, row.row(max(0, width - _LABEL))))
        segments = [Segment(set_cell_size(label, _LABEL), label_style), Segment(dots, dot_style)]
        return Strip(segments, _LABEL + len(dots)).crop(0, width)

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
        self._strips.clear()
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
            for each in self.get_line_filters():
                # Filters of colours see a style once instead of every line that is drawn in it.
                style = each.apply([Segment(" ", style)], self.background_colors[1])[0].style or style
            self._styles[component] = style
        return style
