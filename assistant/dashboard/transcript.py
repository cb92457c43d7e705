"""Everything that was shown in a conversation, without a screen: in order, filtered, found, as markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.conversation.updates import MessageShown, NoticeShown, ToolShown
from assistant.dashboard.text import clean, one_line

if TYPE_CHECKING:
    from assistant.personas.model import Persona

KEPT = 30_000
"""Entries; of a longer conversation the oldest are let go (the memory file still has them)."""

Key = tuple[Literal["message", "tool", "notice"], int]
Shown = MessageShown | ToolShown | NoticeShown


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was shown, and whose persona it belongs to."""

    key: Key
    shown: Shown
    slug: str
    persona: Persona | None = None


class Transcript:
    """Entries in the order in which they began. An entry with a known key replaces the one before."""

    def __init__(self, kept: int = KEPT) -> None:
        self._entries: dict[Key, Entry] = {}
        self._gone: set[Key] = set()
        self._kept = kept
        self._notices = 0
        self._slug = ""

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, shown: Shown, persona: Persona | None = None) -> tuple[Entry, bool] | None:
        """Keep what is shown: the entry and whether it is new; None for news of one that was let go of."""
        match shown:
            case MessageShown():
                key: Key = ("message", shown.id)
                self._slug = shown.persona
            case ToolShown():
                key = ("tool", shown.id)
            case NoticeShown():
                self._notices += 1
                key = ("notice", self._notices)
        if key in self._gone:
            return None
        before = self._entries.get(key)
        entry = Entry(key, shown, before.slug if before else self._slug, persona)
        self._entries[key] = entry
        if len(self._entries) > self._kept:
            oldest = next(iter(self._entries))
            del self._entries[oldest]
            self._gone.add(oldest)
        return entry, before is None

    def remove(self, key: Key) -> None:
        """Forget an entry."""
        self._entries.pop(key, None)

    def get(self, key: Key) -> Entry | None:
        """The entry with this key."""
        return self._entries.get(key)

    def keys(self, slug: str = "") -> list[Key]:
        """All keys in order, or those of one persona's messages and tool calls."""
        if not slug:
            return list(self._entries)
        return [key for key, entry in self._entries.items() if entry.slug == slug and key[0] != "notice"]

    def find(self, words: str, keys: Sequence[Key]) -> list[Key]:
        """Those of ``keys`` whose text holds ``words``, whatever their case."""
        wanted = words.casefold()
        return [key for key in keys if wanted in plain(self._entries[key].shown).casefold()] if wanted else []

    def last_answer(self) -> str:
        """What the assistant said last; empty before it said anything."""
        said = (each.shown for each in reversed(self._entries.values()))
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
        for entry in self._entries.values():
            match entry.shown:
                case MessageShown() as message if message.final:
                    who = f"**{_who(message, entry.persona)}**{_note(message)}"
                    yield f"{who}\n\n{clean(message.text).strip()}"
                case ToolShown(name=name, status=status, result=result):
                    yield f"> `{one_line(name, 40)}` {status}: {one_line(result, 400)}".rstrip(": ")
                case NoticeShown(message=message, remedy=remedy):
                    yield f"> {one_line(f'{message} {remedy}', 400)}"


def plain(shown: Shown) -> str:
    """The text of an entry."""
    match shown:
        case MessageShown(text=text):
            return text
        case ToolShown(name=name, arguments=arguments, result=result):
            return " ".join([name, *map(str, arguments.values()), result])
        case NoticeShown(message=message, remedy=remedy):
            return f"{message} {remedy}"


def _who(message: MessageShown, persona: Persona | None) -> str:
    if message.role == "user":
        return "You"
    return one_line(persona.name if persona else message.persona, 40)


def _note(message: MessageShown) -> str:
    if message.interrupted:
        return " (interrupted)"
    return " (typed)" if message.source == "typed" else ""
