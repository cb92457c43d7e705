"""Whether speech over the assistant's answer is a wish to take the floor: a pure machine.

Every onset over an answer makes the assistant quieter at once, which is cheap to undo and lets the echo
canceller hear the user better. Speech that goes on pauses it, before its words are known. It stops for good
only for words that are the user's own; anything else is a false alarm and brings the answer back, from a
little before the pause.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.engine.echo_words import is_attention, is_echo, words_of

DUCKED_GAIN = 10 ** (-15 / 20)
"""-15 dB: clearly behind the user, still there if it was nothing."""


class Action(StrEnum):
    """What is to be done with the answer that is being played."""

    DUCK = "duck"
    PAUSE = "pause"
    STOP = "stop"
    RESTORE = "restore"
    """Go on, at full loudness."""


@dataclass(frozen=True, slots=True)
class BargeInSettings:
    """Seconds of speech after which words confirm, and after which even words of attention do; how long a
    turn must last, and with how much speech, for the answer to wait for words; the silence after which a
    false alarm is over, and after how long a turn without words is given up.
    """

    confirm_s: float = 0.35
    confirm_any_s: float = 0.7
    pause_s: float = 0.36
    pause_speech_s: float = 0.22
    restore_s: float = 0.4
    give_up_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of the user's turn, the length of its speech, and what the assistant said meanwhile.

    ``lasts_s`` is from its first to its last speech, pauses included, ``silence_s`` since the last.
    ``is_free_of_echo`` tells that cancellation had proven itself when the turn began, ``is_own_voice`` that
    it let the assistant's own voice through all the same, ``is_settled`` that the words are all there are up
    to a silence.
    """

    text: str
    speech_s: float
    recently_spoken: str
    lasts_s: float = 0.0
    silence_s: float = 0.0
    is_free_of_echo: bool = False
    is_own_voice: bool = False
    is_settled: bool = False


class BargeIn:
    """Follows one turn over an answer; ``begin`` … ``update`` … ``end``."""

    def __init__(self, settings: BargeInSettings | None = None) -> None:
        self._settings = settings or BargeInSettings()
        self._watching = False
        self._ducked = False
        self._paused = False
        self._since = 0.0

    @property
    def is_watching(self) -> bool:
        """True while a turn over the answer has been neither confirmed nor closed."""
        return self._watching

    def begin(self, now: float) -> Action | None:
        """A turn opened while the assistant is audible (or the assistant became audible within one)."""
        if self._watching:
            return None
        self._watching = self._ducked = True
        self._since = now
        return Action.DUCK

    def update(self, evidence: Evidence, now: float) -> Action | None:
        """More speech or more words of the turn."""
        if not self._watching:
            return None
        if self._confirms(evidence):
            return self._stop()
        if not self._ducked:
            return None
        # Where both speak, cancellation swallows syllables: a gap in the speech is no end of it yet.
        is_over = evidence.is_settled and evidence.silence_s >= self._settings.restore_s
        if is_over or now - self._since >= self._settings.give_up_s:
            return self._restore()
        if not self._paused and not evidence.is_settled and self._goes_on(evidence):
            self._paused = True
            return Action.PAUSE
        return None

    def end(self, evidence: Evidence) -> Action | None:
        """The turn is over and understood: however short, words of its own are meant."""
        if not self._watching:
            return None
        if self._is_own(evidence) and not is_attention(evidence.text, evidence.lasts_s):
            return self._stop()
        return self.forget()

    def forget(self) -> Action | None:
        """The turn or the answer is gone: whatever was ducked comes back."""
        self._watching = False
        return self._restore() if self._ducked else None

    def _restore(self) -> Action:
        self._ducked = self._paused = False
        return Action.RESTORE

    def _stop(self) -> Action:
        self._watching = self._ducked = self._paused = False
        return Action.STOP

    def _confirms(self, evidence: Evidence) -> bool:
        if not self._is_own(evidence):
            return False
        if is_attention(evidence.text, evidence.lasts_s):
            return evidence.speech_s >= self._settings.confirm_any_s and not evidence.is_settled
        return evidence.speech_s >= self._settings.confirm_s or evidence.is_settled

    def _goes_on(self, evidence: Evidence) -> bool:
        lasts = (
            evidence.lasts_s >= self._settings.pause_s and evidence.speech_s >= self._settings.pause_speech_s
        )
        return evidence.is_free_of_echo and not evidence.is_own_voice and lasts

    @staticmethod
    def _is_own(evidence: Evidence) -> bool:
        spoken = (evidence.recently_spoken,)
        is_heard = bool(words_of(evidence.text)) and not evidence.is_own_voice
        return is_heard and not is_echo(evidence.text, spoken, only_phrases=evidence.is_free_of_echo)
