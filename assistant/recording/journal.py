"""``events.jsonl``: a line that tells what the session was made of, then one for each thing it was told.

An entry is ``{"at": monotonic seconds, "in": input, "out": [effects]}``, and ``"error"`` where the session
raised one. The last line, ``{"end": why, "at": …}``, is missing when the program was killed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from assistant.errors import RecordingError
from assistant.recording.codec import encode, to_line
from assistant.recording.folder import JOURNAL, owners_only

SCHEMA = 1
"""Raised when a line means something else than before."""


class JournalWriter:
    """Appends line by line, so that whatever ends the program leaves whole lines. Raises ``OSError``."""

    def __init__(self, folder: Path, header: Mapping[str, Any]) -> None:
        self._file: IO[str] = open(  # noqa: SIM115 - closed in close()
            folder / JOURNAL, "x", 1, encoding="utf-8", errors="backslashreplace", opener=owners_only
        )
        self._write({"schema": SCHEMA, **header})

    def add(self, at: float, event: object, effects: Sequence[object], error: str = "") -> None:
        """One input at monotonic time ``at`` with what the session made of it."""
        entry = {"at": at, "in": encode(event), "out": encode(effects)}
        self._write(entry | {"error": error} if error else entry)

    def close(self, at: float, why: str) -> None:
        """Say why it ends, and close the file."""
        with self._file:
            self._write({"end": why, "at": at})

    def abandon(self) -> None:
        """Close the file without another word."""
        self._file.close()

    def _write(self, data: Mapping[str, Any]) -> None:
        self._file.write(to_line(data))


@dataclass(frozen=True, slots=True)
class Entry:
    """One input as JSON with the effects it had; ``line`` counts from 1, ``at`` is in monotonic seconds."""

    line: int
    at: float
    event: dict[str, Any]
    effects: list[Any]
    error: str


@dataclass(frozen=True, slots=True)
class Journal:
    """A journal that was read; ``end`` is empty when the program was killed."""

    header: Mapping[str, Any]
    entries: tuple[Entry, ...]
    end: str


def read_journal(folder: Path) -> Journal:
    """The journal of a recording; a last line that was cut off is left out. Raises ``RecordingError``."""
    path = folder / JOURNAL
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", "") or "it is no text"
        raise RecordingError(
            f"“{folder}” holds no recording that can be read: {JOURNAL}: {reason.lower()}.", "Check the path."
        ) from error
    lines = list(_lines(path, text))
    if not lines:
        raise RecordingError(f"“{path}” holds nothing yet.", "It was cut off before its first line ended.")
    (_, header), *rest = lines
    if header.get("schema") != SCHEMA:
        raise RecordingError(
            f"“{path}” is not a recording of schema {SCHEMA}.", "Use the version that recorded it."
        )
    end = str(rest.pop()[1]["end"]) if rest and "end" in rest[-1][1] else ""
    return Journal(header, tuple(_entry(path, number, data) for number, data in rest), end)


def _lines(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    *whole, rest = text.split("\n")  # not splitlines: what is said may hold other line separators
    for number, line in enumerate((*whole, rest) if rest else whole, start=1):
        try:
            data = json.loads(line)
        except ValueError as error:
            if number > len(whole):
                return
            raise _broken(path, number, "it is no JSON") from error
        if not isinstance(data, dict):
            raise _broken(path, number, "it is no object")
        yield number, data


def _entry(path: Path, number: int, data: Mapping[str, Any]) -> Entry:
    match data:
        case {"at": int() | float() as at, "in": dict() as event, "out": list() as effects}:
            return Entry(number, float(at), event, effects, str(data.get("error", "")))
    raise _broken(path, number, "an input, its time or its effects are missing")


def _broken(path: Path, number: int, why: str) -> RecordingError:
    return RecordingError(f"“{path}”, line {number}: {why}.", "The recording is damaged.")
