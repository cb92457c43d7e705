"""What every key does, made from the table of actions."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from assistant.dashboard.keymap import Action
from assistant.dashboard.screens.dialog import Dialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class HelpScreen(Dialog[None]):
    """A dialog with all keys."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,q", "dismiss(None)", show=False)]
    OPENED_BY = "help"

    def __init__(self, actions: Sequence[Action]) -> None:
        super().__init__()
        self._actions = actions

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Keys"
            dialog.border_subtitle = "Esc closes"
            yield Static(help_content(self._actions))


def help_content(shown: Sequence[Action]) -> Content:
    """All actions by group: keys on the left, what they do on the right."""
    blocks = []
    for group, actions in groupby(shown, key=lambda action: action.group):
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
    keys = action.keys_shown or action.command
    return Content.assemble((f"{keys:<16}", "bold $primary"), action.help)
