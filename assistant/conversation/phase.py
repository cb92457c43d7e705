"""What the assistant is doing, read off its session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.conversation.updates import Phase

if TYPE_CHECKING:
    from assistant.conversation.session import Session


def phase_of(session: Session) -> Phase:
    """The phase to show."""
    answer = session.answers.current
    if answer is not None:
        return Phase.SPEAKING if answer.audible else Phase.THINKING
    if session.commands.busy:
        return Phase.THINKING
    if not session.engine.is_ready:
        return Phase.DOWN if session.engine.is_down else Phase.STARTING
    if session.asleep:
        return Phase.ASLEEP
    return Phase.HEARING if session.turns.is_open else Phase.LISTENING
