"""A fake world around the session: engine, text engine, tools and time, driven by a random schedule."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from random import Random

from assistant.conversation.effects import (
    CancelReply,
    Effect,
    Input,
    ReadAhead,
    ReplyCall,
    ReplyEnded,
    ReplyFailed,
    ReplyPiece,
    RunTool,
    Show,
    StartReply,
    Store,
    Tick,
    ToEngine,
    ToolFinished,
)
from assistant.conversation.session import Session
from assistant.conversation.updates import MessageShown, Update
from assistant.engine.protocol import (
    CancelSpeech,
    EndReply,
    EngineReady,
    Prepare,
    Say,
    SetMicrophone,
    SpeechFinished,
    SpeechHeard,
    SpeechStarted,
    TurnGuess,
    TurnResumed,
    UserSpeechStarted,
    UserTurn,
)
from assistant.llm.port import Message, Prompt
from assistant.tools.result import SwitchPersona, ToolCall, ToolResult

PARTS = {"vad": "fake", "recogniser": "fake", "voice": "fake"}
ZOMBIE = "undead"
"""A word that only ever comes from dead generations."""

READY = EngineReady("cascade", PARTS, "fake microphone", "fake speaker")


class FakeVoice:
    """The engine's playout as the session sees it: words leave the speaker one by one."""

    def __init__(self) -> None:
        self.generation = 0
        self.words: list[str] = []
        self.heard = 0
        self.ended = False
        self.started = False
        self.played: dict[int, list[str]] = {}
        """The words of each generation that have left the speaker."""

    def take(self, command: object) -> None:
        match command:
            case CancelSpeech(generation):
                self._fresh(generation)
            case Say(generation, text, _):
                assert generation >= self.generation, "a sentence of a dead generation reached the engine"
                if generation > self.generation:
                    self._fresh(generation)
                assert not self.ended, "a sentence after the end of its answer"
                self.words += text.split()
            case EndReply(generation):
                if generation > self.generation:
                    self._fresh(generation)
                if generation == self.generation:
                    self.ended = True

    def _fresh(self, generation: int) -> None:
        self.generation, self.words, self.heard = generation, [], 0
        self.ended = self.started = False

    def advance(self, now: float) -> Input | None:
        """The next thing that the engine would report of its playing, if there is any."""
        text = " ".join(self.words[: self.heard])
        if self.words and not self.started:
            self.started = True
            return SpeechStarted(self.generation, now, 0.01)
        if self.heard < len(self.words):
            self.heard += 1
            self.played[self.generation] = self.words[: self.heard]
            return SpeechHeard(self.generation, " ".join(self.words[: self.heard]))
        if self.ended and self.words:
            finished = SpeechFinished(self.generation, text)
            self._fresh(self.generation)
            return finished
        return None

    def talk_down(self) -> Input | None:
        """The user has spoken over the answer, and the engine has stopped it."""
        if not self.started:
            return None
        text = " ".join(self.words[: self.heard])
        finished = SpeechFinished(self.generation, text, interrupted=True)
        self._fresh(self.generation)
        return finished


