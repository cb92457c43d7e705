"""What every key does, made from the table of actions."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from assistant.dashboard.keymap import ACTIONS, Action, key_name

if TYPE_CHECKING:
    from textual.app import ComposeResult


class HelpScreen(ModalScreen[None]):
    """A dialog with all keys; Escape or F1 closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,enter,q", "dismiss", "Close", show=False)]

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Keys"
            dialog.border_subtitle = "Esc closes"
            yield Static(help_content())


def help_content() -> Content:
    """All actions by group: keys on the left, what they do on the right."""
    blocks = []
    for group, actions in groupby(ACTIONS, key=lambda action: action.group):
        lines = [Content.styled(group, "bold $text-accent"), *map(_line, actions)]
        blocks.append(Content("\n").join(lines))
    blocks.append(
        Content.styled(
            "Whatever you type goes to the assistant. Aloud or typed, it also\n"
            "understands “stop”, “mute”, “change to …” and “go to sleep”.",
            "$muted",
        )
    )
    return Content("\n\n").join(blocks)


def _line(action: Action) -> Content:
    keys = ", ".join(key_name(key) for key in action.key.split(","))
    return Content.assemble((f"{keys:<14}", "bold $primary"), action.help)
