"""Where the parts of a session queue what is to be done."""

from __future__ import annotations

from assistant.conversation.effects import Effect, Show, ToEngine
from assistant.conversation.updates import Update
from assistant.engine.protocol import Command


class Outbox:
    """Collects effects in their order until the session hands them out."""

    def __init__(self) -> None:
        self._effects: list[Effect] = []

    def add(self, effect: Effect) -> None:
        """Queue any effect."""
        self._effects.append(effect)

    def show(self, update: Update) -> None:
        """Queue an update for the faces."""
        self._effects.append(Show(update))

    def engine(self, command: Command) -> None:
        """Queue a command for the engine."""
        self._effects.append(ToEngine(command))

    def take(self) -> tuple[Effect, ...]:
        """All queued effects; the outbox is empty afterwards."""
        effects, self._effects = tuple(self._effects), []
        return effects
