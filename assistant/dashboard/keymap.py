"""The one table of what keys do; bindings, key bar, help and command palette are made from it.

Every key works while the input line has the focus. Left alone are keys that line editing needs (Ctrl-A D E F
K U W), that terminals cannot tell apart (Ctrl-H I J M), that multiplexers and job control take (Ctrl-A B S
Z) and that desktops take (F10 to F12, Ctrl with arrows).
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the user can do: ``DashboardApp.action_<id>``.

    ``key`` may list several keys, the first is the one that is shown. ``everywhere`` actions work over
    dialogs too. ``rank`` orders the key bar, 0 leaves the action out of it.
    """

    id: str
    key: str
    label: str
    help: str
    group: str
    everywhere: bool = False
    rank: int = 0

    @property
    def key_shown(self) -> str:
        """The first key as people write it: ``F3``, ``Ctrl-O``."""
        return key_name(self.key.split(",")[0])


ACTIONS = (
    Action(
        "microphone", "f3,ctrl+o", "Microphone", "Close the microphone, or open it again", "Voice", True, 2
    ),
    Action(
        "talk", "f4,ctrl+t", "Talk", "Push to talk: begin your turn; press again to end it", "Voice", True, 3
    ),
    Action("stop", "escape", "Stop", "Stop what is being said or thought", "Voice", rank=1),
    Action("wake", "f8", "Wake", "Wake the assistant when it is asleep", "Voice"),
    Action("personas", "f2", "Personas", "Choose who answers", "Voice", rank=4),
    Action("voice_panel", "f5", "Dots", "Show or hide the voice dots", "View"),
    Action("persona_panel", "f6", "Persona", "Show or hide the persona", "View"),
    Action("details_panel", "f7", "Details", "Show or hide engine, latency and devices", "View", rank=6),
    Action("scroll_up", "pageup", "Earlier", "Scroll back in the conversation", "View"),
    Action("scroll_down", "pagedown", "Later", "Scroll forward in the conversation", "View"),
    Action("newest", "ctrl+end", "Newest", "Go back to the newest message", "View"),
    Action("command_palette", "ctrl+p", "Commands", "Find any command by name", "Program", rank=5),
    Action("help", "f1", "Help", "What every key does", "Program", rank=7),
    Action("interrupt", "ctrl+c", "Interrupt", "Copy the selection, else stop; twice quits", "Program", True),
    Action("quit", "ctrl+q", "Quit", "End the program", "Program", True, 8),
)
"""All actions, in the order in which help shows them."""


def bindings(*, everywhere: bool) -> list[BindingType]:
    """Textual bindings of the actions that work everywhere, or of those that stop at dialogs."""
    return [
        Binding(
            action.key,
            f"app.{action.id}",
            action.label,
            tooltip=action.help,
            id=action.id,
            priority=everywhere,
        )
        for action in ACTIONS
        if action.everywhere is everywhere
    ]


def key_name(key: str) -> str:
    """A Textual key as people write it."""
    special = {"escape": "Esc", "pageup": "PgUp", "pagedown": "PgDn"}
    return "-".join(special.get(part, part.capitalize()) for part in key.split("+"))
