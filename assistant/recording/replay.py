"""Runs the inputs of a recorded conversation through a session made anew, and compares what it decides.

The session is pure: with the recorded state, personas, inputs and times it must decide the same again.
What carried its decisions out, memory, tools and text engine, comes back as recorded inputs and is not run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant import __version__
from assistant.conversation.session import Session
from assistant.conversation.state import SessionState, session_from
from assistant.errors import RecordingError
from assistant.personas.load import Library
from assistant.personas.model import Persona
from assistant.recording.codec import CLASS, decode, encode, to_line
from assistant.recording.differences import first_difference
from assistant.recording.journal import Entry, Journal, read_journal
from assistant.tools.registry import default_registry

_DAMAGED = "The recording is damaged."


@dataclass(frozen=True, slots=True)
class Difference:
    """The first input after which the session decided something else, and what."""

    entry: Entry
    what: str


def replay_session(folder: Path, write: Callable[[str], object]) -> bool:
    """Replay the recording in ``folder`` and tell line by line how it went; True when all was the same.

    Raises ``RecordingError`` for a recording that cannot be read.
    """
    journal = read_journal(folder)
    begun = float(journal.header.get("at", 0.0))
    write(f"Recorded {journal.header.get('begun', 'at an unknown time')} by {_version(journal)}.")
    if not journal.end:
        write("It was cut off: the program did not end it.")
    found = find_difference(journal)
    if found is None:
        length = journal.entries[-1].at - begun if journal.entries else 0.0
        write(f"All {len(journal.entries)} inputs of {length:.1f} s have the same effects again.")
        return True
    write(f"It goes another way {found.entry.at - begun:.1f} s after the start (line {found.entry.line}).")
    write(f"  input: {to_line(found.entry.event).strip()[:300]}")
    write(f"  effects: {found.what}.")
    return False


def find_difference(journal: Journal) -> Difference | None:
    """The first difference, None where there is none. Raises ``RecordingError``."""
    session = session_of(journal)
    for entry in journal.entries:
        try:
            event = decode(entry.event)
        except RecordingError as error:
            raise RecordingError(f"Line {entry.line}: {error.message}", _DAMAGED) from error
        if CLASS not in entry.event:
            raise RecordingError(f"Line {entry.line} has an input without a class.", _DAMAGED)
        effects: Any = []
        failure = ""
        try:
            effects = json.loads(to_line(encode(session.handle(event, entry.at))))
        except Exception as error:
            failure = repr(error)
        what = first_difference(entry.effects, effects) or first_difference(
            entry.error, failure, "the session's error"
        )
        if what:
            return Difference(entry, what)
    return None


def session_of(journal: Journal) -> Session:
    """The session as it was when the recording began. Raises ``RecordingError``."""
    state = decode(journal.header.get("state"))
    if not isinstance(state, SessionState):
        raise RecordingError("The recording does not say what the session began with.", _DAMAGED)
    return session_from(state, library_of(journal), default_registry())


def library_of(journal: Journal) -> Library:
    """The personas of that time. Raises ``RecordingError``."""
    try:
        personas = tuple(Persona.model_validate(each) for each in journal.header.get("personas", ()))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        message = f"A persona of the recording cannot be used: {where}: {first['msg']}."
        raise RecordingError(message, "Use the version that recorded it.") from error
    if not personas:
        raise RecordingError("The recording holds no persona.", _DAMAGED)
    return Library(personas)


def _version(journal: Journal) -> str:
    versions = journal.header.get("versions")
    recorded = versions.get("assistant", "unknown") if isinstance(versions, Mapping) else "unknown"
    now = "" if recorded == __version__ else f" (this is {__version__})"
    return f"version {recorded}{now}"
