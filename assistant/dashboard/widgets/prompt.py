"""The input line: Enter sends; what was said before, typed or spoken, can be brought back and changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input

from assistant.dashboard.text import clean

LONGEST = 20_000
"""Characters that a line takes: the whole of it is measured and drawn again with every key."""

_REMEMBERED = 200


class Prompt(Input):
    """A line for typed turns; whatever is typed goes to the assistant."""

    @dataclass
    class Entered(Message):
        """A line was sent."""

        text: str

    def __init__(self) -> None:
        super().__init__(id="prompt", select_on_focus=False)
        # Blinking would paint twice a second, all day.
        self.cursor_blink = False
        self._sent: list[str] = []
        self._draft = ""
        self._place = 0

    def complete(self, commands: Sequence[str]) -> None:
        """Complete these while they are typed; the right arrow takes what is offered."""
        self.suggester = SuggestFromList(commands, case_sensitive=False)

    def on_paste(self, event: events.Paste) -> None:
        """Take all lines; Textual's own takes the first."""
        event.prevent_default()
        event.stop()
        self.replace(event.text, *self.selection)

    def replace(self, text: str, start: int, end: int) -> None:
        """See ``Input``. Several lines become one; what is too long for it is left out, and said."""
        line = " ".join(clean(text).splitlines())
        room = max(0, LONGEST - len(self.value) + abs(end - start))
        if len(line) > room:
            self.app.notify(f"A line holds {LONGEST:,} characters; the rest was left out.", markup=False)
        super().replace(line[:room], start, end)

    async def action_submit(self) -> None:
        """Send the line unless it is blank, and clear it."""
        line = self.value.strip()
        if not line:
            return
        self.value = self._draft = ""
        self.remember(line)
        self._place = len(self._sent)
        self.post_message(self.Entered(line))

    def remember(self, line: str) -> None:
        """Have ``line`` among those that can be brought back."""
        following = self._place == len(self._sent)
        self._sent = [*self._sent[-_REMEMBERED + 1 :], " ".join(line.split())]
        self._place = len(self._sent) if following else min(self._place, len(self._sent) - 1)

    def earlier(self) -> None:
        """Show the line sent before this one; what was being typed is kept."""
        if self._place == len(self._sent):
            self._draft = self.value
        self._show(max(0, self._place - 1))

    def later(self) -> None:
        """Show the line sent after this one, at the end what was being typed."""
        self._show(min(len(self._sent), self._place + 1))

    def _show(self, place: int) -> None:
        if place == self._place:
            return
        self._place = place
        self.value = (*self._sent, self._draft)[place]
        self.cursor_position = len(self.value)
