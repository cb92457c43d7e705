"""A conversation of the suite: the real engine process and the real session over a WAV, in a time of its own.

Time stands still while words are recognised and answers are written, so the same audio gives the same
decisions on a slow machine and on a fast one. A recogniser in real time can only delay the end of a turn.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from assistant.audio.wavfile import WavWriter, read_wav
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.session import Session
from assistant.conversation.updates import Update
from assistant.engine.protocol import (
    Command,
    EngineConfig,
    EngineDown,
    EngineReady,
    Event,
    InputFinished,
    WavAudio,
)
from assistant.engine.supervisor import Supervisor
from assistant.llm.port import Delta, Prompt, TextDelta
from assistant.memory.opening import open_temporary_store
from assistant.personas.load import DEFAULT_SLUG, load_library
from assistant.tools.registry import default_registry
from tests.fakes.text_engine import RoteEngine

Samples = NDArray[np.float32]
E = TypeVar("E", bound=Event)


@dataclass
class Heard:
    """What was said to ``user`` and what happened: both sides at 24 kHz on one time line."""

    user: Samples
    answers: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    events: list[Event] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    began: float = 0.0
    """Monotonic time of the first sample."""

    def all(self, kind: type[E]) -> list[E]:
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]


class _Tap:
    """The engine, with an ear on its events."""

    def __init__(self, engine: Supervisor, heard: Heard) -> None:
        self._engine = engine
        self._heard = heard
        self.over = asyncio.Event()

    async def run(self, on_event: Callable[[Event], None]) -> None:
        def take(event: Event) -> None:
            if isinstance(event, EngineReady):
                self._heard.began = time.monotonic()
            self._heard.events.append(event)
            on_event(event)
            if isinstance(event, InputFinished | EngineDown):
                self.over.set()

        await self._engine.run(take)

    def send(self, command: Command) -> None:
        self._engine.send(command)

    async def stop(self) -> None:
        await self._engine.stop()


class CurtEngine(RoteEngine):
    """Says as little as possible, so that no answer lasts until the next utterance."""

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """One short sentence."""
        yield TextDelta("I see.")


def converse(user: Samples, *, without: Sequence[str] = (), limit_s: float = 900.0) -> Heard:
    """Let the assistant hear ``user`` (24 kHz) to its end, ``without`` some speech parts; it answers curtly.

    Raises ``TimeoutError`` when that takes longer than ``limit_s``.
    """
    heard = Heard(user)
    with tempfile.TemporaryDirectory(prefix="assistant-suite-") as name:
        folder = Path(name)
        writer = WavWriter(folder / "user.wav")
        writer.write(user)
        writer.close()
        audio = WavAudio(str(folder / "user.wav"), str(folder / "answers.wav"))
        config = EngineConfig(audio, names=load_library().names, without=tuple(without))
        asyncio.run(_run(config, folder / "engine.log", heard, limit_s))
        heard.answers = read_wav(folder / "answers.wav")
    return heard


async def _run(config: EngineConfig, log: Path, heard: Heard, limit_s: float) -> None:
    library = load_library()
    tap = _Tap(Supervisor(config, log), heard)
    session = Session(library, default_registry(), DEFAULT_SLUG, greets=False)
    runner = ConversationRunner(session, tap, CurtEngine(), open_temporary_store())
    runner.subscribe(heard.updates.append)
    conversation = asyncio.create_task(runner.run())
    try:
        async with asyncio.timeout(limit_s):
            await tap.over.wait()
    finally:
        await runner.close()
        conversation.cancel()
