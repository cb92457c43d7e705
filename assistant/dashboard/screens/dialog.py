"""What lies over the dashboard: closed by Escape, and by the key that opened it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

if TYPE_CHECKING:
    from textual.events import Key

    from assistant.dashboard.actions import ActionApp

Result = TypeVar("Result")


class Dialog(ModalScreen[Result | None]):
    """A modal screen that gives None when it is left; ``OPENED_BY`` is the id of its action."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Close", show=False)]
    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > .dialog {
        width: 72; max-width: 96%; height: auto; max-height: 90%; padding: 1 2;
        background: $surface; color: $foreground; border: round $primary; border-title-color: $text-primary;
        border-subtitle-color: $muted; scrollbar-size-vertical: 1; scrollbar-color: $panel;
        scrollbar-background: $surface;
    }
    Dialog > OptionList.dialog { padding: 1 1; }
    """
    OPENED_BY: ClassVar[str] = ""

    def on_key(self, event: Key) -> None:
        """Close on the key that opens it, whatever the user has made of it."""
        app: ActionApp = self.app  # type: ignore[assignment]
        if any(event.key in action.keys for action in app.actions if action.id == self.OPENED_BY):
            event.stop()
            self.dismiss(None)
