"""Choose one of a list, and see what it would be like before it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.dashboard.screens.dialog import Dialog

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content
    from textual.timer import Timer

PREVIEW_AFTER_S = 0.1
"""How long a choice has to be stayed at; a preview costs a recolouring of the whole screen."""


class Picker(Dialog[str]):
    """Gives the id of the chosen option; ``preview`` is called with the one that is stayed at.

    Taking the preview back is for whoever pushed it: the result says what holds.
    """

    HEADING: ClassVar[str] = ""

    def __init__(
        self, options: Sequence[tuple[str, Content]], current: str, preview: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._options = tuple(options)
        self._current = current
        self._preview = preview
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        options = OptionList(*(Option(text, id=id) for id, text in self._options), classes="dialog")
        options.border_title = self.HEADING
        options.border_subtitle = "Enter chooses, Esc closes"
        yield options

    def on_mount(self) -> None:
        """Begin at what holds now."""
        ids = [id for id, _ in self._options]
        self.query_one(OptionList).highlighted = ids.index(self._current) if self._current in ids else 0

    @on(OptionList.OptionHighlighted)
    def _stay(self, event: OptionList.OptionHighlighted) -> None:
        if self._waiting:
            self._waiting.stop()
        id = str(event.option_id)
        self._waiting = self.set_timer(PREVIEW_AFTER_S, lambda: self._preview(id))

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)