class World:
    """Carries out effects in virtual time and keeps what was stored and shown."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.now = 100.0
        self.voice = FakeVoice()
        self.replies: dict[int, deque[str | ToolCall]] = {}
        self.tools: deque[RunTool] = deque()
        self.stored: list[Message] = []
        self.shown: list[Update] = []
        self.prompts: list[StartReply] = []
        self.prepared: list[Prepare] = []
        self.read_ahead: list[Prompt] = []
        self.microphone_open = True
        self.reply_pieces: Iterable[str | ToolCall] = (
            "Well. ",
            "That is ",
            "one way to see it. ",
            "Is it not?",
        )
        self.turn = 0
        self.read: set[str] = set()
        """Texts of answers that had no voice, as they grew: these are read, and count as heard."""
        self.ahead: set[int] = set()
        """Generations that are only prepared, for a turn that is not over."""
        self.late: list[Input] = []
        """What was on its way when its generation died."""

    def feed(self, event: Input) -> None:
        """Give the session an event and carry out what it decides."""
        before = self.session.answers.current
        effects = self.session.handle(event, self.now)
        if isinstance(event, TurnGuess):
            self.ahead = {effect.generation for effect in effects if isinstance(effect, StartReply)}
        elif isinstance(event, UserTurn):
            self.ahead = set()
        if isinstance(event, TurnGuess | TurnResumed) or getattr(event, "generation", None) in self.ahead:
            assert all(is_unheard(effect) for effect in effects), "a guess was shown, stored, said or run"
        for effect in effects:
            self.carry_out(effect)
        for answer in (before, self.session.answers.current):
            if answer is not None and answer.silent:
                self.read |= {answer.text, answer.text.rstrip()}

    def carry_out(self, effect: Effect) -> None:
        match effect:
            case ToEngine(SetMicrophone(is_open)):
                self.microphone_open = is_open
            case ToEngine(Prepare() as wish):
                self.prepared.append(wish)
            case ToEngine(command):
                if isinstance(command, CancelSpeech) and self.voice.started:
                    text = " ".join((*self.voice.words, ZOMBIE))
                    self.late.append(SpeechFinished(self.voice.generation, text, interrupted=True))
                self.voice.take(command)
            case StartReply(generation, _):
                self.prompts.append(effect)
                self.replies[generation] = deque(self.reply_pieces)
            case ReadAhead(prompt):
                self.read_ahead.append(prompt)
            case CancelReply(generation):
                if self.replies.pop(generation, None) is not None:
                    self.late += [ReplyPiece(generation, f"{ZOMBIE}. "), ReplyEnded(generation)]
            case RunTool():
                self.tools.append(effect)
            case Store(message):
                self.stored.append(message)
            case Show(update):
                self.shown.append(update)

    # --- one step of each actor ---------------------------------------------------------------------------

    def write(self, generation: int) -> None:
        """The text engine writes one piece, or ends."""
        pieces = self.replies[generation]
        if pieces:
            piece = pieces.popleft()
            native = isinstance(piece, ToolCall)
            self.feed(ReplyCall(generation, piece) if native else ReplyPiece(generation, piece))
        else:
            del self.replies[generation]
            self.feed(ReplyEnded(generation))

    def deliver_late(self, random: Random) -> None:
        """Something of a dead generation arrives after all."""
        self.feed(self.late.pop(random.randrange(len(self.late))))

    def fail(self, generation: int) -> None:
        """The text engine breaks off."""
        del self.replies[generation]
        self.feed(ReplyFailed(generation, "It broke.", "Mend it."))

    def play(self) -> bool:
        """The engine plays on by one word; False when it is silent."""
        event = self.voice.advance(self.now)
        if event is not None:
            self.feed(event)
        return event is not None

    def finish_tool(self) -> None:
        """The oldest running tool ends."""
        run = self.tools.popleft()
        self.feed(ToolFinished(run.id, fake_result(run.call)))

    def pause(self, text: str) -> None:
        """The user begins to speak, and pauses after these words."""
        self.turn += 1
        self.feed(UserSpeechStarted(self.turn, self.now))
        self.feed(TurnGuess(self.turn, text))

    def end(self, text: str) -> None:
        """The open turn is over."""
        self.feed(UserTurn(self.turn, text, self.now - 0.3, self.now, self.now))

    def say(self, text: str, *, over_speech: bool = False) -> None:
        """The user says something, which is understood at once."""
        self.turn += 1
        at = self.now
        self.feed(UserTurn(self.turn, text, at - 0.5, at - 0.1, at, over_speech=over_speech))

    def settle(self, limit: int = 10_000) -> None:
        """Let everything that is under way come to its end."""
        for _ in range(limit):
            self.now += 0.01
            if self.replies:
                self.write(next(iter(self.replies)))
            elif self.tools:
                self.finish_tool()
            elif not self.play():
                self.feed(Tick())
                return
        raise AssertionError("the session never came to rest")

    def settle_ticks(self) -> None:
        """Time passes, and nobody does anything."""
        self.replies.clear()
        self.feed(Tick())

    # --- what came of it ----------------------------------------------------------------------------------

    def texts(self, role: str) -> list[str]:
        """Final texts that were shown, in their order."""
        return [
            update.text
            for update in self.shown
            if isinstance(update, MessageShown) and update.role == role and update.final and update.text
        ]


def is_unheard(effect: Effect) -> bool:
    """True for what an answer may do that is only prepared."""
    match effect:
        case StartReply() | CancelReply() | ToEngine(Prepare()):
            return True
    return False


def fake_result(call: ToolCall) -> ToolResult:
    """What the fake tools give back: the switch is real enough, everything else is words."""
    if call.name == "change_theme":
        slug = {"GLaDOS": "glados", "HAL 9000": "hal9000"}.get(str(call.arguments.get("persona_name")), "")
        if slug:
            undo = ToolCall("change_theme", {"persona_name": "Assistant"})
            return ToolResult("Changed.", actions=(SwitchPersona(slug),), undo=undo)
        return ToolResult("Unknown.", speech="I know nobody of that name.", ok=False)
    return ToolResult(f"{call.name} is done.", speech=f"I did {call.name}.")


def random_text(random: Random) -> str:
    """Something that a user might say."""
    return random.choice(
        [
            "hello there",
            "change to GLaDOS",
            "what time is it",
            "go to sleep",
            "wake up",
            "yes",
            "no",
            "forget everything",
            "stop",
            "no, go back",
            "tell me a story",
            "become Gandalf",
            "mute",
            "remember that I like tea",
            "",
            "…",
        ]
    )
