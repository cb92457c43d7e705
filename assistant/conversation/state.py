"""All that a session knows while nothing is under way: what a recording begins with."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.conversation.limits import NO_LIMITS, Limits
from assistant.conversation.session import Session
from assistant.engine.protocol import EngineReady, UseDevices
from assistant.llm.port import Message, Said
from assistant.personas.load import Library
from assistant.tools.offered import OfferedTool
from assistant.tools.registry import Registry
from assistant.tools.result import ToolCall


@dataclass(frozen=True, slots=True)
class SessionState:
    """A session at rest. ``report`` is the engine's last one, None while there is no engine.

    ``devices`` are the microphone and the speaker by name, ``last_id`` and ``generation`` the newest numbers
    given, ``undo`` the calls that take the last changes back, oldest first, ``wanted_devices``
    the ones chosen in this conversation, ``tools`` those of servers, ``summary`` that of messages before
    ``history``.
    """

    persona: str
    volume: float
    text_engine: str
    greets: bool
    history: tuple[Message, ...] = ()
    microphone_open: bool = True
    asleep: bool = False
    last_id: int = 0
    generation: int = 0
    has_voice: bool = False
    undo: tuple[ToolCall, ...] = ()
    report: EngineReady | None = None
    devices: tuple[str, str] = ("", "")
    is_down: bool = False
    wanted_devices: UseDevices | None = None
    limits: Limits = NO_LIMITS
    tools: tuple[OfferedTool, ...] = ()
    summary: tuple[Said, ...] = ()


def state_of(session: Session) -> SessionState | None:
    """The session's state; None while something is said, asked, run or thought."""
    answers, engine = session.answers, session.engine
    under_way = answers.current or session.turns.is_open or session.commands.is_waiting or session.talking
    if under_way or not engine.is_settled:
        return None
    return SessionState(
        session.current_persona_name,
        session.volume,
        engine.text_engine,
        session.greets,
        tuple(answers.history),
        session.microphone_open,
        session.asleep,
        answers.last_id,
        answers.generation,
        answers.has_voice,
        tuple(session.commands.undo),
        engine.report,
        engine.devices,
        engine.is_down,
        engine.wanted,
        answers.limits,
        session.registry.offered,
        answers.history.summary,
    )


def session_from(state: SessionState, library: Library, registry: Registry) -> Session:
    """A session that goes on from ``state``; it tells its phase anew."""
    for server in {tool.server: None for tool in state.tools}:
        registry = registry.with_offered(server, (tool for tool in state.tools if tool.server == server))
    session = Session(
        library,
        registry,
        state.persona,
        volume=state.volume,
        text_engine=state.text_engine,
        history=state.history,
        greets=state.greets,
        limits=state.limits,
    )
    session.microphone_open, session.asleep = state.microphone_open, state.asleep
    answers, engine = session.answers, session.engine
    answers.history.summary = state.summary
    answers.last_id, answers.generation, answers.has_voice = state.last_id, state.generation, state.has_voice
    engine.report, engine.devices, engine.is_down = state.report, state.devices, state.is_down
    engine.wanted = state.wanted_devices
    session.commands.undo.extend(state.undo)
    return session
