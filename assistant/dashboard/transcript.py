"""Everything that was shown in a conversation, without a screen: in order, filtered, found, as markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal

from assistant.conversation.updates import MessageShown, NoticeShown, ToolShown
from assistant.dashboard.archive import Archive
from assistant.dashboard.text import clean, one_line

if TYPE_CHECKING:
    from assistant.personas.model import Persona

RECENT = 200
"""Entries in memory; the older ones are in the archive."""

Key = tuple[Literal["message", "tool", "notice"], int]
Shown = MessageShown | ToolShown | NoticeShown


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was shown, the slug of the persona it belongs to, and who said it."""

    key: Key
    shown: Shown
    slug: str
    glyph: str = ""
    name: str = ""


class Transcript:
    """Entries in the order in which they began. An entry with a known key replaces the one before.

    Where a ``slug`` is given, only one persona's messages and tool calls count.
    """

    def __init__(self, recent: int = RECENT) -> None:
        self._recent: dict[Key, Entry] = {}
        self._archive = Archive()
        self._archived = 0
        self._most = recent
        self._notices = 0
        self._slug = ""

    def __len__(self) -> int:
        return self._archived + len(self._recent)

    def put(self, shown: Shown, persona: Persona | None = None) -> tuple[Entry, bool]:
        """Keep what is shown: the entry, and whether it is new."""
        match shown:
            case MessageShown():
                key: Key = ("message", shown.id)
                self._slug = shown.persona
            case ToolShown():
                key = ("tool", shown.id)
            case NoticeShown():
                self._notices += 1
                key = ("notice", self._notices)
        before = self.get(key)
        who = (persona.glyph, persona.name) if persona else ("", "")
        entry = Entry(key, shown, before.slug if before else self._slug, *who)
        if before and key not in self._recent:
            self._archive.replace(entry, _words(entry))
        else:
            self._recent[key] = entry
        if len(self._recent) > self._most:
            oldest = self._recent.pop(next(iter(self._recent)))
            self._archive.append(oldest, _words(oldest))
            self._archived += 1
        return entry, before is None

    def remove(self, key: Key) -> None:
        """Forget an entry."""
        if self._recent.pop(key, None) is None and self._archive.get(key):
            self._archive.remove(key)
            self._archived -= 1

    def get(self, key: Key) -> Entry | None:
        """The entry with this key."""
        return self._recent.get(key) or (self._archive.get(key) if self._archived else None)

    def count(self, slug: str = "") -> int:
        """How many there are."""
        return self._archive.count(slug) + len(self._newest(slug))

    def entries(self, first: int, last: int, slug: str = "") -> list[Entry]:
        """Those from ``first`` to before ``last``, counted from the oldest."""
        archived = self._archive.count(slug) if slug else self._archived
        older = self._archive.entries(first, min(last, archived), slug) if first < archived else []
        return older + self._newest(slug)[max(0, first - archived) : max(0, last - archived)]

    def index(self, key: Key, slug: str = "") -> int | None:
        """How many stand before the entry with this key; None where it is not among them."""
        newest = [entry.key for entry in self._newest(slug)]
        if key in newest:
            return self._archive.count(slug) + newest.index(key)
        return self._archive.index(key, slug)

    def find(self, words: str, slug: str = "") -> list[Key]:
        """The keys of those whose text holds ``words``, whatever their case, oldest first."""
        wanted = words.casefold()
        if not wanted:
            return []
        newest = [entry.key for entry in self._newest(slug) if wanted in _words(entry)]
        return self._archive.find(wanted, slug) + newest

    def last_answer(self) -> str:
        """What the assistant said last; empty before it said anything."""
        said = (each.shown for each in reversed(self._recent.values()))
        return next(
            (
                clean(each.text)
                for each in said
                if isinstance(each, MessageShown) and each.role == "assistant"
            ),
            "",
        )

    def markdown(self, title: str) -> Iterator[str]:
        """The conversation as blocks of markdown."""
        yield f"# {title}"
        for entry in chain(self._archive, self._recent.values()):
            match entry.shown:
                case MessageShown() as message if message.final:
                    who = f"**{_who(message, entry.name)}**{_note(message)}"
                    yield f"{who}\n\n{clean(message.text).strip()}"
                case ToolShown(name=name, status=status, result=result):
                    yield f"> `{one_line(name, 40)}` {status}: {one_line(result, 400)}".rstrip(": ")
                case NoticeShown(message=message, remedy=remedy):
                    yield f"> {one_line(f'{message} {remedy}', 400)}"

    def _newest(self, slug: str) -> list[Entry]:
        newest = self._recent.values()
        return [each for each in newest if not slug or (each.slug == slug and each.key[0] != "notice")]


def plain(shown: Shown) -> str:
    """The text of an entry."""
    match shown:
        case MessageShown(text=text):
            return text
        case ToolShown(name=name, arguments=arguments, result=result):
            return " ".join([name, *map(str, arguments.values()), result])
        case NoticeShown(message=message, remedy=remedy):
            return f"{message} {remedy}"


def _words(entry: Entry) -> str:
    return plain(entry.shown).casefold()


def _who(message: MessageShown, name: str) -> str:
    return "You" if message.role == "user" else one_line(name or message.persona, 40)


def _note(message: MessageShown) -> str:
    if message.interrupted:
        return " (interrupted)"
    return " (typed)" if message.source == "typed" else ""
