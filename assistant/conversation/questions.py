"""What the assistant has asked the user and waits for: a danger to confirm, or which persona was meant."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.conversation.outbox import Outbox
from assistant.conversation.updates import ToolShown, ToolStatus
from assistant.tools.result import ToolCall
from assistant.tools.wording import clipped

LIMIT = 20.0
"""Seconds after which a question lapses."""


@dataclass(frozen=True, slots=True)
class Question:
    """``yes`` is what runs after "yes"; its card shows it, where there is one.

    ``for_model`` says that a model wants to know what came of it.
    """

    yes: ToolCall
    asked: float
    card: int | None = None
    for_model: bool = False


class Questions:
    """At most one is open."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._open: Question | None = None

    @property
    def is_open(self) -> bool:
        """True while an answer is waited for."""
        return self._open is not None

    def ask(self, question: Question) -> None:
        """Wait for the answer to this one."""
        self._open = question
        if question.card is not None:
            self._show(question, ToolStatus.ASKING)

    def take(self) -> Question | None:
        """The open question, which is open no longer."""
        question, self._open = self._open, None
        return question

    def cancel(self) -> None:
        """Whatever was asked is no longer waited for."""
        if question := self.take():
            self.refuse(question)

    def refuse(self, question: Question) -> None:
        """Show that what it asked about does not run."""
        if question.card is not None:
            self._show(question, ToolStatus.REFUSED)

    def tick(self, now: float) -> None:
        """Let a question lapse."""
        if self._open is not None and now - self._open.asked > LIMIT:
            self.cancel()

    def _show(self, question: Question, status: ToolStatus) -> None:
        call = question.yes
        self._outbox.show(ToolShown(question.card or 0, call.name, call.arguments, status))


def question_about(call: ToolCall, *, is_suspect: bool) -> str:
    """What is asked before a model's call, with all that would be done; a suspect one may be others' wish."""
    name = call.name.replace("__", ": ").replace("_", " ")
    given = ", ".join(
        f"{key.replace('_', ' ')} {clipped(str(value))}" for key, value in call.arguments.items()
    )
    with_them = f" with {given}" if given else ""
    why = "I have read something that neither of us said. " if is_suspect else ""
    return f"{why}Shall I use {name}{with_them}? Say yes or no."
