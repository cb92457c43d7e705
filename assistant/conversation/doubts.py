"""What is said to a turn that was hardly understood: another language, or speech too garbled."""

from __future__ import annotations

from assistant.conversation.answers import Answers

ONLY_ENGLISH = "I did not understand that. I only know English."

AGAIN_S = 60.0
"""Seconds before that is said again."""


class Doubts:
    """Remembers to which turn the answer in progress is a mere reply: a command was understood as one."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._turn: int | None = None
        self._generation = 0
        self._said_at = float("-inf")

    def replied(self, turn: int | None) -> None:
        """The answer just begun replies to this turn; None for one that was typed."""
        self._turn, self._generation = turn, self._answers.generation

    def wording(self, turn: int, now: float) -> str | None:
        """What to say in place of the reply, if it is still being said and this was not said just now."""
        is_replying = self._answers.current is not None and self._answers.generation == self._generation
        if not is_replying or turn != self._turn or now - self._said_at < AGAIN_S:
            return None
        self._said_at = now
        return ONLY_ENGLISH
