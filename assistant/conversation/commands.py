"""Spoken commands: finds them, runs tools, asks before dangers, undoes, and words the results."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.conversation.answer import Answer
from assistant.conversation.doubts import Doubts
from assistant.conversation.effects import RunTool
from assistant.conversation.intents import Reserved, called, find_intent, is_wake_word
from assistant.conversation.questions import Question, Questions, question_about
from assistant.conversation.updates import ToolShown, ToolStatus
from assistant.engine.protocol import UserTurn
from assistant.errors import ToolError
from assistant.llm.port import Purpose
from assistant.personas.names import closest, is_far, match
from assistant.tools.result import (
    ChangeVolume,
    CloseMicrophone,
    ForgetConversation,
    Kind,
    Sleep,
    StopSpeaking,
    SwitchPersona,
    TextEngineChanged,
    ToolCall,
    ToolResult,
)
from assistant.tools.theme_tool import changed

if TYPE_CHECKING:
    from assistant.conversation.session import Session

UNDO_DEPTH = 10

MOST_RUNNING = 16
"""Tool calls under way at once, the user's and those of answers that are over included; more are refused."""


@dataclass(frozen=True, slots=True)
class _Running:
    """A tool call under way: for an answer of the model, or for a spoken command of a generation."""

    call: ToolCall
    generation: int
    answer: Answer | None
    turn: UserTurn | None
    is_undo: bool = False


