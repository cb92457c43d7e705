"""What a listener beside the talker hears the user say, as the turns that the session is told. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from assistant.engine.protocol import (
    Event,
    PartialTranscript,
    TurnDoubted,
    TurnGuess,
    TurnResumed,
    UserSpeechStarted,
    UserTurn,
)

FIRST_TURN = 1 << 20
"""Turns are numbered from here on; the cascade's, below."""
LATE_S = 0.6
"""Seconds after which a word that was said is heard: the listener's delay, and the loop's."""
_REMEMBERED = 64

_OF_A_TURN = (UserSpeechStarted, PartialTranscript, TurnGuess, TurnResumed, UserTurn, TurnDoubted)


@dataclass(frozen=True, slots=True)
class Words:
    """What a frame brought: text that is new, and the turn's whole text where it ended, else None."""

    added: str
    turn: str | None = None


class UserWords:
    """Two hear the same user; this tells which of them is to be believed, and what the listener says."""

    def __init__(self) -> None:
        self._number = FIRST_TURN
        self._text = ""
        self._heard_at: float | None = None
        self._over_speech = False
        self._overheard: deque[int] = deque(maxlen=_REMEMBERED)

    @property
    def has_open_turn(self) -> bool:
        """True from the first word of a turn to its end."""
        return self._heard_at is not None

    def take(self, words: Words, now: float, *, is_audible: bool) -> list[Event]:
        """A frame's words; ``is_audible`` while the talker is heard."""
        events: list[Event] = []
        if words.added:
            if self._heard_at is None:
                self._number += 1
                self._over_speech = is_audible
                events.append(UserSpeechStarted(self._number, now - LATE_S))
            self._heard_at = now
            self._text += words.added
            events.append(PartialTranscript(self._number, self._text.strip()))
        if words.turn is not None:
            events += self.close(now)
        return events

    def close(self, now: float) -> list[Event]:
        """The turn that is open is over."""
        if self._heard_at is None:
            return []
        said, end = self._text.strip(), self._heard_at - LATE_S
        self._text, self._heard_at = "", None
        return [UserTurn(self._number, said, end, now, now, over_speech=self._over_speech)]

    def overhears(self, event: Event, *, is_listening: bool) -> bool:
        """True for what the cascade hears of a turn that began while the listener was listening."""
        if not isinstance(event, _OF_A_TURN) or event.turn > FIRST_TURN:
            return False
        if is_listening and isinstance(event, UserSpeechStarted):
            self._overheard.append(event.turn)
        return event.turn in self._overheard
