"""The dashboard on a fake conversation, and ways to look at its screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot

from assistant.conversation.updates import Update
from assistant.dashboard.app import DashboardApp
from assistant.dashboard.bridge import Prepared
from tests.fakes.dashboard_conversation import FakeConversation
from tests.fakes.personas import LIBRARY


@dataclass
class Stage:
    """A running dashboard with what stands behind it; ``now`` is its clock."""

    app: DashboardApp
    pilot: Pilot[None]
    conversation: FakeConversation
    now: list[float]

    @property
    def lines(self) -> list[str]:
        """What the screen shows, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return [strip.text.rstrip() for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    async def tell(self, *updates: Update) -> None:
        """Send updates and wait until they are on the screen."""
        self.conversation.tell(*updates)
        await self.pilot.pause()
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object], timeout: float = 5.0) -> None:
        """Wait until ``condition`` holds."""
        async with asyncio.timeout(timeout):
            while not condition():
                await self.pilot.pause(0.01)


@asynccontextmanager
async def stage(
    script: Sequence[Update] = (),
    size: tuple[int, int] = (120, 36),
    error: Exception | None = None,
    **prepared: Any,
) -> AsyncIterator[Stage]:
    """Open the dashboard without a terminal, with Ada answering; ``prepared`` goes to ``Prepared``."""
    now = [0.0]
    conversation = FakeConversation(script, error)
    app = DashboardApp(lambda: Prepared(conversation, LIBRARY, "ada", **prepared), clock=lambda: now[0])
    async with app.run_test(size=size) as pilot:
        await conversation.running.wait()
        await pilot.pause()
        await pilot.pause()
        yield Stage(app, pilot, conversation, now)