class Commands:
    """The part of the session that turns words and tool results into actions."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._doubts = Doubts(session.answers)
        self._running: dict[int, _Running] = {}
        self._questions = Questions(session.outbox)
        self.undo: deque[ToolCall] = deque(maxlen=UNDO_DEPTH)

    @property
    def is_waiting(self) -> bool:
        """True while a tool runs or a question is open."""
        return bool(self._running) or self._questions.is_open

    @property
    def busy(self) -> bool:
        """True while a spoken command's tool runs."""
        return any(running.answer is None for running in self._running.values())

    # --- the user's words -----------------------------------------------------------------------------

    def may_listen(self, text: str) -> bool:
        """Asleep, only a wake word is listened to; the caller drops everything else."""
        return not self._session.asleep or is_wake_word(text, self._session.library)

    def is_remark(self, text: str) -> bool:
        """True for words that no command and no open question of the assistant's has a use for."""
        session = self._session
        return (
            not session.asleep
            and not self._questions.is_open
            and not _is_command(find_intent(text, session.library))
        )

    def heard(self, text: str, now: float, turn: UserTurn | None) -> None:
        """Carry out a spoken command, or let the text engine reply."""
        session = self._session
        was_asleep, session.asleep = session.asleep, False
        question = self._questions.take()
        intent = find_intent(text, session.library)
        if question is not None and self._answered(question, text, intent, now, turn):
            return
        match intent:
            case ToolCall():
                self._run(intent, now, turn)
            case Reserved.UNDO:
                self._take_back(now, turn)
            case _ if was_asleep:
                self._woken(text, now, turn)
            case Reserved.WAKE:
                self.speak(f"{session.persona.name} is listening.", now, turn)
            case _:
                session.reply(now, turn)

    def _woken(self, text: str, now: float, turn: UserTurn | None) -> None:
        """Whoever is called wakes, or who fell asleep where nobody is."""
        session = self._session
        name = called(text, session.library)
        if name is not None and name != session.persona.name:
            self._run(ToolCall("change_theme", {"persona_name": name}), now, turn)
        else:
            self.speak(f"{session.persona.name} is listening.", now, turn)

    def _answered(
        self,
        question: Question,
        text: str,
        intent: ToolCall | Reserved | None,
        now: float,
        turn: UserTurn | None,
    ) -> bool:
        if intent is Reserved.YES:
            self._confirmed(question, now, turn)
            return True
        if question.card is not None:
            self._questions.refuse(question)
            if intent is Reserved.NO:
                self.speak("Then I leave it as it is.", now, turn)
                return True
            return False
        found = match(text, self._session.library) if intent is None else None
        if found is not None:
            self._run(ToolCall("change_theme", {"persona_name": found.persona.name}), now, turn)
            return True
        if intent is Reserved.NO:
            self.speak(f"Then I stay {self._session.persona.name}.", now, turn)
            return True
        return False

    def _confirmed(self, question: Question, now: float, turn: UserTurn | None) -> None:
        if not question.for_model:
            self._run(question.yes, now, turn, question.card, confirmed=True)
            return
        answers = self._session.answers
        answer = answers.begin(Purpose.TOOL_RESULT, now, turn)
        answer.writing = False
        self._run_for(answer, question.yes, now, question.card, confirmed=True)

    def pick_persona(self, slug: str, now: float) -> None:
        """A key named the persona: the tool's result is certain, so nothing waits for the tool to run."""
        session = self._session
        wanted = session.library.get(slug)
        if wanted is None or wanted is session.persona:
            session.switch_persona(slug, now)
            return
        id, call = session.answers.new_id(), ToolCall("change_theme", {"persona_name": wanted.name})
        self._running[id] = _Running(call, session.generation, None, None)
        self.tool_finished(id, changed(session.persona, wanted), now)

    def can_undo(self, call: ToolCall) -> None:
        """Something was changed by a key; this call takes it back."""
        self.undo.append(call)

    def _take_back(self, now: float, turn: UserTurn | None) -> None:
        if self.undo:
            self._run(self.undo.pop(), now, turn, confirmed=True, is_undo=True)
        else:
            self.speak("There is nothing to take back.", now, turn)

    def run(self, call: ToolCall, now: float) -> None:
        """Run what a face asked for."""
        self._run(call, now, None)

    # --- the model's calls ------------------------------------------------------------------------------

    def model_call(self, call: ToolCall, answer: Answer, now: float) -> None:
        """Run a call that the model wrote; its result goes back to the model.

        A persona that introduces itself runs none: two that send each other on would never stop.
        """
        if answer.purpose in (Purpose.GREETING, Purpose.RE_INTRODUCTION):
            return
        self._run_for(answer, call, now)

    def _run_for(
        self, answer: Answer, call: ToolCall, now: float, card: int | None = None, *, confirmed: bool = False
    ) -> None:
        id = self._run(call, now, answer.turn, card, answer=answer, confirmed=confirmed)
        is_waited_for = self._session.answers.current is answer and not answer.is_monologue
        if id is not None and is_waited_for:
            self._session.answers.wait_for(answer, id, now)

    # --- running ----------------------------------------------------------------------------------------

    def _run(
        self,
        call: ToolCall,
        now: float,
        turn: UserTurn | None,
        card: int | None = None,
        *,
        answer: Answer | None = None,
        confirmed: bool = False,
        is_undo: bool = False,
    ) -> int | None:
        session = self._session
        id = card if card is not None else session.answers.new_id()
        self._running[id] = _Running(call, session.generation, answer, turn, is_undo)
        registry = session.registry.for_persona(session.persona) if answer else session.registry
        try:
            tool = registry.tool(call.name)
            if answer and tool.kind is Kind.USER:
                raise ToolError(f"Only the user may call {tool.name}.")
        except ToolError as error:
            result = ToolResult(str(error), error.message, ok=False, is_rejected=True)
            self.tool_finished(id, result, now)
            return None
        if len(self._running) > MOST_RUNNING:
            busy = "Too many tools are at work."
            self.tool_finished(id, ToolResult(f"{busy} Try again once some are done.", busy, ok=False), now)
            return None
        is_suspect = answer is not None and tool.kind is Kind.CHANGE and session.answers.has_untrusted(answer)
        if (tool.kind is Kind.DANGER or is_suspect) and not confirmed:
            self._ask(id, tool.question or question_about(call, is_suspect=is_suspect), now)
            return None
        session.outbox.show(ToolShown(id, call.name, call.arguments, ToolStatus.RUNNING))
        session.outbox.add(RunTool(id, call, by_user=answer is None))
        return id

    def tool_finished(self, id: int, result: ToolResult, now: float) -> None:
        """Show the result, carry out its actions, and word it or give it to the model."""
        running = self._running.pop(id, None)
        if running is None:
            return
        call, answer = running.call, running.answer
        status = ToolStatus.DONE if result.ok else ToolStatus.FAILED
        self._session.outbox.show(ToolShown(id, call.name, call.arguments, status, result.text))
        is_dead = running.generation != self._session.generation
        if result.ok and result.undo is not None and not running.is_undo and not (is_dead and result.actions):
            self.undo.append(result.undo)
        if is_dead:
            return
        if self._act(call, result, now):
            return
        if answer is not None and answer.is_monologue:
            self._session.answers.written(answer.generation, now)
        elif answer is not None:
            answer.tools.append(_used(call, result))
            untrusted = self._session.registry.brings_untrusted(call.name)
            self._session.answers.tool_result(answer, id, call.name, result, now, untrusted=untrusted)
            return
        self.speak(result.speech, now, running.turn, _used(call, result))
        if call.name == "change_theme" and not result.ok:
            self._ask_back(call, now)

    def _act(self, call: ToolCall, result: ToolResult, now: float) -> bool:
        session = self._session
        for action in result.actions:
            match action:
                case SwitchPersona(slug):
                    session.switch_persona(slug, now, _used(call, result))
                    return True
                case CloseMicrophone():
                    session.open_microphone(False)
                case Sleep():
                    session.asleep = True
                case StopSpeaking():
                    session.answers.interrupt()
                case ChangeVolume(volume):
                    session.set_volume(volume)
                case ForgetConversation():
                    session.answers.forget()
                case TextEngineChanged(name):
                    session.engine.text_engine_changed(name)
        return False

    def replied(self, turn: UserTurn | None) -> None:
        """The answer just begun is a mere reply: what was said is no command."""
        self._doubts.replied(turn.turn if turn else None)

    def doubted(self, turn: int, now: float) -> None:
        """What was understood of ``turn`` is hardly what was said."""
        if wording := self._doubts.wording(turn, now):
            self.speak(wording, now)

    def speak(
        self, text: str, now: float, turn: UserTurn | None = None, tool: dict[str, Any] | None = None
    ) -> None:
        """Say a sentence that no text engine has to write; nothing to say still ends the turn."""
        answer = self._session.answers.begin(Purpose.TOOL_RESULT, now, turn)
        if tool is not None:
            answer.tools.append(tool)
        self._session.answers.say(text, now)

    # --- questions --------------------------------------------------------------------------------------

    def _ask(self, id: int, question: str, now: float) -> None:
        asking = self._running.pop(id)
        answer = None if asking.answer and asking.answer.is_monologue else asking.answer
        if answer is None:
            self.speak(question, now, asking.turn)
        else:
            self._session.answers.conclude(answer, question, now)
        self._questions.ask(Question(asking.call, now, id, for_model=answer is not None))

    def _ask_back(self, call: ToolCall, now: float) -> None:
        name, library = str(call.arguments.get("persona_name", "")), self._session.library
        if is_far(name, library):
            self._questions.ask(Question(ToolCall("list_personas", {}), now))
        elif wanted := closest(name, library, n=1):
            self._questions.ask(Question(ToolCall("change_theme", {"persona_name": wanted[0].name}), now))

    def cancel_question(self) -> None:
        """Whatever was asked is no longer waited for."""
        self._questions.cancel()

    def tick(self, now: float) -> None:
        """Let a question lapse."""
        self._questions.tick(now)


def _is_command(intent: ToolCall | Reserved | None) -> bool:
    """Yes and no are none where nothing was asked."""
    return intent not in (None, Reserved.YES, Reserved.NO)


def _used(call: ToolCall, result: ToolResult) -> dict[str, Any]:
    """A tool call as memory keeps it."""
    return {"name": call.name, "arguments": dict(call.arguments), "result": result.text, "ok": result.ok}
