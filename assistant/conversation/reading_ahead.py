"""While an answer is heard, the text engine reads what is known of the next prompt.

That is all but the user's next words: the answer is taken to be heard to its end, and where it was not, what
was heard is read in its place. So a reply waits for the reading of those words alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.conversation.effects import ReadAhead
from assistant.llm.port import UNSAID, Message

if TYPE_CHECKING:
    from assistant.conversation.session import Session


class ReadingAhead:
    """Compares the assistant's last words with those that were read; nothing has to remember to tell."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: tuple[int, Message] | None = None

    def follow(self) -> None:
        """Have the prompt read once the last words have become known, or turned out to be others."""
        session = self._session
        answer, heard = session.answers.current, session.answers.history
        if session.engine.answers_itself or (answer is not None and not answer.ended):
            return
        unheard: tuple[Message, ...] = ()
        if answer is not None and (text := answer.text.rstrip()):
            unheard = (answer.message(text, session.current_persona_name, answer.broken_off),)
        newest = unheard[0] if unheard else heard[-1] if heard else None
        if newest is None or newest.role != "assistant":
            return
        place = heard.appended + len(unheard)
        if (place, newest) != self._read:
            self._read = (place, newest)
            session.outbox.add(ReadAhead(session.prompt_for(UNSAID, unheard)))
