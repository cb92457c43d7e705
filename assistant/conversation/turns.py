"""The user's side of the conversation: the open turn, its partial transcripts, and whose words they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.conversation.answers import Answers
from assistant.conversation.outbox import Outbox
from assistant.conversation.updates import MessageShown
from assistant.engine.echo_words import is_attention, is_echo
from assistant.engine.protocol import UserTurn

ECHO_TAIL = 0.6
"""Seconds after the assistant's last sound in which its own words may still come in."""


@dataclass(frozen=True, slots=True)
class _OpenTurn:
    """A turn on the screen: its number, its message's id, and when it began."""

    number: int
    message_id: int
    opened: float


class UserTurns:
    """Shows the open turn, if there is one, and tells the user's words from the assistant's own."""

    def __init__(self, outbox: Outbox, answers: Answers, persona: Callable[[], str]) -> None:
        self._outbox = outbox
        self._answers = answers
        self._persona = persona
        self._open: _OpenTurn | None = None

    @property
    def is_open(self) -> bool:
        """True while the user speaks."""
        return self._open is not None

    def open(self, number: int, at: float) -> None:
        """Voice activity began a turn; one that was never ended is taken away."""
        self.close()
        self._open = _OpenTurn(number, self._answers.new_id(), at)

    def partial(self, number: int, text: str) -> None:
        """Show what is recognised of the open turn so far."""
        turn = self._open
        if turn is not None and turn.number == number and not self._is_own(text, turn.opened):
            self._show(turn, text, final=False)

    def close(self) -> None:
        """The open turn came to nothing: take it off the screen."""
        turn, self._open = self._open, None
        if turn is not None:
            self._show(turn, "", final=True)

    def accept(self, text: str, now: float, *, typed: bool) -> None:
        """The open turn, or one that nobody saw opening, is over and says this."""
        turn = self._open or _OpenTurn(0, self._answers.new_id(), now)
        self._open = None
        self._show(turn, text, final=True, typed=typed)

    def is_for_us(self, event: UserTurn, text: str) -> bool:
        """False for nothing at all, for the assistant's own words, and for mere attention to its answer."""
        known = self._open is not None and self._open.number == event.turn
        opened = self._open.opened if self._open and known else event.speech_end
        is_aside = is_attention(text, event.speech_end - opened)
        attends = event.over_speech and self._answers.current is not None and is_aside
        return bool(text) and not attends and not self._is_own(text, opened, event.is_free_of_echo)

    def may_be_for_us(self, number: int, text: str) -> bool:
        """True when this may be what the open turn says, and is not the assistant hearing itself."""
        turn = self._open
        if turn is None or turn.number != number:
            return False
        return bool(text) and not self._is_own(text, turn.opened)

    def _is_own(self, text: str, opened: float, is_free_of_echo: bool = False) -> bool:
        """Whether a turn that began at ``opened`` is the assistant hearing itself.

        Just after its last sound only a phrase counts: a quick "yes" answers a question that ends so.
        """
        current = self._answers.current
        audible = current is not None and current.audible
        in_tail = opened <= self._answers.last_sound + ECHO_TAIL
        only_phrases = is_free_of_echo or not audible
        spoken = self._answers.recently_spoken
        return (audible or in_tail) and is_echo(text, spoken, only_phrases=only_phrases)

    def _show(self, turn: _OpenTurn, text: str, *, final: bool, typed: bool = False) -> None:
        shown = MessageShown(turn.message_id, "user", text, self._persona(), final)
        self._outbox.show(replace(shown, source="typed") if typed else shown)
