"""Find words in the conversation: a line that opens above the input line."""

from __future__ import annotations

from collections.abc import Callable
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

    _words = query_one("#search-words", Input)
    _count = query_one("#search-count", Static)

    def __init__(self, chat: Callable[[], ChatLog]) -> None:
        super().__init__(id="search")
        self._chat = chat
        self._found: list[Key] = []
        self._place = 0

    def compose(self) -> ComposeResult:
        yield Static("/", id="search-caret")
        yield Input(placeholder="Find in the conversation", id="search-words", select_on_focus=False)
        yield Static("", id="search-count")

    def open(self, words: str = "") -> None:
        """Show the line, with ``words`` in it where there are any."""
        self.display = True
        if words:
            self._words.value = words
        self._words.focus()

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        event.stop()
        self._found = self._chat().matches(event.value.strip())
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
        self._chat().go_to(self._found[self._place])

    def action_close(self) -> None:
        """Take the line and the marks away; the conversation stays where it is."""
        self._words.value = ""
        self._chat().matches("")
        self.display = False
        self.screen.query_one("#prompt").focus()
