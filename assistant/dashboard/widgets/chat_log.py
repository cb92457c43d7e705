"""The conversation: messages of both sides, tool calls and notices in the order in which they began."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from assistant.conversation.updates import MessageShown, NoticeShown, ToolShown
from assistant.dashboard.widgets.entries import MessageEntry, NoticeEntry, ToolEntry

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from assistant.personas.model import Persona

LIVE_ENTRIES = 150
"""How many entries stay on the screen's tree; the cost of a repaint grows with them."""
FOLD_AT_ONCE = 25

_Key = tuple[Literal["message", "tool"], int]
_Entry = MessageEntry | ToolEntry


class ChatLog(VerticalScroll, can_focus=False):
    """Follows the newest entry unless the user has scrolled back; folds the oldest away."""

    _list = query_one("#entries", Vertical)

    def __init__(self) -> None:
        super().__init__(id="chat")
        self._entries: dict[_Key, _Entry] = {}
        self._folded: set[_Key] = set()
        self._folded_count = 0

    def compose(self) -> ComposeResult:
        with Vertical(id="entries"):
            yield Static(_WELCOME, id="welcome")
            yield Static("", id="fold")

    def on_mount(self) -> None:
        """Follow the newest entry from the start."""
        self.anchor()

    def show_message(self, message: MessageShown, persona: Persona | None) -> None:
        """Add or replace a message; an empty final one is taken away."""
        key: _Key = ("message", message.id)
        entry = self._entries.get(key)
        if message.final and not message.text:
            self._entries.pop(key, None)
            if entry is not None:
                entry.remove()
        elif isinstance(entry, MessageEntry):
            entry.show(message)
        elif key not in self._folded:
            self._add(MessageEntry(message, persona), key)

    def show_tool(self, tool: ToolShown) -> None:
        """Add or replace a tool call."""
        key: _Key = ("tool", tool.id)
        entry = self._entries.get(key)
        if isinstance(entry, ToolEntry):
            entry.show(tool)
        elif key not in self._folded:
            self._add(ToolEntry(tool), key)

    def show_notice(self, notice: NoticeShown) -> None:
        """Add a notice."""
        self._add(NoticeEntry(notice))

    def go_to_newest(self) -> None:
        """Follow the newest entry again."""
        self.anchor()

    def _add(self, entry: _Entry | NoticeEntry, key: _Key | None = None) -> None:
        if key:
            self._entries[key] = entry  # type: ignore[assignment]
        self.query_one("#welcome").display = False
        self._list.mount(entry)
        self._fold()

    def _fold(self) -> None:
        """Take the oldest entries away once there are too many; but not while someone reads them."""
        entries = list(self._list.query_children(".entry"))
        if len(entries) < LIVE_ENTRIES + FOLD_AT_ONCE or not self.is_vertical_scroll_end:
            return
        gone = set(entries[: len(entries) - LIVE_ENTRIES])
        self._folded |= {key for key, entry in self._entries.items() if entry in gone}
        self._entries = {key: entry for key, entry in self._entries.items() if entry not in gone}
        self._folded_count += len(gone)
        fold = self.query_one("#fold", Static)
        fold.update(Content(f"▴ {self._folded_count} earlier entries are folded away"))
        fold.display = True
        self._list.remove_children(list(gone))


_WELCOME = Content.assemble(
    ("Say hello.\n\n", "bold $primary"),
    ("Or type a line below and press Enter.\n", "$muted"),
    ("F1 shows every key, F2 who you can talk to.", "$muted"),
)
