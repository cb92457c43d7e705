"""The older part of a conversation, out of memory: SQLite's private temporary database.

It has no name, so that nobody else opens it, and is gone with the process, however that ends.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

    from assistant.dashboard.transcript import Entry, Key

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -256;
CREATE TABLE entries (
    place INTEGER PRIMARY KEY, kind TEXT, id INTEGER, slug TEXT, words TEXT, entry BLOB, UNIQUE (kind, id)
);
"""
_OF_ONE = "(:slug = '' OR (slug = :slug AND kind != 'notice'))"


class Archive:
    """Entries in the order in which they came; where a ``slug`` is given, one persona's without notices."""

    def __init__(self) -> None:
        self._opened: sqlite3.Connection | None = None

    def append(self, entry: Entry, words: str) -> None:
        """Add an entry that is newer than all others; ``words`` is what ``find`` looks in."""
        values = (*entry.key, entry.slug, words, pickle.dumps(entry))
        self._run("INSERT INTO entries (kind, id, slug, words, entry) VALUES (?, ?, ?, ?, ?)", values)

    def replace(self, entry: Entry, words: str) -> None:
        """Put another content in the place of the entry with this key."""
        values = (words, pickle.dumps(entry), *entry.key)
        self._run("UPDATE entries SET words = ?, entry = ? WHERE kind = ? AND id = ?", values)

    def remove(self, key: Key) -> None:
        """Forget the entry with this key."""
        if self._opened:
            self._run("DELETE FROM entries WHERE kind = ? AND id = ?", key)

    def get(self, key: Key) -> Entry | None:
        """The entry with this key."""
        rows = self._rows("SELECT entry FROM entries WHERE kind = ? AND id = ?", key)
        return next((pickle.loads(entry) for (entry,) in rows), None)

    def count(self, slug: str = "") -> int:
        """How many there are."""
        rows = self._rows(f"SELECT count(*) FROM entries WHERE {_OF_ONE}", {"slug": slug})
        return next((count for (count,) in rows), 0)

    def entries(self, first: int, last: int, slug: str = "") -> list[Entry]:
        """Those from ``first`` to before ``last``, counted from the oldest."""
        question = f"SELECT entry FROM entries WHERE {_OF_ONE} ORDER BY place LIMIT :count OFFSET :first"
        values = {"slug": slug, "count": max(0, last - first), "first": first}
        return [pickle.loads(entry) for (entry,) in self._rows(question, values)]

    def index(self, key: Key, slug: str = "") -> int | None:
        """How many stand before the entry with this key; None where it is not among them."""
        values = {"kind": key[0], "id": key[1], "slug": slug}
        one = f"SELECT place FROM entries WHERE kind = :kind AND id = :id AND {_OF_ONE}"
        before = f"SELECT count(*) FROM entries WHERE place < :place AND {_OF_ONE}"
        for (place,) in self._rows(one, values):
            (count,) = next(self._rows(before, {**values, "place": place}))
            return int(count)
        return None

    def find(self, words: str, slug: str = "") -> list[Key]:
        """The keys of those that hold ``words``, which are casefolded, oldest first."""
        question = f"SELECT kind, id FROM entries WHERE instr(words, :words) AND {_OF_ONE} ORDER BY place"
        return [(kind, id) for kind, id in self._rows(question, {"words": words, "slug": slug})]

    def __iter__(self) -> Iterator[Entry]:
        for (entry,) in self._rows("SELECT entry FROM entries ORDER BY place"):
            yield pickle.loads(entry)

    def _rows(self, question: str, values: Sequence[Any] | dict[str, Any] = ()) -> Iterator[Any]:
        return iter(self._run(question, values)) if self._opened else iter(())

    def _run(self, statement: str, values: Sequence[Any] | dict[str, Any]) -> sqlite3.Cursor:
        if self._opened is None:
            import sqlite3

            self._opened = sqlite3.connect("", isolation_level=None)
            self._opened.executescript(_SCHEMA)
        return self._opened.execute(statement, values)
