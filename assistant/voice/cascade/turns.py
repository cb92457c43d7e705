"""When the user's turn begins and ends: a pure machine over speech probabilities and the time passed in.

A turn opens when enough of the last chunks are speech, closes after a silence whose length depends on
whether the words so far look finished, and is bounded in length. Hysteresis between the thresholds of
opening and going on follows Silero VAD's own iterator (https://github.com/snakers4/silero-vad).
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from assistant.voice.cascade.ports import RECOGNITION_RATE, VAD_CHUNK

CHUNK_S = VAD_CHUNK / RECOGNITION_RATE
"""Seconds in one chunk: 0.032."""

_LAST_WORD = re.compile(r"([\w']+)\W*$")
_OPEN_ENDINGS = """
    a an and are at because but by for from if into is it's my of or our that the their to uh um er erm was
    were whether which with your change switch
"""
_UNFINISHED = frozenset(_OPEN_ENDINGS.split())


class Surroundings(StrEnum):
    """What else the microphone may hear."""

    QUIET = "quiet"
    AUDIBLE = "audible"
    """The assistant speaks and echo cancellation is known to work."""
    UNPROVEN = "unproven"
    """The assistant speaks and echo cancellation has not shown yet that it works."""


class EndReason(StrEnum):
    """Why a turn ended."""

    SILENCE = "silence"
    RELEASED = "released"
    LENGTH = "length"
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
    """Thresholds are probabilities, times are seconds."""

    quiet: Rule = Rule(threshold=0.5, chunks=3, window=4)
    audible: Rule = Rule(threshold=0.7, chunks=4, window=5)
    unproven: Rule = Rule(threshold=0.85, chunks=6, window=7)
    going_on: float = 0.35
    resume_chunks: int = 2
    speculate_s: float = 0.2
    hangover_s: float = 0.45
    complete_s: float = 0.38
    unfinished_s: float = 1.1
    max_turn_s: float = 25.0

    def rule(self, surroundings: Surroundings) -> Rule:
        """The rule by which a turn opens there."""
        rules = {Surroundings.QUIET: self.quiet, Surroundings.AUDIBLE: self.audible}
        return rules.get(surroundings, self.unproven)


def hangover(text: str, settings: TurnSettings) -> float:
    """Seconds of silence after which a turn that reads ``text`` so far is over.

    Recognisers close nearly everything with a full stop, so the last word counts before the mark.
    """
    stripped = text.strip()
    last = _LAST_WORD.search(stripped.lower())
    if last is None:
        return settings.hangover_s
    if stripped.endswith((",", "…", "...", "-", "–")) or last.group(1) in _UNFINISHED:
        return settings.unfinished_s
    return settings.complete_s if stripped.endswith((".", "?", "!")) else settings.hangover_s


class TurnDetector:
    """Turns a probability of speech for every 32 ms into decisions; see the module's first lines."""

    def __init__(self, settings: TurnSettings | None = None) -> None:
        self._settings = settings or TurnSettings()
        longest = max(
            rule.window for rule in (self._settings.quiet, self._settings.audible, self._settings.unproven)
        )
        self._recent: deque[float] = deque(maxlen=longest)
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
        self._text = ""
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

    def note_text(self, text: str) -> None:
        """What has been recognised of the open turn; decides how long a silence ends it."""
        if self._open:
            self._text = text

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
        return (self._end(now, EndReason.DROPPED),) if self._open else ()

    def feed(self, probability: float, now: float, surroundings: Surroundings) -> tuple[Decision, ...]:
        """One chunk that ended at ``now`` (seconds, never going back)."""
        if self._open:
            return self._continue(probability, now)
        rule = self._settings.rule(surroundings)
        self._recent.append(probability)
        window = list(self._recent)[-rule.window :]
        speech = [index for index, value in enumerate(window) if value >= rule.threshold]
        if len(speech) < rule.chunks:
            return ()
        onset = self._begin(now - (len(window) - speech[0]) * CHUNK_S, now)
        self._speech_s = len(speech) * CHUNK_S
        self._has_speech = True
        return (onset,)

    def _begin(self, speech_from: float, now: float) -> Onset:
        self._close()
        self._turn += 1
        self._open = True
        self._opened_at = self._speech_end = now
        return Onset(self._turn, speech_from)

    def _continue(self, probability: float, now: float) -> tuple[Decision, ...]:
        decisions: list[Decision] = []
        self._run = self._run + 1 if probability >= self._settings.going_on else 0
        # A lone chunk within a pause is more often a click than the user going on.
        if self._run >= (self._settings.resume_chunks if self._speculated else 1):
            self._speech_end = now
            self._speech_s += CHUNK_S
            self._has_speech = self._has_speech or probability >= self._settings.quiet.threshold
            if self._speculated:
                self._speculated = False
                decisions.append(Resume(self._turn))
        silence = now - self._speech_end
        if now - self._opened_at >= self._settings.max_turn_s:
            decisions.append(self._end(now, EndReason.LENGTH))
            if self._held:
                decisions.append(self._begin(now, now))
        elif not self._held and silence >= hangover(self._text, self._settings):
            decisions.append(self._end(now, EndReason.SILENCE))
        elif self._has_speech and not self._speculated and silence >= self._settings.speculate_s:
            self._speculated = True
            decisions.append(Speculate(self._turn))
        return tuple(decisions)

    def _end(self, now: float, reason: EndReason) -> EndOfTurn:
        ended = EndOfTurn(self._turn, self._speech_end, now, self._has_speech, reason)
        self._close()
        return ended
