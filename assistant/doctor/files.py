"""The program's folders, the memory file and the persona files; nothing of it is changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from assistant.config.locations import Locations
from assistant.doctor.finding import Finding, Status
from assistant.errors import PersonaError
from assistant.personas.load import load_library

AREA = "files"

FREE_MB = 100
"""Less than this much free space is worth a warning."""


_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def check_files(locations: Locations, config_file: Path, themes: Path) -> Iterator[Finding]:
    """Folders that can be written, room on the disk, a sound memory file, valid persona files."""
    if locations.note:
        detail, _, remedy = locations.note.rpartition(". ")
        yield Finding(AREA, Status.PROBLEM, "place", f"{detail}.", remedy)
    folders = {"data": locations.data, "state": locations.state, "settings": config_file.parent}
    for use, folder in folders.items():
        yield _check_folder(use, folder)
    yield from _check_room(locations.data)
    yield _check_memory(locations.memory_file)
    yield from _check_themes(themes)


def _check_folder(use: str, folder: Path) -> Finding:
    existing = _nearest_existing(folder)
    try:
        if existing == folder:
            # Only writing tells: quotas and read-only mounts do not show in the permissions.
            with tempfile.TemporaryFile(dir=folder):
                pass
        elif not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
            raise PermissionError(f"{existing} cannot be written to")
    except OSError as error:
        detail = f"{folder} cannot be written to ({error.strerror or error})."
        remedy = f"Make it yours: sudo chown -R $(id -un) '{existing}', or free some space."
        return Finding(AREA, Status.PROBLEM, f"{use} folder", detail, remedy)
    note = "" if existing == folder else " (made when it is needed)"
    return Finding(AREA, Status.OK, f"{use} folder", f"{folder}{note}")


def _nearest_existing(path: Path) -> Path:
    return next((place for place in (path, *path.parents) if place.exists()), Path("/"))


def _check_room(folder: Path) -> Iterator[Finding]:
    free_mb = shutil.disk_usage(_nearest_existing(folder)).free // 2**20
    if free_mb < FREE_MB:
        yield Finding(AREA, Status.WARNING, "disk", f"{free_mb} MB are free.", "Free some space.")


def _check_memory(path: Path) -> Finding:
    if not path.exists():
        return Finding(AREA, Status.OK, "memory", f"{path} (made at the first conversation)")
    try:
        # Read-only: the check neither makes nor migrates a file, also while an assistant uses it.
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)) as file:
            (verdict,) = file.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                return _damaged(path, verdict)
            (messages,) = file.execute("SELECT count(*) FROM messages").fetchone()
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
            return _damaged(path, str(error))
        detail = f"{path} cannot be read ({error})."
        return Finding(AREA, Status.PROBLEM, "memory", detail, "Make it yours, and close what else uses it.")
    return Finding(AREA, Status.OK, "memory", f"{path}: {messages} messages")


def _damaged(path: Path, verdict: str) -> Finding:
    remedy = "Put a backup in its place; otherwise the next start moves it aside and begins an empty one."
    return Finding(AREA, Status.PROBLEM, "memory", f"{path} is damaged ({verdict}).", remedy)


def _check_themes(folder: Path) -> Iterator[Finding]:
    try:
        library = load_library(folder)
    except PersonaError as error:
        yield Finding(AREA, Status.PROBLEM, "personas", error.message, error.remedy)
        return
    for failed in library.failed:
        yield Finding(AREA, Status.PROBLEM, "personas", failed.message, failed.remedy)
    names = ", ".join(library.names)
    yield Finding(AREA, Status.OK, "personas", f"{len(library.personas)} can be chosen: {names}.")
