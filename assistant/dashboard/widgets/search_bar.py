"""Find words in the conversation: a line that opens above the input line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.getters import query_one
from textual.widgets import Input, Static

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from assistant.dashboard.transcript import Key
    from assistant.dashboard.widgets.chat_log import ChatLog


class SearchBar(Horizontal):
    """Goes to the newest match while words are typed; Enter and up go back, down goes forward."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "go(-1)", "Earlier", show=False),
        Binding("down", "go(1)", "Later", show=False),
        Binding("escape", "close", "Close", show=False),
    ]

    DEFAULT_CSS = """
    SearchBar { height: 1; padding: 0 2; background: $surface; }
    #search-caret { width: 2; color: $text-accent; text-style: bold; }
    #search-count { width: auto; color: $muted; }
    #search-words, #search-words:focus {
        width: 1fr; height: 1; border: none; padding: 0; background: $surface; background-tint: $surface 0%;
        color: $foreground;
        & > .input--placeholder { color: $muted; }
    }
    """

    _words = query_one("#search-words", Input)
    _count = query_one("#search-count", Static)

    def __init__(self, chat: ChatLog, words: str = "") -> None:
        super().__init__(id="search")
        self._chat = chat
        self._begins_with = words
        self._found: list[Key] = []
        self._place = 0

    def compose(self) -> ComposeResult:
        yield Static("/", id="search-caret")
        yield Input(placeholder="Find in the conversation", id="search-words", select_on_focus=False)
        yield Static("", id="search-count")

    def on_mount(self) -> None:
        """Search at once where words were given."""
        self.begin(self._begins_with)

    def begin(self, words: str) -> None:
        """Search for ``words``, or for what is there already."""
        if words:
            self._words.value = words
        self._words.focus()

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        event.stop()
        self._found = self._chat.matches(event.value.strip())
        self._place = len(self._found)
        self.action_go(-1)

    @on(Input.Submitted)
    def _earlier(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_go(-1)

    def action_go(self, step: int) -> None:
        """To the match before or after, from the oldest to the newest again."""
        if not self._found:
            self._count.update("nothing found" if self._words.value.strip() else "")
            return
        self._place = (self._place + step) % len(self._found)
        self._count.update(f"{self._place + 1} of {len(self._found)}")
        self._chat.go_to(self._found[self._place])

    def action_close(self) -> None:
        """Take the line and the marks away; the conversation stays where it is."""
        self._chat.matches("")
        self.screen.query_one("#prompt").focus()
        self.remove()
