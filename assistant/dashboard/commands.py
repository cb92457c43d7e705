"""What the command palette offers: every action, every persona, loudness and devices."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from assistant.conversation.requests import (
    TEXT_ENGINES,
    PersonaRequested,
    Request,
    TextEngineRequested,
    VolumeRequested,
)
from assistant.dashboard.devices import ROLES, SYSTEM, names_of
from assistant.dashboard.text import one_line
from assistant.severity import Severity

if TYPE_CHECKING:
    from assistant.dashboard.app import DashboardApp
    from assistant.dashboard.devices import Devices, Role

_VOLUMES = (20, 40, 60, 80, 100)
_Command = tuple[str, str, Callable[[], object]]


class Commands(Provider):
    """Commands as ``verb: object``, found by any part of their name."""

    @abstractmethod
    def commands(self) -> AsyncIterator[_Command]:
        """All of them: name, help, and what each does."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        async for name, help_text, run in self.commands():
            yield DiscoveryHit(name, run, help=help_text)

    async def search(self, query: str) -> Hits:
        """Those that match ``query``."""
        matcher = self.matcher(query)
        async for name, help_text, run in self.commands():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), run, help=help_text)

    @property
    def dashboard(self) -> DashboardApp:
        """The app whose palette this is."""
        return self.app  # type: ignore[return-value]


class AssistantCommands(Commands):
    """What is there at once."""

    async def commands(self) -> AsyncIterator[_Command]:
        """Actions, personas, loudness and text engines."""
        for command in self._commands():
            yield command

    def _commands(self) -> Iterator[_Command]:
        app = self.dashboard

        def asking(request: Request) -> Callable[[], None]:
            return lambda: app.request(request)

        for action in app.actions:
            if action.id != "command_palette":
                shown = f" ({action.key_shown})" if action.key else ""
                yield f"{action.group}: {action.label}", action.help + shown, _runner(app, action.id)
        for persona in app.personas or ():
            name, tagline = one_line(persona.name, 40), one_line(persona.tagline, 80)
            yield f"Change to: {name}", tagline, asking(PersonaRequested(persona.slug))
        for percent in _VOLUMES:
            yield f"Loudness: {percent} %", "How loud the voice is", asking(VolumeRequested(percent / 100))
        for engine in TEXT_ENGINES:
            yield f"Think with: {engine}", "Who writes the replies", asking(TextEngineRequested(engine))


class DeviceCommands(Commands):
    """Every microphone and speaker, looked for when the palette opens; nothing else waits for them."""

    async def startup(self) -> None:
        """Begin to look."""
        if devices := self.dashboard.devices:
            self._looking = asyncio.create_task(devices.look())

    async def commands(self) -> AsyncIterator[_Command]:
        """A command a device."""
        devices = self.dashboard.devices
        if devices is None:
            return
        # Whoever types on gives this search up, but not the look, which the next one waits for.
        found = await asyncio.shield(self._looking)
        for role in ROLES:
            for name in names_of(found, role):
                shown = f"{role.capitalize()}: {one_line(name or SYSTEM, 60)}"
                yield shown, f"Use this {role}", partial(self._use, devices, role, name)

    def _use(self, devices: Devices, role: Role, name: str) -> None:
        if error := devices.use(role, name):
            self.dashboard.tell(Severity.WARNING, error.message, error.remedy)


def _runner(app: DashboardApp, action_id: str) -> Callable[[], object]:
    return lambda: app.run_action(f"app.{action_id}")
