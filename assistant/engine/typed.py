"""The engine of a machine without audio, or of a user who wants none: typed turns, read answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from assistant.engine.protocol import Command, EngineReady, Event


class TypedEngine:
    """Stands where ``Supervisor`` stands, and starts no process."""

    async def run(self, on_event: Callable[[Event], None]) -> None:
        """Be ready at once, and then wait."""
        on_event(EngineReady("typed", {}, "", ""))
        await asyncio.Event().wait()

    def send(self, command: Command) -> None:
        """There is no voice that could obey."""

    async def stop(self) -> None:
        """There is nothing to end."""
