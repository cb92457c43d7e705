"""Widgets that keep their lines from one paint to the next, and grounds that are one line over and over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from rich.style import Style
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.geometry import Region
    from textual.widget import Widget

    _Mixin = Widget
else:
    # Textual takes styles from the first base that is a widget, which has to be the real one.
    _Mixin = object


class Still(_Mixin):
    """Textual asks every widget near a change for all of its lines; this one finds them ready.

    To be named before the kind of widget that it is mixed into.
    """

    _lines: list[Strip]
    _lines_of: Region | None = None

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of ``crop``, drawn anew only after a refresh or other styles."""
        if crop != self._lines_of:
            self._lines = super().render_lines(crop)
            self._lines_of = crop
        return self._lines

    def refresh(self, *regions: Region, **how: Any) -> Self:
        """See ``Widget``."""
        self._lines_of = None
        return super().refresh(*regions, **how)

    def notify_style_update(self) -> None:
        """See ``Widget``."""
        self._lines_of = None
        super().notify_style_update()


class Ground(Still):
    """What others stand on, without border or text of its own: one blank line for all of its rows.

    Textual draws each row by itself, but for its own ``BLANK``, which forgets filters such as ``NO_COLOR``.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """The same line for each row of ``crop``."""
        if crop != self._lines_of:
            colour = self.background_colors[1]
            line = Strip.blank(crop.width, Style(bgcolor=colour.rich_color))
            for each in self.get_line_filters():
                line = line.apply_filter(each, colour)
            self._lines, self._lines_of = [line] * crop.height, crop
        return self._lines
