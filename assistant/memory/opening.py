"""Opens the memory file: private, current, sound. A damaged file is moved aside, never deleted."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from assistant.errors import MemoryStoreError
from assistant.memory.store import MemoryStore

_log = logging.getLogger(__name__)

_NOTHING_KEPT = "Until then nothing that is said will be kept."
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True, slots=True)
class OpenedMemory:
    """A store that works, and what the user must know about it: a damaged file replaced, or nothing kept."""

    store: MemoryStore
    warning: MemoryStoreError | None = None


def open_memory(path: Path) -> OpenedMemory:
    """The store at ``path``; where that is impossible, one that lasts only as long as the process.

    Never raises ``MemoryStoreError``: a conversation needs no disk. ``store.is_kept`` tells which one it is.
    """
    try:
        try:
            return OpenedMemory(_open_file(path))
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            aside = _move_aside(path)
            return OpenedMemory(_open_file(path), _damaged(path, aside))
    except MemoryStoreError as error:
        return OpenedMemory(open_temporary_store(), error)
    except (OSError, sqlite3.Error) as error:
        _log.warning("memory file %s cannot be opened", path, exc_info=error)
        return OpenedMemory(open_temporary_store(), _unusable(path, error))


def open_temporary_store() -> MemoryStore:
    """A store that keeps nothing beyond the process."""
    connection = _connect(":memory:")
    _migrate(connection)
    return MemoryStore(connection, is_kept=False)


def _open_file(path: Path) -> MemoryStore:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # SQLite gives its -wal and -shm files the permissions of the database file.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)
    connection = _connect(str(path))
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        _check(connection)
        _migrate(connection)
        return MemoryStore(connection, is_kept=True)
    except BaseException:
        connection.close()
        raise


def _connect(place: str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, timeout=2.0, isolation_level=None, check_same_thread=False)
    # FULL: a power cut loses at most the message being written; it costs about 4 ms a message.
    for pragma in (
        "synchronous = FULL",
        "fullfsync = 1",
        "foreign_keys = 1",
        "secure_delete = 1",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _check(connection: sqlite3.Connection) -> None:
    (finding,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if finding != "ok":
        error = sqlite3.DatabaseError(finding)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _migrate(connection: sqlite3.Connection) -> None:
    """Runs the numbered SQL files above ``user_version``, each in one transaction with its new number."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    scripts = sorted((files("assistant.memory") / "migrations").iterdir(), key=lambda script: script.name)
    numbered = [(int(script.name[:4]), script) for script in scripts if script.name.endswith(".sql")]
    if version > numbered[-1][0]:
        raise MemoryStoreError(
            "The memory file was written by a newer version of this program.",
            f"Install that version again. {_NOTHING_KEPT}",
        )
    for number, script in numbered:
        if number > version:
            sql = script.read_text(encoding="utf-8")
            connection.executescript(f"BEGIN IMMEDIATE; {sql} PRAGMA user_version = {number}; COMMIT;")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def _move_aside(path: Path) -> Path:
    """Renames the file, with its log and index, to a free name that tells the time."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    names = (
        path.with_name(f"{path.stem}-damaged-{stamp}{extra}{path.suffix}") for extra in ("", "-2", "-3", "-4")
    )
    aside = next(name for name in names if not name.exists())
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    _log.error("memory file %s is damaged, moved to %s", path, aside)
    return aside


def _damaged(path: Path, aside: Path) -> MemoryStoreError:
    return MemoryStoreError(
        f"The memory file was damaged; it was moved to {aside.name} and an empty one took its place.",
        f"Its folder is {path.parent}; put a backup back there while the program is closed.",
    )


def _unusable(path: Path, error: OSError | sqlite3.Error) -> MemoryStoreError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    is_busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    remedy = "Close the program that uses it." if is_busy else "Make its folder writable, or free some space."
    return MemoryStoreError(f"The memory file {path} cannot be used ({reason}).", f"{remedy} {_NOTHING_KEPT}")
