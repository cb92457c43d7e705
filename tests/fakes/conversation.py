"""A session reduced to a lookup: it answers turns out of a function and keeps every event."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from assistant.engine.protocol import (
    CancelSpeech,
    Command,
    EndReply,
    Event,
    Say,
    Shutdown,
    UserTurn,
    VoiceSpec,
)
from assistant.voice.cascade.cascade import Cascade
from assistant.voice.cascade.loaded import Parts
from tests.fakes.room_transport import RoomTransport
from tests.fakes.tones import FakeRecogniser, FakeVad, FakeVoice
from tests.fakes.transport import FakeTransport

E = TypeVar("E", bound=Event)


class FakeConversation:
    """Runs a cascade on fakes in a thread; ``answer`` gives a turn's sentences, None lets it pass."""

    def __init__(
        self,
        transport: FakeTransport | RoomTransport,
        answer: Callable[[str], list[str] | None] = lambda text: [],
        parts: Parts | None = None,
        *,
        owns_time: bool = True,
    ) -> None:
        self.transport = transport
        self.answer = answer
        self.generation = 0
        self.events: list[Event] = []
        self._arrived = threading.Condition()
        parts = parts or Parts(FakeVad(), FakeRecogniser(), FakeVoice())
        self.cascade = Cascade(parts, lambda devices: transport, self._take, owns_time=owns_time)
        self._thread = threading.Thread(target=self.cascade.run, daemon=True)

    def __enter__(self) -> FakeConversation:
        self._thread.start()
        self.cascade.submit(EndReply(0))
        return self

    def __exit__(self, *error: object) -> None:
        self.cascade.submit(Shutdown())
        self._thread.join(5)
        assert not self._thread.is_alive()

    def say(self, *sentences: str, end: bool = True) -> int:
        """A new answer, cancelling the one before."""
        self.generation += 1
        commands: list[Command] = [CancelSpeech(self.generation)]
        commands += [Say(self.generation, sentence, VoiceSpec()) for sentence in sentences]
        for command in [*commands, EndReply(self.generation)] if end else commands:
            self.cascade.submit(command)
        return self.generation

    def _take(self, event: Event) -> None:
        if isinstance(event, UserTurn) and event.text:
            sentences = self.answer(event.text)
            if sentences is None:
                self.cascade.submit(EndReply(self.generation))
            else:
                self.say(*sentences)
        with self._arrived:
            self.events.append(event)
            self._arrived.notify_all()

    def all(self, kind: type[E]) -> list[E]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def wait_for(self, kind: type[E], count: int = 1, timeout_s: float = 30.0) -> E:
        """The ``count``-th event of a kind, as soon as it is there."""
        with self._arrived:
            there = self._arrived.wait_for(lambda: len(self.all(kind)) >= count, timeout_s)
        assert there, f"no {kind.__name__} among {[type(event).__name__ for event in self.events]}"
        return self.all(kind)[count - 1]
