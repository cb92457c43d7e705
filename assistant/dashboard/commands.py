"""What the command palette offers: every action, every persona, loudness and devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from assistant.conversation.requests import (
    TEXT_ENGINES,
    DevicesRequested,
    PersonaRequested,
    Request,
    TextEngineRequested,
    VolumeRequested,
)
from assistant.dashboard.text import one_line

if TYPE_CHECKING:
    from assistant.dashboard.app import DashboardApp

_VOLUMES = (20, 40, 60, 80, 100)
_Command = tuple[str, str, Callable[[], object]]


class AssistantCommands(Provider):
    """Commands as ``verb: object``, found by any part of their name."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for name, help_text, run in self._commands():
            yield DiscoveryHit(name, run, help=help_text)

    async def search(self, query: str) -> Hits:
        """Those that match ``query``."""
        matcher = self.matcher(query)
        for name, help_text, run in self._commands():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), run, help=help_text)

    def _commands(self) -> Iterator[_Command]:
        app: DashboardApp = self.app  # type: ignore[assignment]

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
        yield (
            "Devices: system default",
            "Follow the system's microphone and speaker",
            asking(DevicesRequested("", "")),
        )


def _runner(app: DashboardApp, action_id: str) -> Callable[[], object]:
    return lambda: app.run_action(f"app.{action_id}")
