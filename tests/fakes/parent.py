"""The parent of an engine process, reduced to its pipe."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from assistant.engine.protocol import (
    CancelSpeech,
    Command,
    EndReply,
    EngineConfig,
    Event,
    Say,
    Shutdown,
    UserTurn,
    VoiceSpec,
)

E = TypeVar("E")


class FakeParent:
    """Starts a real engine process and answers its turns with the sentences of ``answer``."""

    def __init__(
        self,
        config: EngineConfig,
        log: Path,
        answer: Callable[[str], list[str]] = lambda text: [],
        host: str = "assistant.engine.host",
    ) -> None:
        self.events: list[Event] = []
        self.answer = answer
        self.generation = 0
        ours, theirs = socket.socketpair()
        with theirs, log.open("ab") as log_file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", host, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=log_file,
                stderr=log_file,
                pass_fds=[theirs.fileno()],
            )
        self.pipe = Connection(ours.detach())
        self.send(config)

    def __enter__(self) -> FakeParent:
        return self

    def __exit__(self, *error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(5)
        self.pipe.close()

    def send(self, message: Command | EngineConfig) -> None:
        self.pipe.send(message)

    def say(self, *sentences: str) -> None:
        """A new answer in place of the one before."""
        self.generation += 1
        self.send(CancelSpeech(self.generation))
        for sentence in sentences:
            self.send(Say(self.generation, sentence, VoiceSpec()))
        self.send(EndReply(self.generation))

    def wait_for(self, kind: type[E], timeout_s: float = 60.0) -> E:
        """The next event of a kind; turns on the way are answered."""
        deadline = time.monotonic() + timeout_s
        while self.pipe.poll(max(0.0, deadline - time.monotonic())):
            event = self.pipe.recv()
            self.events.append(event)
            if isinstance(event, UserTurn) and event.text:
                self.say(*self.answer(event.text))
            if isinstance(event, kind):
                return event
        raise AssertionError(f"no {kind.__name__} within {timeout_s} s")

    def all(self, kind: type[E]) -> list[E]:
        """The events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def shut_down(self) -> int:
        """Ask it to leave; its exit status. Raises ``TimeoutExpired`` when it stays."""
        self.send(Shutdown())
        return self.process.wait(10.0)
