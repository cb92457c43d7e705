"""What a tool can see of the world when it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from assistant.memory.records import SHARED
from assistant.memory.store import MemoryStore
from assistant.personas.load import Library
from assistant.personas.model import Persona
from assistant.tools.offered import ToolServers


@runtime_checkable
class TextEngines(Protocol):
    """The text engine as far as a tool may touch it (``llm.manager.TextEngineManager``)."""

    @property
    def engine(self) -> str:
        """Which one is at work."""
        ...

    async def use(self, engine: str, model: str = "") -> str:
        """Change to another one; its name. Raises ``TextEngineError`` and changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class ToolContext:
    """For every tool: ``persona`` is the current one's slug, ``volume`` 0.0 to 1.0, ``clock`` local time.

    ``by_user`` says that the user asked for the call, and not a model.
    """

    personas: Library
    memory: MemoryStore
    persona: str
    volume: float
    clock: Callable[[], datetime] = datetime.now
    text_engines: TextEngines | None = None
    tool_servers: ToolServers | None = None
    by_user: bool = False

    @property
    def current_persona(self) -> Persona:
        """Who is speaking now."""
        return self.personas.get(self.persona) or self.personas.default

    @property
    def memory_scope(self) -> str:
        """Whose notes are read and written: everybody's, or this persona's own."""
        return SHARED if self.current_persona.memory_scope == "shared" else self.current_persona.slug
