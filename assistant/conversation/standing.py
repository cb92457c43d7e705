"""What stands until it changes, shown whenever it is another: the phase, and the tools there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.conversation.phase import phase_of
from assistant.conversation.updates import PhaseChanged, ToolKnown, ToolsShown
from assistant.tools.result import Kind

if TYPE_CHECKING:
    from assistant.conversation.session import Session
    from assistant.personas.model import Persona
    from assistant.tools.registry import Registry


class Standing:
    """Compares the session with what it showed last; nothing has to remember to tell."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._phase: PhaseChanged | None = None
        self._tools_of: tuple[Registry, Persona] | None = None

    def show(self) -> None:
        """Show what is another than it was."""
        session = self._session
        hears = session.microphone_open and session.engine.has_microphone
        phase = PhaseChanged(phase_of(session), hears, session.talking)
        if phase != self._phase:
            self._phase = phase
            session.outbox.show(phase)
        before, now = self._tools_of, (session.registry, session.persona)
        if before is None or now[0] is not before[0] or now[1] is not before[1]:
            self._tools_of = now
            session.outbox.show(_tools(*now))


def _tools(registry: Registry, persona: Persona) -> ToolsShown:
    """All tools, and which of them a model may call as ``persona``."""
    usable = {tool.name for tool in registry.for_persona(persona) if tool.kind is not Kind.USER}
    return ToolsShown(tuple(ToolKnown(tool.name, tool.kind, tool.name in usable) for tool in registry))
