"""The conversation: messages of both sides, tool calls and notices in the order in which they began.

The transcript holds all of them; on the screen's tree is only a window of it, which moves with scrolling: the
cost of laying out, recolouring and streaming grows with what is on the tree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from assistant.conversation.updates import MessageShown
from assistant.dashboard.transcript import Entry, Key, Shown, Transcript
from assistant.dashboard.widgets.entries import ShownEntry, make_entry
from assistant.dashboard.widgets.still import Ground

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from assistant.personas.model import Persona

WINDOW = 24
"""Entries on the tree while the newest is followed, in a terminal of usual height."""
STEP = 8
"""Entries by which the window moves and may be longer."""


class Entries(Ground, Vertical):
    """The ground that entries stand on."""


class ChatLog(Ground, VerticalScroll, can_focus=False):
    """Follows the newest entry unless the user has scrolled back."""

    _list = query_one("#entries", Vertical)

    def __init__(self) -> None:
        super().__init__(id="chat")
        self.transcript = Transcript()
        self._count = self._first = self._last = 0
        self._live: dict[Key, ShownEntry] = {}
        self._only = ""
        self._words = ""
        self._settling = False
        self._welcome = Static(_WELCOME, id="welcome")
        self._earlier = Static("", id="earlier", classes="marker")
        self._later = Static("", id="later", classes="marker")

    def compose(self) -> ComposeResult:
        yield Entries(self._welcome, self._earlier, self._later, id="entries")

    def on_mount(self) -> None:
        """Follow the newest entry from the start."""
        self.anchor()

    # --- what happens -----------------------------------------------------------------------------------

    def show(self, shown: Shown, persona: Persona | None = None) -> None:
        """Add or replace an entry; an empty final message is taken away."""
        entry, is_new = self.transcript.put(shown, persona)
        if isinstance(shown, MessageShown) and shown.final and not shown.text:
            self._take_away(entry.key, counted=not is_new)
        elif widget := self._live.get(entry.key):
            widget.show(shown)
        elif is_new and (not self._only or (entry.slug == self._only and entry.key[0] != "notice")):
            self._append()

    def _append(self) -> None:
        self._count += 1
        first, reads_back = self._first, not self.is_vertical_scroll_end
        if self._count - first > self._window + STEP and not reads_back:
            first = self._count - self._window
        if self._last == self._count - 1 and self._count - first <= self._window + 2 * STEP:
            self._open(first, self._count)
        self._mark()

    def _take_away(self, key: Key, *, counted: bool) -> None:
        place = self.transcript.index(key, self._only)
        self.transcript.remove(key)
        if place is None or not counted:
            return
        self._count -= 1
        self._first -= place < self._first
        self._last -= place < self._last
        if widget := self._live.pop(key, None):
            widget.remove()

    @property
    def _window(self) -> int:
        """Entries on the tree: enough for two screens of the shortest, which take three rows."""
        return max(WINDOW, self.size.height * 2 // 3)

    # --- where the user looks ---------------------------------------------------------------------------

    def go_to_newest(self) -> None:
        """Follow the newest entry again."""
        if self._last < self._count:
            self._open_newest()
        self.anchor()

    def _open_newest(self) -> None:
        self._open(self._count - self._window, self._count)

    @property
    def is_filtered(self) -> bool:
        """Whether only one persona's part is shown."""
        return bool(self._only)

    def only(self, slug: str) -> None:
        """Show the messages and tool calls of one persona; everything where ``slug`` is empty."""
        self._only = slug
        self._open(0, 0)
        self._count = self.transcript.count(slug)
        self._open_newest()
        self.anchor()

    def matches(self, words: str) -> list[Key]:
        """The entries that hold ``words``, oldest first; the words are marked wherever they are shown."""
        self._words = words
        for widget in self._live.values():
            widget.mark(words)
        return self.transcript.find(words, self._only)

    def go_to(self, key: Key) -> None:
        """Bring an entry into sight, wherever it is."""
        self.release_anchor()
        if key not in self._live:
            place = self.transcript.index(key, self._only) or 0
            self._open(place - self._window // 2, place + self._window // 2)
        self.call_after_refresh(self.scroll_to_widget, self._live[key], animate=False, center=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Near either end of the window, move it, with what is in sight left where it is."""
        super().watch_scroll_y(old_value, new_value)
        if self._settling or not self._live:
            return
        if new_value < old_value and new_value < self.size.height and self._first > 0:
            first = max(0, self._first - STEP)
            held = next(iter(self._live.values()))
            self._move(first, min(self._last, first + self._window + STEP), held)
        elif new_value > old_value and new_value >= self.max_scroll_y - 1 and self._last < self._count:
            last = min(self._count, self._last + STEP)
            held = next(reversed(self._live.values()))
            self._move(max(self._first, last - self._window - STEP), last, held)

    def _move(self, first: int, last: int, widget: ShownEntry) -> None:
        place = widget.virtual_region.y - self.scroll_y
        self._settling = True
        self._open(first, last)
        self.call_after_refresh(self._settle, widget, place)

    def _settle(self, widget: ShownEntry, place: float) -> None:
        self.scroll_to(y=widget.virtual_region.y - place, animate=False, force=True, immediate=True)
        self._settling = False

    def _open(self, first: int, last: int) -> None:
        """Have exactly the entries from ``first`` to before ``last`` on the tree."""
        first, last = max(0, first), min(last, self._count)
        entries = {entry.key: entry for entry in self.transcript.entries(first, last, self._only)}
        wanted = list(entries)
        gone = self._live.keys() - entries.keys()
        if gone:
            self._list.remove_children([self._live.pop(key) for key in gone])
        in_front = max(0, self._first - first) if self._live else 0
        front = [key for key in wanted[:in_front] if key not in self._live]
        back = [key for key in wanted[in_front:] if key not in self._live]
        made = {key: self._make(entries[key]) for key in (*front, *back)}
        if front:
            self._list.mount(*(made[key] for key in front), after=self._earlier)
        if back:
            self._list.mount(*(made[key] for key in back), before=self._later)
        known = self._live | made
        self._live = {key: known[key] for key in wanted}
        self._first, self._last = first, last
        self._mark()

    def _make(self, entry: Entry) -> ShownEntry:
        widget = make_entry(entry)
        widget.mark(self._words)
        return widget

    def _mark(self) -> None:
        self._welcome.display = not self._count
        later = self._count - self._last
        for marker, count, text in (
            (self._earlier, self._first, f"▴ {self._first} earlier"),
            (self._later, later, f"▾ {later} later"),
        ):
            if marker.display or count:
                marker.display = count > 0
                marker.update(Content(text))


_WELCOME = Content.assemble(
    ("Say hello.\n\n", "bold $primary"),
    ("Or type a line below and press Enter.\n", "$muted"),
    ("F1 shows every key, F2 who you can talk to.", "$muted"),
)
