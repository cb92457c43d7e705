"""When the user's turn begins and ends: a pure machine over probabilities, levels and times passed in.

A turn opens when enough of the last chunks are speech, closes after a silence whose length depends on how
likely the words so far are all, and is bounded in length. Hysteresis between the thresholds of opening and
going on follows Silero VAD's own iterator (https://github.com/snakers4/silero-vad). Its probability falls
some 80 ms after speech has ended; the level falls at once, so that both must say that speech goes on. Where
people talk elsewhere in the room the probability never falls: a turn there is what stands out of their level.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from assistant.voice.cascade.background import HYSTERESIS_DB, WINDOW, Background
from assistant.voice.cascade.ports import RECOGNITION_RATE, VAD_CHUNK

CHUNK_S = VAD_CHUNK / RECOGNITION_RATE
"""Seconds in one chunk: 0.032."""

_FORGOTTEN_DB = 0.3
"""By how much a chunk of speech may fall behind the loudest one that counts: 9 dB a second."""


class Surroundings(StrEnum):
    """What else the microphone may hear."""

    QUIET = "quiet"
    AUDIBLE = "audible"
    """The assistant speaks and echo cancellation is known to work."""
    CLEAN = "clean"
    """The assistant speaks and hardly a sound of it is left in what is heard."""
    UNPROVEN = "unproven"
    """The assistant speaks and echo cancellation has not shown yet that it works."""


class EndReason(StrEnum):
    """Why a turn ended."""

    SILENCE = "silence"
    RELEASED = "released"
    LENGTH = "length"
    CROWD = "crowd"
    """It was people elsewhere in the room: only what stood out of their talk may be meant."""
    DROPPED = "dropped"
    """The microphone was closed: nothing of the turn may be looked at."""


@dataclass(frozen=True, slots=True)
class Onset:
    """A turn opened; its first speech began at ``at``."""

    turn: int
    at: float


@dataclass(frozen=True, slots=True)
class Speculate:
    """A pause that may be the end: recognising now saves time if it is."""

    turn: int


@dataclass(frozen=True, slots=True)
class Resume:
    """The user went on after a pause: what was speculated is void."""

    turn: int


@dataclass(frozen=True, slots=True)
class EndOfTurn:
    """The turn is over since ``at``; its last speech ended at ``speech_end``."""

    turn: int
    speech_end: float
    at: float
    has_speech: bool
    reason: EndReason


Decision = Onset | Speculate | Resume | EndOfTurn


@dataclass(frozen=True, slots=True)
class Rule:
    """``chunks`` of the last ``window`` chunks must reach ``threshold``."""

    threshold: float
    chunks: int
    window: int


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """Thresholds are probabilities, times are seconds, levels decibels.

    ``waits`` are the silences that end a turn whose words are all with the ``chances``, with straight lines
    between; ``wait_s`` is the one before they are known.
    """

    quiet: Rule = Rule(threshold=0.5, chunks=3, window=4)
    audible: Rule = Rule(threshold=0.7, chunks=4, window=5)
    clean: Rule = Rule(threshold=0.15, chunks=2, window=3)
    unproven: Rule = Rule(threshold=0.85, chunks=6, window=7)
    going_on: float = 0.35
    softest_db: float = 20.0
    """How far below the turn's loudest speech its softest may lie."""
    resume_chunks: int = 2
    speculate_s: float = 0.12
    chances: tuple[float, ...] = (0.25, 0.5, 0.75, 0.9, 1.0)
    waits: tuple[float, ...] = (1.2, 0.84, 0.7, 0.48, 0.4)
    wait_s: float = 0.8
    max_turn_s: float = 25.0

    def rule(self, surroundings: Surroundings) -> Rule:
        """The rule by which a turn opens there."""
        rules = {
            Surroundings.QUIET: self.quiet,
            Surroundings.AUDIBLE: self.audible,
            Surroundings.CLEAN: self.clean,
        }
        return rules.get(surroundings, self.unproven)

    def wait(self, chance: float | None) -> float:
        """Seconds of silence that end a turn whose words are all with this chance (None: still unknown)."""
        return self.wait_s if chance is None else float(np.interp(chance, self.chances, self.waits))


