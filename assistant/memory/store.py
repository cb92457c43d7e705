"""Sessions, messages and notes in one SQLite file. Every write is a transaction, on disk when it returns."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from assistant.errors import MemoryStoreError
from assistant.memory.records import Note, StoredMessage
from assistant.memory.search import NoteIndex

_log = logging.getLogger(__name__)

LONGEST_MESSAGE = 32_000
"""Characters of a message that are kept."""

LONGEST_NOTE = 2_000
"""Characters of a note; a longer one is refused."""

MOST_NOTES = 10_000
"""Notes in one file; one more is refused."""

MOST_READ = 1_000
"""Rows that one question returns at most."""

_MESSAGE = "time, role, text, persona, engine, tools, interrupted, confidence, timings"
_NOTE = "id, text, scope, created_at, dictated"


class MemoryStore:
    """An open memory file, made by ``assistant.memory.opening``. Usable from any thread, one call at a time.

    ``is_kept`` is False for a store that ends with the process. Every method raises ``MemoryStoreError`` when
    the file can no longer be read or written. ``clock`` gives seconds since the epoch.
    """

    def __init__(
        self, connection: sqlite3.Connection, *, is_kept: bool, clock: Callable[[], float] = time.time
    ) -> None:
        self.is_kept = is_kept
        self._connection = connection
        self._clock = clock
        self._lock = threading.Lock()
        self._index = NoteIndex(connection)
        # A forgotten note can be brought back while the program runs; after that it is gone.
        with self._writing():
            connection.execute("DELETE FROM notes WHERE deleted_at IS NOT NULL")

    def close(self) -> None:
        """Folds the log into the file and lets go of it."""
        with self._lock:
            self._connection.close()

    # --- messages -----------------------------------------------------------------------------------

    def start_session(self) -> int:
        """A new conversation's number."""
        with self._writing() as connection:
            return _row_id(
                connection.execute("INSERT INTO sessions (started_at) VALUES (?)", (self._clock(),))
            )

    def append_message(self, session: int, message: StoredMessage) -> int:
        """Keeps a message; its number. Text beyond ``LONGEST_MESSAGE`` is cut off."""
        with self._writing() as connection:
            cursor = connection.execute(
                f"INSERT INTO messages (session, {_MESSAGE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    session,
                    message.time,
                    message.role,
                    message.text[:LONGEST_MESSAGE],
                    message.persona,
                    message.engine,
                    json.dumps([dict(tool) for tool in message.tools], default=str),
                    message.interrupted,
                    message.confidence,
                    json.dumps(dict(message.timings)),
                ),
            )
            return _row_id(cursor)

    def last_messages(self, count: int, *, session: int | None = None) -> tuple[StoredMessage, ...]:
        """The newest messages, oldest first, of one conversation or of all."""
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT {_MESSAGE} FROM messages WHERE ?1 IS NULL OR session = ?1 ORDER BY id DESC LIMIT ?2",
                (session, _bounded(count)),
            ).fetchall()
        return tuple(_message(row) for row in reversed(rows))

    # --- notes --------------------------------------------------------------------------------------

    def add_note(self, text: str, scope: str, *, dictated: bool = False) -> Note:
        """Keeps a note. The same words again are the same note; a forgotten one comes back as it was."""
        text = " ".join(text.split())
        if not text or len(text) > LONGEST_NOTE:
            raise MemoryStoreError(
                "That is too long to remember." if text else "There is nothing to remember."
            )
        with self._writing() as connection:
            (count,) = connection.execute("SELECT count(*) FROM notes").fetchone()
            if count >= MOST_NOTES:
                raise MemoryStoreError("There is no room for another note.", "Ask me to forget some first.")
            row = connection.execute(
                f"INSERT INTO notes (text, scope, created_at, dictated) VALUES (?, ?, ?, ?)"
                f" ON CONFLICT (scope, text) DO UPDATE SET deleted_at = NULL RETURNING {_NOTE}",
                (text, scope, self._clock(), dictated),
            ).fetchone()
            self._index.add(row[0], row[1])
            return _note(row)

    def remove_note(self, note: Note) -> None:
        """Forgets a note; adding its words again brings it back as long as the program runs."""
        with self._writing() as connection:
            connection.execute("UPDATE notes SET deleted_at = ? WHERE id = ?", (self._clock(), note.id))
            self._index.remove(note.id)

    def same_note(self, text: str, scope: str) -> Note | None:
        """The note with exactly these words, whatever their case."""
        return next(iter(self._notes("scope = ? AND text = ?", (scope, " ".join(text.split())), 1)), None)

    def last_notes(self, scope: str, count: int, *, dictated: bool = False) -> tuple[Note, ...]:
        """The newest notes of a scope, newest first; with ``dictated`` only those."""
        return self._notes("scope = ? AND dictated >= ? ORDER BY id DESC", (scope, dictated), count)

    def search_notes(self, query: str, scope: str, count: int) -> tuple[Note, ...]:
        """Notes of a scope that share words with the query, the best first."""
        with self._reading():
            found = self._index.find(query, scope, _bounded(count))
        notes = {
            note.id: note for note in self._notes(f"id IN ({', '.join('?' * len(found))})", found, len(found))
        }
        return tuple(notes[each] for each in found if each in notes)

    def _notes(self, where: str, values: Sequence[object], count: int) -> tuple[Note, ...]:
        sql = f"SELECT {_NOTE} FROM notes WHERE deleted_at IS NULL AND {where} LIMIT {_bounded(count)}"
        with self._reading() as connection:
            return tuple(map(_note, connection.execute(sql, values).fetchall()))

    def erase(self) -> None:
        """Erases every note and every message for good: no trace of them stays in the file."""
        with self._writing() as connection:
            connection.execute("DELETE FROM notes")
            connection.execute("DELETE FROM messages")
            self._index.clear()
        with self._reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    # --- transactions -------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _in_sentences():
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _in_sentences():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise


@contextmanager
def _in_sentences() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        _log.exception("memory file failed")
        remedy = "Check that the disk has space and that no other program uses the file."
        raise MemoryStoreError(f"The memory file cannot be used ({error}).", remedy) from error


def _message(row: tuple[Any, ...]) -> StoredMessage:
    at, role, text, persona, engine, tools, interrupted, confidence, timings = row
    return StoredMessage(
        time=at,
        role=role,
        text=text,
        persona=persona,
        engine=engine,
        tools=tuple(json.loads(tools)),
        interrupted=bool(interrupted),
        confidence=confidence,
        timings=json.loads(timings),
    )


def _note(row: tuple[Any, ...]) -> Note:
    id, text, scope, created_at, dictated = row
    return Note(id, text, scope, created_at, bool(dictated))


def _bounded(count: int) -> int:
    return max(0, min(count, MOST_READ))


def _row_id(cursor: sqlite3.Cursor) -> int:
    return int(cursor.lastrowid or 0)
