"""Carries out the session's effects: engine process, text engine, tools, memory, and whoever watches."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from assistant.conversation.effects import (
    CancelReply,
    Effect,
    Input,
    NotesRecalled,
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
from assistant.conversation.prompts import with_notes
from assistant.conversation.requests import RecordingRequested, Request, StopRequested
from assistant.conversation.session import Session
from assistant.conversation.sleep import asleep_s
from assistant.conversation.state import session_from, state_of
from assistant.conversation.updates import NoticeShown, PersonaChanged, Update
from assistant.engine.protocol import Command, Event
from assistant.errors import AssistantError
from assistant.llm.port import (
    CallDelta,
    Delta,
    Dropped,
    Finished,
    MalformedCallDelta,
    Prompt,
    ReadsAhead,
    TextDelta,
    TextEngine,
    Usage,
)
from assistant.llm.reply import reply
from assistant.memory.context import pinned_notes, recalled_notes
from assistant.memory.records import StoredMessage
from assistant.memory.store import MemoryStore
from assistant.severity import Severity
from assistant.tools.context import TextEngines, ToolContext
from assistant.tools.offered import Offer, ToolServers
from assistant.tools.result import ToolCall

if TYPE_CHECKING:
    from assistant.recording.recorder import Recorder

log = logging.getLogger(__name__)

SERVERS_LIMIT = 5.0
"""Seconds that servers of tools have to end."""

TICK = 0.25
"""Seconds between two ticks of the session."""


class Engine(Protocol):
    """The engine process as the runner sees it (``engine.supervisor.Supervisor``)."""

    async def run(self, on_event: Callable[[Event], None]) -> None:
        """Deliver events until stopped."""
        ...

    def send(self, command: Command) -> None:
        """Pass a command on."""
        ...

    async def stop(self) -> None:
        """End it."""
        ...


class RunningToolServers(ToolServers, Protocol):
    """Servers of tools as the runner sees them (``tools.mcp.servers.McpServers``)."""

    async def run(self, tell: Callable[[Offer], None]) -> None:
        """Connect, and stay so until cancelled."""
        ...


class ConversationRunner:
    """One conversation on one event loop: feeds the session, carries out what it decides."""

    def __init__(  # noqa: PLR0913 - each is another part of the world outside
        self,
        session: Session,
        engine: Engine,
        text_engine: TextEngine,
        memory: MemoryStore,
        *,
        recorder: Recorder | None = None,
        records: bool = False,
        notices: Sequence[NoticeShown] = (),
        tool_servers: RunningToolServers | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._engine = engine
        self._text_engine = text_engine

        self._memory = memory
        self._memory_session = memory.start_session()
        self._recorder = recorder
        self._recording_wanted = records
        self._notices = notices
        self._tool_servers = tool_servers
        self._connecting: asyncio.Task[None] | None = None
        self._clock = clock
        self._watchers: list[Callable[[Update], None]] = []
        self._inputs: deque[Input] = deque()
        self._handling = False
        self._replies: dict[int, asyncio.Task[None]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._tools: set[asyncio.Task[None]] = set()
        self._memory_failed = False
        self._dropped = 0
        if recorder:
            recorder.attach(self._show, engine.send)

    def subscribe(self, callback: Callable[[Update], None]) -> None:
        """Let ``callback`` see every update, on the event loop's thread, in order."""
        self._watchers.append(callback)

    def request(self, request: Request) -> None:
        """Pass on what a face asks for."""
        if isinstance(request, RecordingRequested):
            self._record(request.active)
        else:
            self._take(request)

    async def run(self) -> None:
        """Start the engine and talk until cancelled."""
        self._show(PersonaChanged(self._session.current_persona_name))
        for notice in self._notices:
            self._show(notice)
        self._begin_recording()
        ticking = asyncio.create_task(self._tick())
        if self._tool_servers:
            self._connecting = asyncio.create_task(self._tool_servers.run(self._take))
        try:
            await self._engine.run(self._take)
            await asyncio.Event().wait()  # the engine gave up; typed turns go on until the face leaves
        finally:
            ticking.cancel()

    async def close(self) -> None:
        """End whatever runs, keep what was heard of the answer in progress, then end the engine."""
        self._take(StopRequested())
        self._record(False)
        self._stop_reading()
        for task in (*self._replies.values(), *self._tools):
            task.cancel()
        if self._connecting:
            self._connecting.cancel()
            await asyncio.wait({self._connecting}, timeout=SERVERS_LIMIT)
        await self._engine.stop()
        await self._text_engine.close()
        self._memory.close()

    # --- events in, effects out -------------------------------------------------------------------------

    def _take(self, event: Input) -> None:
        """Handle one event after the other, also those that effects bring about on the spot."""
        self._inputs.append(event)
        if self._handling:
            return
        self._handling = True
        try:
            while self._inputs:
                self._handle(self._inputs.popleft())
                self._begin_recording()
        finally:
            self._handling = False

    def _handle(self, event: Input) -> None:
        try:
            for effect in self._decide(event):
                self._carry_out(effect)
        except Exception:
            # One event that goes wrong must not end a conversation that can go on.
            log.exception("an event of type %s was not handled", type(event).__name__)
            message = "Something went wrong inside the assistant."
            self._show(NoticeShown(Severity.ERROR, message, "The log says what; the conversation goes on."))

    def _decide(self, event: Input) -> tuple[Effect, ...]:
        now = self._clock()
        effects: tuple[Effect, ...] = ()
        failure = ""
        try:
            effects = self._session.handle(event, now)
        except Exception as error:
            failure = repr(error)
            raise
        finally:
            if self._recorder:
                self._recorder.note(event, now, effects, failure)
        return effects

    def _record(self, active: bool) -> None:
        self._recording_wanted = active
        if active:
            self._begin_recording()
            if self._recording_wanted:
                self._show(NoticeShown(Severity.INFO, "Recording begins as soon as nothing is being said."))
        elif self._recorder:
            self._recorder.end(self._clock())

    def _begin_recording(self) -> None:
        """Once nothing is under way: from there a replay can go on with a session made anew."""
        if self._recorder and self._recording_wanted and (state := state_of(self._session)):
            self._recording_wanted = False
            # So is this one: should the state leave anything out, it is missing in both.
            self._session = session_from(state, self._session.library, self._session.registry)
            self._recorder.begin(state, self._session.library, self._clock())

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Show(update):
                self._show(update)
            case ToEngine(command):
                self._engine.send(command)
            case ReadAhead(prompt):
                self._stop_reading()
                if isinstance(self._text_engine, ReadsAhead):
                    self._reading = asyncio.create_task(self._read_ahead(self._text_engine, prompt))
            case StartReply(generation, prompt):
                self._stop_reading()
                self._replies[generation] = asyncio.create_task(self._reply(generation, prompt))
            case CancelReply(generation):
                if task := self._replies.pop(generation, None):
                    task.cancel()
            case RunTool(id, call, by_user):
                task = asyncio.create_task(self._run_tool(id, call, by_user))
                self._tools.add(task)
                task.add_done_callback(self._tools.discard)
            case Store():
                self._store(effect)

    def _show(self, update: Update) -> None:
        for watcher in self._watchers:
            watcher(update)

    async def _tick(self) -> None:
        before = asleep_s()
        while True:
            await asyncio.sleep(TICK)
            now = asleep_s()
            self._take(Tick(now - before))
            before = now

    # --- text engine, tools, memory ---------------------------------------------------------------------

    async def _reply(self, generation: int, prompt: Prompt) -> None:
        try:
            prompt = self._recalled(prompt, lambda: self._take(NotesRecalled(generation)))
            async with contextlib.aclosing(reply(self._text_engine, prompt)) as deltas:
                async for delta in deltas:
                    self._deliver(generation, delta)
        except AssistantError as error:
            self._take(ReplyFailed(generation, error.message, error.remedy))
        except Exception:
            log.exception("the text engine failed")
            self._take(ReplyFailed(generation, "The text engine failed.", "The log says more."))
        else:
            self._take(ReplyEnded(generation))
        finally:
            if self._replies.get(generation) is asyncio.current_task():
                del self._replies[generation]

    def _deliver(self, generation: int, delta: Delta) -> None:
        match delta:
            case TextDelta(text):
                self._take(ReplyPiece(generation, text))
            case CallDelta(call):
                self._take(ReplyCall(generation, call))
            case MalformedCallDelta(reason):
                self._take(ReplyCall(generation, None, reason))
            case Dropped(messages) if messages <= self._dropped:
                pass
            case Dropped(messages):
                self._dropped = messages
                message = "The conversation has outgrown the model's context."
                remedy = f"Of its oldest {messages} messages only a summary is read; all stay in the memory."
                self._show(NoticeShown(Severity.INFO, message, remedy))
            case Usage(prompt, written, cached):
                log.info("reply %d: %d tokens for %d, %d of them cached", generation, written, prompt, cached)
            case Finished(reason):
                log.debug("reply %d finished: %s", generation, reason)

    async def _read_ahead(self, engine: ReadsAhead, prompt: Prompt) -> None:
        try:
            await engine.read_ahead(self._recalled(prompt))
        except AssistantError as error:
            log.info("nothing was read ahead: %s", error.message)  # the next reply says so aloud
        except Exception:
            log.exception("reading ahead failed")

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _recalled(self, prompt: Prompt, on_undictated: Callable[[], None] = lambda: None) -> Prompt:
        newest = next((message.text for message in reversed(prompt.messages) if message.role == "user"), "")
        scope = self._context().memory_scope
        try:
            recalled, pinned = recalled_notes(self._memory, newest, scope), pinned_notes(self._memory, scope)
        except AssistantError:
            log.exception("notes could not be recalled")
            return prompt
        if not all(note.dictated for note in recalled):
            on_undictated()
        return with_notes(prompt, [note.text for note in recalled], [note.text for note in pinned])

    async def _run_tool(self, id: int, call: ToolCall, by_user: bool) -> None:
        result = await self._session.registry.execute(call, self._context(by_user))
        self._take(ToolFinished(id, result))

    def _context(self, by_user: bool = False) -> ToolContext:
        session = self._session
        engines = self._text_engine if isinstance(self._text_engine, TextEngines) else None
        return ToolContext(
            session.library,
            self._memory,
            session.current_persona_name,
            session.volume,
            text_engines=engines,
            tool_servers=self._tool_servers,
            by_user=by_user,
        )

    def _store(self, effect: Store) -> None:
        try:
            self._memory.append_message(
                self._memory_session,
                StoredMessage(
                    time=time.time(),
                    role=effect.message.role,
                    text=effect.message.text,
                    persona=effect.message.persona,
                    engine=self._text_engine.name,
                    tools=effect.tools,
                    interrupted=effect.message.interrupted,
                    confidence=effect.confidence,
                    timings=effect.timings,
                ),
            )
        except AssistantError as error:
            log.exception("a message could not be stored")
            if not self._memory_failed:
                self._memory_failed = True
                self._show(NoticeShown(Severity.ERROR, error.message, error.remedy))