class TurnDetector:
    """Turns probability of speech and level of every 32 ms into decisions; see the module's first lines."""

    def __init__(self, settings: TurnSettings | None = None) -> None:
        self._settings = settings or TurnSettings()
        longest = max(
            rule.window for rule in (self._settings.quiet, self._settings.audible, self._settings.unproven)
        )
        self._recent: deque[float] = deque(maxlen=longest)
        self._background = Background()
        self._turn = 0
        self._held = False
        self._close()

    def _close(self) -> None:
        self._open = False
        self._opened_at = 0.0
        self._speech_end = 0.0
        self._speech_s = 0.0
        self._has_speech = False
        self._speculated = False
        self._run = 0
        self._loudest = float("-inf")
        self._near = float("-inf")
        self._chance: float | None = None
        self._recent.clear()

    @property
    def is_open(self) -> bool:
        """True between an onset and the end of its turn."""
        return self._open

    @property
    def turn(self) -> int:
        """Number of the open turn, or of the last one."""
        return self._turn

    @property
    def speech_s(self) -> float:
        """Seconds of speech, without pauses, in the open turn."""
        return self._speech_s

    @property
    def is_pausing(self) -> bool:
        """True from a ``Speculate`` until speech comes back or the turn ends."""
        return self._speculated

    def note_chance(self, chance: float) -> None:
        """With this chance (0.0 to 1.0) the words before the pause are all; decides how long it may last."""
        if self._speculated:
            self._chance = chance

    def hold(self, active: bool, now: float) -> tuple[Decision, ...]:
        """Push-to-talk: active opens a turn and keeps it open, released ends it at once."""
        if active == self._held:
            return ()
        self._held = active
        if active:
            return () if self._open else (self._begin(now, now),)
        return (self._end(now, EndReason.RELEASED),) if self._open else ()

    def drop(self, now: float) -> tuple[Decision, ...]:
        """The microphone was closed: ends what is open and lets push-to-talk go."""
        self._held = False
        self._recent.clear()
        self._background.forget()
        return (self._end(now, EndReason.DROPPED),) if self._open else ()

    def feed(
        self, probability: float, level: float, now: float, surroundings: Surroundings
    ) -> tuple[Decision, ...]:
        """One chunk of this RMS ``level`` (dBFS) that ended at ``now`` (seconds, never going back)."""
        if surroundings is Surroundings.QUIET:
            self._background.add(probability, level)
        if self._open:
            return self._continue(probability, level, now, surroundings)
        rule = self._settings.rule(surroundings)
        self._recent.append(probability if level >= self._background.onset_level else 0.0)
        window = list(self._recent)[-rule.window :]
        speech = [index for index, value in enumerate(window) if value >= rule.threshold]
        if len(speech) < rule.chunks:
            return ()
        onset = self._begin(now - (len(window) - speech[0]) * CHUNK_S, now)
        self._speech_s = len(speech) * CHUNK_S
        self._has_speech = True
        self._loudest = level
        self._near = self._background.onset_level
        return (onset,)

    def _begin(self, speech_from: float, now: float) -> Onset:
        self._close()
        self._turn += 1
        self._open = True
        self._opened_at = self._speech_end = now
        return Onset(self._turn, speech_from)

    def _continue(
        self, probability: float, level: float, now: float, surroundings: Surroundings
    ) -> tuple[Decision, ...]:
        decisions: list[Decision] = []
        if probability >= self._settings.quiet.threshold:
            self._loudest = max(level, self._loudest - _FORGOTTEN_DB)
        # Echo cancellation makes the user softer now and then.
        is_quiet = surroundings is Surroundings.QUIET
        softest = max(self._loudest - self._settings.softest_db, self._near - HYSTERESIS_DB)
        is_loud = not is_quiet or level >= softest
        self._run = self._run + 1 if is_loud and probability >= self._settings.going_on else 0
        # A lone chunk within a pause is more often a click than the user going on.
        if self._run >= (self._settings.resume_chunks if self._speculated else 1):
            self._speech_end = now
            self._speech_s += CHUNK_S
            self._has_speech = self._has_speech or probability >= self._settings.quiet.threshold
            if self._speculated:
                self._speculated = False
                self._chance = None
                decisions.append(Resume(self._turn))
        silence = now - self._speech_end
        if not self._held and now - self._opened_at >= WINDOW * CHUNK_S and self._background.is_crowd:
            self._background.note_crowd()
            return (*decisions, self._end(now, EndReason.CROWD))
        if now - self._opened_at >= self._settings.max_turn_s:
            decisions.append(self._end(now, EndReason.LENGTH))
            if self._held:
                decisions.append(self._begin(now, now))
        elif not self._held and silence >= self._settings.wait(self._chance) and not self._run:
            decisions.append(self._end(now, EndReason.SILENCE))
        elif self._has_speech and not self._speculated and silence >= self._settings.speculate_s:
            self._speculated = True
            decisions.append(Speculate(self._turn))
        return tuple(decisions)

    def _end(self, now: float, reason: EndReason) -> EndOfTurn:
        ended = EndOfTurn(self._turn, self._speech_end, now, self._has_speech, reason)
        self._close()
        return ended
