"""What the dashboard talks to, without an engine: replays written updates and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from assistant.conversation.requests import Request
from assistant.conversation.updates import Update


class FakeConversation:
    """Sends ``script`` when it runs, then whatever ``tell`` is given; keeps every request in ``requests``."""

    def __init__(self, script: Sequence[Update] = (), error: Exception | None = None) -> None:
        self.requests: list[Request] = []
        self.closed = False
        self.running = asyncio.Event()
        self._script = tuple(script)
        self._error = error
        self._callbacks: list[Callable[[Update], None]] = []

    def subscribe(self, callback: Callable[[Update], None]) -> None:
        self._callbacks.append(callback)

    def tell(self, *updates: Update) -> None:
        """Send updates now."""
        for update in updates:
            for callback in self._callbacks:
                callback(update)

    def request(self, request: Request) -> None:
        self.requests.append(request)

    async def run(self) -> None:
        self.tell(*self._script)
        self.running.set()
        if self._error is not None:
            raise self._error
        await asyncio.Event().wait()

    async def close(self) -> None:
        self.closed = True
