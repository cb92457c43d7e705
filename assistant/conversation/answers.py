"""The assistant's side of the conversation: one answer at a time, written, said, heard, remembered."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from assistant.conversation.answer import Answer, Result
from assistant.conversation.effects import (
    CancelReply,
    NotesRecalled,
    ReplyCall,
    ReplyEnded,
    ReplyFailed,
    ReplyPiece,
    StartReply,
    Store,
    Written,
)
from assistant.conversation.history import History
from assistant.conversation.limits import Limits
from assistant.conversation.outbox import Outbox
from assistant.conversation.prompts import PROMPT_MESSAGES
from assistant.conversation.updates import LatencyShown, NoticeShown
from assistant.engine.protocol import CancelSpeech, EndReply, Say, UserTurn, VoiceSpec
from assistant.llm.output.pipeline import OutputPipeline
from assistant.llm.port import Prompt, Purpose
from assistant.llm.scripted.lines import choose
from assistant.memory.context import history_window
from assistant.personas.model import Persona
from assistant.severity import Severity
from assistant.tools.parser import Call, Malformed, Text
from assistant.tools.result import ToolCall, ToolResult

TOOL_ROUNDS = 4
"""How often one answer may go back to the model with tool results."""

LEAD_IN = 0.6
"""Seconds that a tool may take before something is said meanwhile."""

THINKING_LIMIT = 45.0
"""Seconds without a word from the text engine after which an answer is given up."""


class Answers:
    """Owns the generation counter, the answer in progress and the history of messages."""

    def __init__(
        self,
        outbox: Outbox,
        persona: Callable[[], Persona],
        voice: Callable[[], VoiceSpec],
        on_call: Callable[[ToolCall, Answer, float], None],
        follow_up: Callable[[Answer, Sequence[Result]], Prompt],
        limits: Limits,
    ) -> None:
        self._outbox = outbox
        self._persona = persona
        self._voice = voice
        self._on_call = on_call
        self._follow_up = follow_up
        self.limits = limits
        self.last_id = 0
        self.generation = 0
        self.current: Answer | None = None
        self.has_voice = False
        self.history = History()
        self.recently_spoken: deque[str] = deque(maxlen=8)
        self.last_sound = float("-inf")
        """When the assistant was last audible."""

    def new_id(self) -> int:
        """A number for a message or a tool call."""
        self.last_id += 1
        return self.last_id

    # --- beginning and ending -----------------------------------------------------------------------

    def begin(self, purpose: Purpose, now: float, turn: UserTurn | None = None) -> Answer:
        """Start a new answer; one in progress is interrupted first."""
        self.interrupt()
        return self._start(self.reserve(), purpose, now, turn)

    def reserve(self) -> int:
        """The generation of an answer that may be given later; any newer one makes it void."""
        self.generation += 1
        return self.generation

    def adopt(self, generation: int, written: Iterable[Written], now: float, turn: UserTurn | None) -> None:
        """Give the answer of the reserved ``generation``, of which this much is ``written``."""
        self._start(generation, Purpose.REPLY, now, turn)
        for event in written:
            self.take(event, now)

    def _start(self, generation: int, purpose: Purpose, now: float, turn: UserTurn | None) -> Answer:
        self.current = self.draft(generation, purpose, now, turn)
        self.current.message_id, self.current.silent = self.new_id(), not self.has_voice
        return self.current

    def draft(self, generation: int, purpose: Purpose, now: float, turn: UserTurn | None = None) -> Answer:
        """An answer that is nowhere shown yet."""
        scanner = OutputPipeline(hidden_words=self.limits.hidden_words)
        return Answer(generation, 0, purpose, now, turn, last_piece=now, scanner=scanner)

    def ask(self, prompt: Prompt) -> None:
        """Let the text engine write the answer just begun."""
        self._outbox.add(StartReply(self.generation, prompt))

    def say(self, text: str, now: float) -> None:
        """Answer with this text, without a text engine."""
        answer = self.current
        if answer is None:
            return
        answer.writing = False
        self._visible(answer, text, now)
        self._close_text(answer, now)

    def conclude(self, answer: Answer, text: str, now: float) -> None:
        """End the answer with this sentence, whatever its model still writes or waits for."""
        if answer.writing:
            answer.writing = False
            self._outbox.add(CancelReply(answer.generation))
        answer.waiting.clear()
        answer.results.clear()
        self._break_off(answer, now)
        self._visible(answer, text, now)
        self._close_text(answer, now)

    def interrupt(self) -> None:
        """End the answer in progress at the last word heard; its generation is dead afterwards."""
        self.generation += 1
        answer, self.current = self.current, None
        if answer is None:
            return
        self._outbox.engine(CancelSpeech(self.generation))
        if answer.writing:
            self._outbox.add(CancelReply(answer.generation))
        self._record(answer, answer.text if answer.silent else answer.heard_text, interrupted=True)

    def engine_lost(self) -> None:
        """The engine is gone: an audible answer ends at the last word heard, others become text only."""
        if self.current is not None and self.current.audible:
            self.interrupt()
        self.has_voice = False
        if self.current is not None:
            # Only the speaker may be gone: what waits for it must not come out of the next one.
            self._outbox.engine(CancelSpeech(self.generation + 1))
            self.current.silent = True
            self._complete_if_done(self.current)

    def forget(self) -> None:
        """Drop what was said so far, in the prompt too."""
        self.history.clear()
        self.recently_spoken.clear()

    # --- what the text engine writes ----------------------------------------------------------------

    def take(self, event: Written, now: float) -> None:
        """What the text engine reports of a generation; of a dead one nothing is taken."""
        match event:
            case NotesRecalled(generation):
                if answer := self._live(generation):
                    answer.recalled = True
            case ReplyPiece(generation, text):
                self.piece(generation, text, now)
            case ReplyCall(generation, call, reason):
                self.call(generation, Call(call) if call else Malformed("", reason), now)
            case ReplyEnded(generation):
                self.written(generation, now)
            case ReplyFailed(generation, message, remedy):
                self.failed(generation, message, remedy, now)

    def piece(self, generation: int, text: str, now: float) -> None:
        """Take a streamed piece: text is said, tool calls are run."""
        answer = self._live(generation)
        if answer is None or not answer.writing:
            return
        answer.last_piece = now
        self._scan(answer, answer.scanner.feed(text), now)
        if self.current is answer and answer.writing and answer.scanner.ended:
            self._outbox.add(CancelReply(generation))
            self.written(generation, now)

    def call(self, generation: int, found: Call | Malformed, now: float) -> None:
        """Take a tool call that the text engine has read itself."""
        answer = self._live(generation)
        if answer is None or not answer.writing:
            return
        answer.last_piece = now
        self._scan(answer, [*answer.scanner.finish(), found], now)

    def written(self, generation: int, now: float) -> None:
        """The text engine has finished this stream."""
        answer = self._live(generation)
        if answer is None or not answer.writing:
            return
        self._scan(answer, answer.scanner.finish(), now)
        if self.current is answer and answer.writing:
            answer.writing = False
            self._go_on(answer, now)

    def failed(self, generation: int, message: str, remedy: str, now: float) -> None:
        """The text engine gave up: what was written stays, or else the reason is said."""
        answer = self._live(generation)
        if answer is None:
            return
        held = [item for item in answer.scanner.finish() if isinstance(item, Text)]
        self._scan(answer, held, now)
        self._outbox.show(NoticeShown(Severity.ERROR, message, remedy))
        answer.writing = False
        answer.broken_off = bool(answer.text)
        if not answer.text:
            self._visible(answer, message, now)
        answer.results.clear()
        self._go_on(answer, now)

    # --- tools that the model calls -----------------------------------------------------------------

    def has_untrusted(self, answer: Answer) -> bool:
        """Whether the model that writes ``answer`` has read what neither it nor the user has said."""
        window = history_window(tuple(self.history), PROMPT_MESSAGES)
        return answer.untrusted or answer.recalled or any(message.untrusted for message in window)

    def wait_for(self, answer: Answer, id: int, now: float) -> None:
        """The answer goes on once this tool call is done."""
        if not answer.waiting:
            answer.waiting_since = now
        answer.waiting.add(id)

    def tool_result(
        self, answer: Answer, id: int, name: str, result: ToolResult, now: float, *, untrusted: bool
    ) -> None:
        """A tool that the model called is done; the model hears of it once all are."""
        if self.current is not answer or answer.ended:
            return
        answer.waiting.discard(id)
        if result.is_rejected:
            self._reject(answer, name, result.text, now)
        else:
            answer.results.append(Result(name, result.text, untrusted))
        self._go_on(answer, now)

    def _reject(self, answer: Answer, name: str, reason: str, now: float) -> None:
        """A call that cannot be run goes back to the model once, then to the user."""
        if answer.has_corrected:
            self._outbox.show(NoticeShown(Severity.WARNING, f"A tool call could not be used: {reason}"))
            self.conclude(answer, f"I could not do that. {reason}", now)
        else:
            text = f"Nothing was run. {reason} Call it once more as it should be, or answer without it."
            answer.results.append(Result(name, text, rejected=True))

    def tick(self, now: float) -> None:
        """Say something while a tool takes its time; give up on a text engine that has fallen silent."""
        answer = self.current
        if answer and answer.waiting and now - answer.waiting_since > LEAD_IN:
            self._lead_in(answer, now)
        if answer and answer.writing and not answer.waiting and now - answer.last_piece > THINKING_LIMIT:
            self._outbox.add(CancelReply(answer.generation))
            self.failed(answer.generation, "The text engine did not answer in time.", "Try again.", now)

    # --- what the engine plays ----------------------------------------------------------------------

    def started(self, generation: int, at: float, synthesis_s: float) -> None:
        """The first sound of the answer leaves for the device."""
        answer = self._live(generation)
        if answer is None:
            return
        answer.audible = True
        self.last_sound = at
        turn, first = answer.turn, answer.first_sentence_at
        if turn is None or first is None:
            return
        answer.timings = {
            "endpoint": turn.endpoint - turn.speech_end,
            "recognition": max(0.0, turn.recognised - turn.endpoint),
            "reply": max(0.0, first - max(turn.recognised, turn.endpoint)),
            "synthesis": synthesis_s,
            "total": at - turn.speech_end,
        }
        self._outbox.show(LatencyShown(**answer.timings))

    def heard(self, generation: int, text: str, now: float) -> None:
        """Words have left the speaker."""
        answer = self._live(generation)
        if answer is None:
            return
        answer.hear(text)
        self.last_sound = now
        self._show(answer)

    def finished(self, generation: int, text: str, interrupted: bool, now: float) -> None:
        """The engine has played the answer to its end, or the user has talked it down."""
        answer = self._live(generation)
        if answer is None:
            return
        answer.hear(text)
        self.last_sound = now
        if interrupted:
            self.interrupt()
        else:
            answer.played = True
            self._complete_if_done(answer)

    # --- inside ---------------------------------------------------------------------------------------

    def _live(self, generation: int) -> Answer | None:
        answer = self.current
        return answer if answer is not None and answer.generation == generation else None

    def _scan(self, answer: Answer, items: Iterable[Text | Call | Malformed], now: float) -> None:
        for item in items:
            if self.current is not answer or answer.ended:
                return
            match item:
                case Text(text):
                    self._visible(answer, text, now)
                case _ if answer.has_called_enough:
                    pass  # it hears of those that were run, and may call the others after them
                case Call(call):
                    self._break_off(answer, now)
                    self._on_call(call, answer, now)
                case Malformed(_, reason):
                    self._reject(answer, "tool call", reason, now)

    def _visible(self, answer: Answer, text: str, now: float) -> None:
        text = text if answer.text else text.lstrip()
        if not text:
            return
        self._hand_over(answer, answer.append(text), now)
        self._show(answer)

    def _hand_over(self, answer: Answer, sentences: list[str], now: float) -> None:
        for sentence in sentences:
            if answer.first_sentence_at is None:
                answer.first_sentence_at = now
            answer.sentences += 1
            if not answer.silent and not answer.is_cut:
                self._say(answer, sentence)

    def _say(self, answer: Answer, sentence: str) -> None:
        if answer.has_said_enough(self.limits.spoken_characters):
            answer.is_cut = True
            sentence = self._line(self._persona().lines.rest)
        else:
            answer.spoken_characters += len(sentence)
            answer.spoken_words += len(sentence.split())
        self.recently_spoken.append(sentence)
        self._outbox.engine(Say(answer.generation, sentence, self._voice()))

    def _go_on(self, answer: Answer, now: float) -> None:
        if answer.writing or answer.waiting or answer.ended:
            return
        if answer.results and answer.rounds < TOOL_ROUNDS and not answer.is_monologue:
            self._break_off(answer, now)
            results = answer.begin_round(now)
            self._outbox.add(StartReply(answer.generation, self._follow_up(answer, results)))
            return
        self._close_text(answer, now)

    def _lead_in(self, answer: Answer, now: float) -> None:
        if answer.has_led_in or answer.text[answer.round_start :].strip():
            return
        answer.has_led_in = True
        self._visible(answer, self._line(self._persona().lines.lead_in), now)
        self._break_off(answer, now)

    def _line(self, lines: Sequence[str]) -> str:
        said = [message.text for message in self.history if message.role == "assistant"]
        return choose(lines, said)

    def _break_off(self, answer: Answer, now: float) -> None:
        """Whatever follows is a new sentence."""
        self._hand_over(answer, answer.cutter.finish(), now)
        if answer.text and not answer.text[-1].isspace():
            answer.text += " "

    def _close_text(self, answer: Answer, now: float) -> None:
        self._hand_over(answer, answer.cutter.finish(), now)
        answer.ended = True
        if not answer.is_monologue:
            self._outbox.engine(EndReply(answer.generation))
        self._complete_if_done(answer)

    def _complete_if_done(self, answer: Answer) -> None:
        unheard = answer.silent or answer.sentences == 0
        if answer.ended and (unheard or answer.played):
            self.current = None
            answer.hear_all()
            self._record(answer, answer.text.rstrip(), interrupted=answer.broken_off)

    def _record(self, answer: Answer, text: str, *, interrupted: bool) -> None:
        persona = self._persona().slug
        self._outbox.show(answer.shown_at_last(text, persona, interrupted))
        if text or answer.tools:
            message = answer.message(text, persona, interrupted)
            self._outbox.add(Store(message, tools=tuple(answer.tools), timings=answer.timings))
            if text:
                self.history.append(message)

    def _show(self, answer: Answer) -> None:
        self._outbox.show(answer.shown(self._persona().slug))
