"""Records a conversation while it runs: the journal here, the sound in the engine process."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.config.settings import Settings
from assistant.conversation.effects import Effect, Input
from assistant.conversation.state import SessionState
from assistant.conversation.updates import NoticeShown, RecordingShown, Update
from assistant.engine.protocol import (
    Command,
    EngineReady,
    RecordingFailed,
    StartRecording,
    StopRecording,
)
from assistant.errors import RecordingError
from assistant.personas.load import Library
from assistant.recording.about import about
from assistant.recording.codec import encode
from assistant.recording.folder import LONGEST_S, SOUND, new_folder, remove_old
from assistant.recording.journal import JournalWriter
from assistant.severity import Severity

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Running:
    folder: Path
    journal: JournalWriter
    begun: float


class Recorder:
    """One recording at a time under ``parent``; its failures are told and never reach the conversation.

    ``settings`` are part of what it says of the program. ``keeps_house`` lets old recordings under ``parent``
    go when the program starts and when a new one begins.
    """

    def __init__(self, parent: Path, settings: Settings, *, keeps_house: bool = False) -> None:
        self._parent = parent
        self._settings = settings
        self._keeps_house = keeps_house
        self._running: _Running | None = None
        self._show: Callable[[Update], None] = lambda update: None
        self._send: Callable[[Command], None] = lambda command: None

    def attach(self, show: Callable[[Update], None], send: Callable[[Command], None]) -> None:
        """Where updates and commands to the engine go; the program starts, and recordings grown old go."""
        self._show, self._send = show, send
        with contextlib.suppress(OSError):
            if self._keeps_house and (removed := remove_old(self._parent, time.time())):
                log.info("%d old recordings were removed", removed)

    @property
    def is_on(self) -> bool:
        """True while it records."""
        return self._running is not None

    def begin(self, state: SessionState, library: Library, now: float) -> None:
        """Record from monotonic time ``now`` on, from a session in this state with these personas."""
        if self._running is not None:
            return
        try:
            removed = remove_old(self._parent, time.time()) if self._keeps_house else 0
            folder = new_folder(self._parent)
            header = {
                "at": now,
                "begun": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
                **about(self._settings, library),
            }
            journal = JournalWriter(folder, {**header, "state": encode(state)})
        except RecordingError as error:
            self._show(NoticeShown(Severity.ERROR, error.message, error.remedy))
            return
        except OSError as error:
            self._show(_failure(error))
            return
        self._running = _Running(folder, journal, now)
        self._send(self._command(self._running))
        self._show(RecordingShown(str(folder)))
        note = f"Both voices, and all that is typed and understood, are recorded to {folder}."
        self._show(NoticeShown(Severity.INFO, note, f"{removed} old recordings went." if removed else ""))

    def note(self, event: Input, now: float, effects: Sequence[Effect], error: str = "") -> None:
        """Write down what the session was told at ``now``, and what it made of it."""
        running = self._running
        if running is None:
            return
        try:
            running.journal.add(now, event, effects, error)
        except OSError as failure:
            self._give_up(_failure(failure))
            return
        match event:
            case RecordingFailed(message, remedy):
                self._give_up(NoticeShown(Severity.ERROR, message, remedy))
            case EngineReady():
                self._send(self._command(running))
            case _ if now - running.begun > LONGEST_S:
                minutes = round(LONGEST_S / 60)
                self.end(now, f"The recording ended, as it is {minutes} minutes long.")

    def end(self, now: float, why: str = "The recording ended.") -> None:
        """Record no further; ``why`` is a sentence for the user."""
        running, self._running = self._running, None
        if running is None:
            return
        notice = NoticeShown(Severity.INFO, why, f"It is in {running.folder}.")
        try:
            running.journal.close(now, why)
        except OSError as error:
            notice = _failure(error)
        self._ended(notice)

    def _give_up(self, notice: NoticeShown) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.journal.abandon()
        self._ended(notice)

    def _ended(self, notice: NoticeShown) -> None:
        self._send(StopRecording())
        self._show(RecordingShown(""))
        self._show(notice)

    def _command(self, running: _Running) -> StartRecording:
        return StartRecording(str(running.folder / SOUND), running.begun)


def _failure(error: OSError) -> NoticeShown:
    log.warning("recording: %s", error)
    reason = (error.strerror or "it cannot be written").lower()
    return NoticeShown(Severity.ERROR, f"The recording ended: {reason}.", "The conversation goes on.")
