"""Recognition beside the audio thread: one worker, for which a newer guess replaces an older one."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from assistant.voice.cascade.name_listening import NameListener
from assistant.voice.cascade.ports import RECOGNITION_RATE, Recogniser, Samples, Transcript

_log = logging.getLogger(__name__)

T = TypeVar("T")


class JobKind(StrEnum):
    """What a transcript is for."""

    PARTIAL = "partial"
    SPECULATIVE = "speculative"
    """May become the turn's final transcript if no speech follows."""
    FINAL = "final"
    CHECK = "check"
    """Another recogniser's opinion of a turn that is understood already."""


@dataclass(frozen=True, slots=True)
class Job:
    """16 kHz audio of ``turn`` to recognise; ``revision`` counts the pauses that turned out to be none."""

    turn: int
    kind: JobKind
    revision: int
    audio: Samples


@dataclass(frozen=True, slots=True)
class Recognised:
    """The outcome of ``job``, there since ``at``; ``transcript`` is None when the recogniser failed.

    Where names are listened for once more, the job comes again with them; until then it is not final.
    """

    job: Job
    transcript: Transcript | None
    at: float
    took_s: float
    is_final: bool = True


class RecognitionWorker:
    """Runs a recogniser in a thread of its own.

    Bounded: of one turn only the newest job waits, and a final one is the last of its turn. Turns that are
    over are never dropped, as they are text to be; the turn detector makes two of them a second at the most.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        deliver: Callable[[Recognised], None],
        names: NameListener | None = None,
    ) -> None:
        self._recogniser = recogniser
        self._names = names
        self._deliver = deliver
        self._condition = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="recogniser", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> int:
        """Queue a job in place of those of its turn that still wait; returns how many jobs that adds."""
        with self._condition:
            before = len(self._waiting)
            self._waiting = deque(waiting for waiting in self._waiting if waiting.turn != job.turn)
            self._waiting.append(job)
            self._condition.notify()
            return len(self._waiting) - before

    def stop(self) -> None:
        """Begin no further job."""
        with self._condition:
            self._stopping = True
            self._condition.notify()

    def _next(self) -> Job | None:
        with self._condition:
            self._condition.wait_for(lambda: self._stopping or self._waiting)
            return None if self._stopping else self._waiting.popleft()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            began = time.monotonic()
            if job.kind is JobKind.CHECK:
                second = self._names.second_opinion if self._names else None
                self._report(job, _tried(second, job.audio) if second else None, began)
                continue
            transcript = _tried(self._recogniser.transcribe, job.audio)
            closer = self._names if job.kind is not JobKind.PARTIAL else None
            if transcript and closer and closer.wants(transcript.text, job.audio):
                self._report(job, transcript, began, is_final=False)
                readings = _tried(closer.readings, job.audio) or ()
                transcript = replace(transcript, readings=readings)
            self._report(job, transcript, began)

    def _report(self, job: Job, transcript: Transcript | None, began: float, is_final: bool = True) -> None:
        ended = time.monotonic()
        _log.debug("%s of turn %d took %.3f s", job.kind, job.turn, ended - began)
        self._deliver(Recognised(job, transcript, ended, ended - began, is_final))


def _tried(recognise: Callable[[Samples], T], audio: Samples) -> T | None:
    try:
        return recognise(audio)
    except Exception:
        _log.exception("recognition failed on %.1f s of audio", len(audio) / RECOGNITION_RATE)
        return None
