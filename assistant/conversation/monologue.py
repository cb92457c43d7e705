"""What a full-duplex engine says by itself, as answers like any other in log, memory and tools."""

from __future__ import annotations

from collections.abc import Callable

from assistant.conversation.answer import Answer
from assistant.conversation.answers import Answers
from assistant.conversation.outbox import Outbox
from assistant.conversation.updates import LatencyShown, NoticeShown
from assistant.engine.monologue_protocol import MonologueCall, MonologueEnded, MonologueText
from assistant.engine.protocol import CancelSpeech, Monologue, UserTurn
from assistant.llm.port import Purpose
from assistant.severity import Severity
from assistant.tools.parser import Call
from assistant.tools.result import ToolCall


class Monologues:
    """One answer an utterance; one that was interrupted gets no further word.

    ``is_taken`` tells that a spoken command is being carried out, which is answered otherwise.
    """

    def __init__(self, outbox: Outbox, answers: Answers, is_taken: Callable[[], bool]) -> None:
        self._outbox = outbox
        self._is_taken = is_taken
        self._answers = answers
        self._utterance = 0
        self._generation = 0
        self._began = float("-inf")
        self._unanswered: UserTurn | None = None

    @property
    def is_speaking(self) -> bool:
        """True while the engine speaks by itself."""
        return self._answers.current is not None and self._answers.current.is_monologue

    def answers(self, turn: UserTurn) -> None:
        """The engine answers this turn by itself; it may have begun to before the turn was understood."""
        self._unanswered = turn
        if self.is_speaking and self._began >= turn.speech_end:
            self._show_latency()

    def engine_lost(self) -> None:
        """The next engine numbers its utterances from the first on."""
        self._utterance = 0
        self._unanswered = None

    def take(self, event: Monologue, now: float) -> None:
        """More of an utterance, or its end."""
        answer = self._answer_to(event, now)
        if answer is None:
            return
        match event:
            case MonologueText(_, text):
                self._answers.piece(answer.generation, text, now)
                self._answers.last_sound = now
                spoken = self._answers.recently_spoken
                spoken.append((spoken.pop() if spoken else "") + text)
            case MonologueCall(_, name, arguments, ""):
                self._answers.call(answer.generation, Call(ToolCall(name, arguments)), now)
            case MonologueCall(reason=reason):
                message = f"A tool call could not be used: {reason}"
                self._outbox.show(NoticeShown(Severity.WARNING, message))
            case MonologueEnded(_, interrupted):
                answer.broken_off = interrupted
                self._answers.written(answer.generation, now)

    def _answer_to(self, event: Monologue, now: float) -> Answer | None:
        current = self._answers.current
        if event.utterance == self._utterance:
            return current if current and current.generation == self._generation else None
        if event.utterance < self._utterance or isinstance(event, MonologueEnded):
            return None
        self._utterance = event.utterance
        if self._is_taken() or (current is not None and not current.is_monologue):
            # Somebody else was asked first; of two voices one has to be quiet.
            self._outbox.engine(CancelSpeech(self._answers.generation))
            return None
        answer = self._answers.begin(Purpose.REPLY, now)
        answer.is_monologue = answer.silent = answer.audible = True
        self._generation, self._began = answer.generation, now
        self._answers.recently_spoken.append("")
        if self._unanswered is not None:
            self._show_latency()
        return answer

    def _show_latency(self) -> None:
        turn, self._unanswered = self._unanswered, None
        if turn is not None:
            total = self._began - turn.speech_end
            self._outbox.show(LatencyShown(0.0, 0.0, total, 0.0, total))
