"""An answer made ahead: written and synthesised while the user may still go on, and void if they do.

Until the user's turn is over nothing of it is shown, stored or heard, and no tool runs for it: what the text
engine writes is only kept. Once the turn has ended with the same words, the answer takes it from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.conversation.answer import Answer
from assistant.conversation.effects import (
    CancelReply,
    NotesRecalled,
    ReplyCall,
    ReplyEnded,
    ReplyFailed,
    ReplyPiece,
    StartReply,
    Written,
)
from assistant.engine.protocol import Prepare, TurnGuess, TurnResumed
from assistant.llm.port import Purpose
from assistant.tools.parser import Text

if TYPE_CHECKING:
    from assistant.conversation.session import Session

SENTENCES = 2
"""Sentences that are synthesised ahead; the others are made while these are heard."""

PIECES = 4_000
"""Kept of an answer ahead; a longer one waits for the end of the turn."""


@dataclass(slots=True)
class Prepared:
    """What was written so far as generation ``generation`` in answer to ``text``."""

    generation: int
    text: str
    written: list[Written] = field(default_factory=list)
    draft: Answer | None = None
    """Cuts the sentences to synthesise, up to the first tool call."""

    @property
    def is_written(self) -> bool:
        """True when nothing more follows."""
        return bool(self.written) and isinstance(self.written[-1], ReplyEnded | ReplyFailed)


class Preparation:
    """At most one answer ahead; any newer generation makes it void."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._prepared: Prepared | None = None

    def follow(self, event: TurnGuess | TurnResumed, now: float) -> None:
        """The user goes on, or may have come to the end: then begin to answer, if words are all it takes."""
        self.drop()
        if isinstance(event, TurnGuess) and not event.over_speech:
            self._begin(event.turn, event.text.strip(), now)

    def _begin(self, turn: int, text: str, now: float) -> None:
        session = self._session
        if not self._is_remark(turn, text):
            return
        generation = session.answers.reserve()
        draft = session.answers.draft(generation, Purpose.REPLY, now)
        self._prepared = Prepared(generation, text, draft=draft)
        session.outbox.add(StartReply(generation, session.prompt_for(text)))

    def take(self, event: Written) -> bool:
        """Keep what is written ahead; False when it belongs to an answer that is being given."""
        prepared = self._prepared
        if prepared is None or event.generation != prepared.generation:
            return False
        prepared.written.append(event)
        if len(prepared.written) > PIECES:
            self.drop()
        elif prepared.draft is not None:
            self._synthesise(prepared, prepared.draft, event)
        return True

    def adopt(self, text: str) -> Prepared | None:
        """The turn is over and says ``text``: the answer to it, if there is one; it is no longer ahead."""
        if not self.is_for(text):
            return None
        prepared, self._prepared = self._prepared, None
        return prepared

    def is_for(self, text: str) -> bool:
        """True when this is what the answer ahead answers, and nothing has happened since."""
        prepared = self._prepared
        return (
            prepared is not None
            and prepared.text == text
            and prepared.generation == self._session.answers.generation
        )

    def drop(self) -> None:
        """The user went on, or something else came."""
        prepared, self._prepared = self._prepared, None
        if prepared is not None and not prepared.is_written:
            self._session.outbox.add(CancelReply(prepared.generation))

    def drop_outdated(self) -> None:
        """Drop it unless it is of the newest generation."""
        if self._prepared is not None and self._prepared.generation != self._session.answers.generation:
            self.drop()

    def _is_remark(self, turn: int, text: str) -> bool:
        """True when the open turn, should it end with ``text``, is answered by nothing but a reply."""
        session = self._session
        is_free = session.microphone_open and session.answers.current is None and not session.commands.busy
        is_free = is_free and not session.engine.answers_itself
        return is_free and session.turns.may_be_for_us(turn, text) and session.commands.is_remark(text)

    def _synthesise(self, prepared: Prepared, draft: Answer, event: Written) -> None:
        if isinstance(event, NotesRecalled):
            return
        items = draft.scanner.feed(event.text) if isinstance(event, ReplyPiece) else draft.scanner.finish()
        sentences: list[str] = []
        for item in items:
            if not isinstance(item, Text):
                prepared.draft = None
                break
            text = item.text if draft.text else item.text.lstrip()
            if text:
                sentences += draft.append(text)
        if isinstance(event, ReplyCall):
            prepared.draft = None
        if prepared.draft is None or not isinstance(event, ReplyPiece):
            sentences += draft.cutter.finish()
        for sentence in sentences[: SENTENCES - draft.sentences]:
            draft.sentences += 1
            self._session.outbox.engine(Prepare(sentence, self._session.voice))
