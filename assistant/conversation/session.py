"""The session: a pure state machine that owns turns, answers, tools and the persona.

``handle(event, now)`` takes what happened and the time, and returns what is to be done. It touches no
clock, no thread, no file and no screen; ``runner.py`` carries out its effects and reports back. One
generation counter numbers the answers: whatever carries an older number is dropped where it arrives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from assistant.conversation.answer import Answer, Result
from assistant.conversation.answers import TOOL_ROUNDS, Answers
from assistant.conversation.commands import Commands
from assistant.conversation.effects import Effect, Input, Store, Tick, ToolFinished, Written
from assistant.conversation.engine_side import EngineSide
from assistant.conversation.limits import NO_LIMITS, Limits
from assistant.conversation.monologue import Monologues
from assistant.conversation.offers import take_offer
from assistant.conversation.outbox import Outbox
from assistant.conversation.phase import phase_of
from assistant.conversation.preparation import Preparation
from assistant.conversation.prompts import build_prompt, greeting_instruction, with_results
from assistant.conversation.reading_ahead import ReadingAhead
from assistant.conversation.reports import Report, shown
from assistant.conversation.requests import (
    DevicesRequested,
    MicrophoneRequested,
    PersonaRequested,
    PersonasReloaded,
    SoundTestRequested,
    StopRequested,
    TalkRequested,
    TextEngineRequested,
    TypedTurn,
    VolumeRequested,
    WakeRequested,
)
from assistant.conversation.standing import Standing
from assistant.conversation.turns import UserTurns
from assistant.conversation.understood import understood
from assistant.conversation.updates import (
    LevelsShown,
    NoticeShown,
    PersonaChanged,
    Phase,
)
from assistant.conversation.voice import voice_spec
from assistant.engine.monologue_protocol import RoleFading
from assistant.engine.protocol import (
    UNANSWERED,
    DevicesChanged,
    EndReply,
    EngineDown,
    EngineReady,
    Levels,
    Monologue,
    PartialTranscript,
    PushToTalk,
    SetMicrophone,
    SetVolume,
    SpeechFinished,
    SpeechHeard,
    SpeechStarted,
    TurnDoubted,
    TurnGuess,
    TurnResumed,
    UserSpeechStarted,
    UserTurn,
    VoiceSpec,
)
from assistant.llm.port import Message, Prompt, Purpose
from assistant.personas.load import Library
from assistant.personas.model import Persona
from assistant.severity import Severity
from assistant.tools.offered import Offer
from assistant.tools.registry import Registry
from assistant.tools.result import ToolCall

CLOCK_JUMP = 10.0
"""Seconds between two ticks that mean that the machine slept."""


class Session:
    """One conversation. Not thread-safe: one owner calls ``handle``."""

    def __init__(
        self,
        library: Library,
        registry: Registry,
        persona: str,
        *,
        volume: float = 0.8,
        text_engine: str = "scripted",
        history: Iterable[Message] = (),
        greets: bool = True,
        limits: Limits = NO_LIMITS,
    ) -> None:
        self._library = library
        self.greets = greets
        self._registry = registry
        self._outbox = Outbox()
        self.answers = Answers(
            self._outbox,
            lambda: self.persona,
            lambda: self.voice,
            lambda call, answer, time: self.commands.model_call(call, answer, time),
            self._follow_up,
            limits,
        )
        self.answers.history.extend(history)
        self.turns = UserTurns(self._outbox, self.answers, lambda: self.current_persona_name)
        self.engine = EngineSide(self._outbox, self.answers, text_engine)
        self.commands = Commands(self)
        self.preparation = Preparation(self)
        self._monologues = Monologues(self._outbox, self.answers, lambda: self.commands.busy)
        self.current_persona_name = persona if library.get(persona) else library.default.slug
        self.volume = volume
        self.microphone_open = True
        self.asleep = False
        """Listens only for "wake up" or a persona's name."""
        self.talking = False
        self._last_tick: float | None = None
        self._standing = Standing(self)
        self._reading_ahead = ReadingAhead(self)

    # --- what others may ask ----------------------------------------------------------------------

    @property
    def library(self) -> Library:
        """The personas there are."""
        return self._library

    @property
    def registry(self) -> Registry:
        """The tools there are."""
        return self._registry

    @property
    def outbox(self) -> Outbox:
        """Where effects are queued."""
        return self._outbox

    @property
    def persona(self) -> Persona:
        """The persona that speaks now."""
        return self._library.get(self.current_persona_name) or self._library.default

    @property
    def voice(self) -> VoiceSpec:
        """How that persona sounds."""
        return voice_spec(self.persona, self._library)

    @property
    def generation(self) -> int:
        """The number of the newest answer."""
        return self.answers.generation

    def handle(self, event: Input, now: float) -> tuple[Effect, ...]:  # noqa: PLR0912, PLR0915 - one dispatch
        """Take one event at monotonic time ``now``; return the effects in their order."""
        match event:
            case Levels(microphone, speaker):
                self._outbox.show(LevelsShown(microphone if self.microphone_open else -120.0, speaker))
            case Tick(asleep_s):
                self._tick(now, asleep_s)
            case UserSpeechStarted(turn, at):
                if self.microphone_open:
                    self.turns.open(turn, at)
            case PartialTranscript(turn, text):
                if not self.asleep:
                    self.turns.partial(turn, text)
            case TurnGuess() | TurnResumed():
                self.preparation.follow(event, now)
            case UserTurn():
                self._user_turn(event, now)
            case TurnDoubted(turn):
                self.commands.doubted(turn, now)
            case SpeechStarted(generation, at, synthesis_s):
                self.answers.started(generation, at, synthesis_s)
            case SpeechHeard(generation, text):
                self.answers.heard(generation, text, now)
            case SpeechFinished(generation, text, interrupted):
                self.answers.finished(generation, text, interrupted, now)
            case _ if isinstance(event, Written):
                if not self.preparation.take(event):
                    self.answers.take(event, now)
            case ToolFinished(id, result):
                self.commands.tool_finished(id, result, now)
            case Offer():
                self._registry = take_offer(event, self._registry, self._outbox)
            case TypedTurn(text):
                self._typed(text, now)
            case StopRequested():
                self.commands.cancel_question()
                self.answers.interrupt()
            case MicrophoneRequested(is_open):
                self.open_microphone(is_open)
            case TalkRequested(active):
                self._talk(active)
            case PersonaRequested(slug):
                self.commands.pick_persona(slug, now)
            case WakeRequested():
                self.wake(now)
            case VolumeRequested(volume):
                self.commands.can_undo(ToolCall("set_volume", {"level": round(self.volume * 100)}))
                self.set_volume(volume)
            case SoundTestRequested():
                self.commands.speak(f"This is how {self.persona.say_name} sounds.", now)
            case PersonasReloaded(personas):
                self._library = Library(tuple(Persona.model_validate(each) for each in personas))
            case TextEngineRequested(engine):
                self.commands.run(ToolCall("use_text_engine", {"engine": engine}), now)
            case DevicesRequested(input_name, output_name):
                self.engine.use_devices(input_name, output_name)
            case EngineReady():
                self._engine_ready(event, now)
            case EngineDown():
                self._engine_down(event)
            case DevicesChanged():
                self._devices_changed(event, now)
            case _ if isinstance(event, Monologue):
                self._monologues.take(event, now)
            case RoleFading(forgets):
                self.engine.begin_anew(self.persona, self.answers.history, forgets=forgets)
            case _ if isinstance(event, Report):
                self._outbox.show(shown(event))
        self.preparation.drop_outdated()
        self.engine.hold_monologue(self.asleep)
        self._standing.show()
        self._reading_ahead.follow()
        return self._outbox.take()

    # --- the user's side ----------------------------------------------------------------------------

    def _user_turn(self, event: UserTurn, now: float) -> None:
        text = understood(event.text, event.readings, self._library, self.asleep).strip()
        wanted = self.microphone_open and self.turns.is_for_us(event, text) and self.commands.may_listen(text)
        if wanted:
            self._accept(text, now, event)
        else:
            self.turns.close()
            self.preparation.drop()
            self._outbox.engine(EndReply(UNANSWERED))

    def _typed(self, text: str, now: float) -> None:
        if text := text.strip():
            self.turns.close()
            self.asleep = False
            self._accept(text, now, None)

    def _accept(self, text: str, now: float, turn: UserTurn | None) -> None:
        if turn is None or not (self.preparation.is_for(text) or self._monologues.is_speaking):
            self.answers.interrupt()
        self.turns.accept(text, now, typed=turn is None)
        message = Message("user", text, self.current_persona_name)
        self.answers.history.append(message)
        self._outbox.add(Store(message, turn.confidence if turn else None))
        self.commands.heard(text, now, turn)

    def reply(self, now: float, turn: UserTurn | None) -> None:
        """Let the text engine answer the newest message, unless it did ahead, or the engine itself does."""
        if turn is not None and self.engine.answers_itself:
            self._monologues.answers(turn)
            self._outbox.engine(EndReply(UNANSWERED))
            return
        prepared = self.preparation.adopt(self.answers.history[-1].text) if turn else None
        if prepared is not None:
            self.answers.adopt(prepared.generation, prepared.written, now, turn)
        else:
            self.answers.begin(Purpose.REPLY, now, turn)
            self.answers.ask(self._build_conversation_prompt(self.persona))
        self.commands.replied(turn)

    def prompt_for(self, text: str, before: tuple[Message, ...] = ()) -> Prompt:
        """What the text engine would be asked if the user's turn were ``text``, and followed ``before``."""
        message = Message("user", text, self.current_persona_name)
        return self._build_conversation_prompt(self.persona, unsaid=(*before, message))

    # --- the persona ----------------------------------------------------------------------------------

    def switch_persona(self, slug: str, now: float, tool: dict[str, Any] | None = None) -> None:
        """Prompt, voice, memory scope, tools and theme become another persona's, as one."""
        if self._library.get(slug) is None:
            message, known = f"There is no persona named {slug}.", ", ".join(self._library.names)
            self._outbox.show(NoticeShown(Severity.WARNING, message, f"There are {known}."))
            return
        self.commands.cancel_question()
        self.answers.interrupt()
        self.asleep = False
        self.current_persona_name = slug
        self.engine.begin_anew(self.persona)
        self._outbox.show(PersonaChanged(slug))
        self.generate_greeting(now, re_introduction=True)
        if tool is not None and self.answers.current is not None:
            self.answers.current.tools.append(tool)

    def generate_greeting(self, now: float, *, re_introduction: bool = False) -> None:
        """Let the persona speak first: a greeting, or its introduction after a switch."""
        purpose = Purpose.RE_INTRODUCTION if re_introduction else Purpose.GREETING
        self.answers.begin(purpose, now)
        instruction = greeting_instruction(self.persona, re_introduction)
        self.answers.ask(self._build_conversation_prompt(self.persona, purpose, instruction))

    def _build_conversation_prompt(
        self,
        persona: Persona,
        purpose: Purpose = Purpose.REPLY,
        instruction: str = "",
        unsaid: tuple[Message, ...] = (),
    ) -> Prompt:
        history, summary = (*self.answers.history, *unsaid), self.answers.history.summary
        tools = self._registry.for_persona(persona).schemas()
        return build_prompt(purpose, persona, history, tools, self._library.personas, instruction, summary)

    def _follow_up(self, answer: Answer, results: Sequence[Result]) -> Prompt:
        prompt = self._build_conversation_prompt(self.persona, Purpose.TOOL_RESULT)
        return with_results(prompt, answer.text, results, is_last=answer.rounds >= TOOL_ROUNDS)

    # --- microphone, sleep, volume ------------------------------------------------------------------

    def open_microphone(self, is_open: bool) -> None:
        """Open or close the microphone; closing drops an open turn."""
        if is_open != self.microphone_open:
            self.microphone_open = is_open
            self._outbox.engine(SetMicrophone(is_open))
        if not is_open:
            self.talking = False
            self.turns.close()

    def _talk(self, active: bool) -> None:
        if active:
            self.open_microphone(True)
            self.asleep = False
            self.answers.interrupt()
        if active != self.talking:
            self.talking = active
            self._outbox.engine(PushToTalk(active))

    def wake(self, now: float) -> None:
        """Listen again, and say so."""
        if self.asleep:
            self.asleep = False
            self.commands.speak(f"{self.persona.name} is listening.", now)

    def set_volume(self, volume: float) -> None:
        """Loudness of the voice, 0.0 to 1.0."""
        self.volume = min(1.0, max(0.0, volume))
        self._outbox.engine(SetVolume(self.volume))

    # --- the engine -----------------------------------------------------------------------------------

    def _engine_ready(self, event: EngineReady, now: float) -> None:
        if self.engine.ready(event):
            self.engine.begin_anew(self.persona, self.answers.history)
        self._outbox.engine(SetVolume(self.volume))
        if not self.microphone_open:
            self._outbox.engine(SetMicrophone(False))
        # Who has typed already wants no greeting any more.
        if self.greets and self.answers.generation == 0:
            self.generate_greeting(now)

    def _engine_down(self, event: EngineDown) -> None:
        self.talking = False
        self.turns.close()
        self.preparation.drop()
        self._monologues.engine_lost()
        self.engine.down(event.reason, event.retry_s)

    def _devices_changed(self, event: DevicesChanged, now: float) -> None:
        self.talking = False  # the engine lets go of an open turn when its devices change
        if not event.input_device:
            self.turns.close()
        self.engine.devices_changed((event.input_device, event.output_device), event.reason, now)

    # --- time and state -------------------------------------------------------------------------------

    def _tick(self, now: float, asleep_s: float) -> None:
        passed = 0.0 if self._last_tick is None else now - self._last_tick
        if not -1.0 < passed + asleep_s < CLOCK_JUMP:
            self.commands.cancel_question()
            self._talk(False)
            self.turns.close()
        self._last_tick = now
        self.engine.tick(now)
        self.answers.tick(now)
        self.commands.tick(now)

    @property
    def phase(self) -> Phase:
        """What the assistant is doing."""
        return phase_of(self)
