"""Finds notes by their words: FTS5 where this SQLite has it, plain comparison where not.

The index is temporary and lives in this process's memory: the file holds every note exactly once, so a note
that is forgotten leaves no trace, and a file moves between machines with and without FTS5.
"""

from __future__ import annotations

import re
import sqlite3

_WORD = re.compile(r"\w+")
_MODULE = "fts5"
_MOST_WORDS = 24
_COMMON = frozenset(
    _WORD.findall(
        "a about an and are as at be been but by can could did do does for from had has have how i if in into"
        " is it its just know like me my of on or our please recall remember so tell than that the their them"
        " then there these they this to was we were what when where which who whom whose why will with would"
        " you your"
    )
)


class NoteIndex:
    """Notes' ids by words; kept in step by ``MemoryStore``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._seen_version = -1
        try:
            connection.execute(
                "CREATE VIRTUAL TABLE temp.note_words"
                f" USING {_MODULE}(text, tokenize = 'porter unicode61 remove_diacritics 2')"
            )
            self._has_fts = True
        except sqlite3.OperationalError:
            self._has_fts = False

    def add(self, note: int, text: str) -> None:
        """A note that can be found from now on."""
        if self._has_fts:
            self._connection.execute(
                "INSERT OR REPLACE INTO note_words (rowid, text) VALUES (?, ?)", (note, text)
            )

    def remove(self, note: int) -> None:
        """A note that can no longer be found."""
        if self._has_fts:
            self._connection.execute("DELETE FROM note_words WHERE rowid = ?", (note,))

    def clear(self) -> None:
        """Forgets all notes."""
        if self._has_fts:
            self._connection.execute("DELETE FROM note_words")

    def find(self, query: str, scope: str, limit: int) -> list[int]:
        """Ids of at most ``limit`` notes of this scope that share a word with the query, the best first."""
        words = content_words(query)
        if not words:
            return []
        if not self._has_fts:
            return self._compare(words, scope, limit)
        self._follow_other_processes()
        # Every word is quoted: a query is never a search expression.
        expression = " OR ".join(f'"{word}"' for word in words)
        rows = self._connection.execute(
            "SELECT notes.id FROM note_words JOIN notes ON notes.id = note_words.rowid "
            "WHERE note_words MATCH ? AND notes.scope = ? AND notes.deleted_at IS NULL "
            "ORDER BY bm25(note_words), notes.id DESC LIMIT ?",
            (expression, scope, limit),
        )
        return [note for (note,) in rows]

    def _follow_other_processes(self) -> None:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._seen_version:
            self._seen_version = version
            self._connection.execute("DELETE FROM note_words")
            self._connection.execute(
                "INSERT INTO note_words (rowid, text) SELECT id, text FROM notes WHERE deleted_at IS NULL"
            )

    def _compare(self, words: list[str], scope: str, limit: int) -> list[int]:
        hits = " + ".join(["(text LIKE ? ESCAPE '!')"] * len(words))
        patterns = [f"%{word.replace('_', '!_')}%" for word in words]
        rows = self._connection.execute(
            f"SELECT id FROM (SELECT id, {hits} AS hits FROM notes WHERE scope = ? AND deleted_at IS NULL) "
            "WHERE hits > 0 ORDER BY hits DESC, id DESC LIMIT ?",
            (*patterns, scope, limit),
        )
        return [note for (note,) in rows]


def content_words(text: str) -> list[str]:
    """The words that tell what a text is about, each once; all of them where only common ones are left."""
    words = list(dict.fromkeys(_WORD.findall(text.casefold())))
    return ([word for word in words if word not in _COMMON] or words)[:_MOST_WORDS]
