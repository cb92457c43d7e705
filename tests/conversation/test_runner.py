"""The runner on a fake engine, a fake text engine and a memory of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from assistant.conversation.requests import TypedTurn
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.session import Session
from assistant.engine.protocol import CancelSpeech, Command, Event, SpeechHeard, SpeechStarted
from assistant.llm.port import Delta, Prompt, TextDelta
from assistant.memory.opening import open_memory
from assistant.personas.load import load_library
from assistant.tools.registry import default_registry
from tests.fakes.text_engine import RoteEngine
from tests.fakes.world import READY


class Engine:
    """Takes commands and lets the test tell what happened."""

    def __init__(self) -> None:
        self.sent: list[Command] = []
        self.tell: Callable[[Event], None] = lambda event: None

    async def run(self, on_event: Callable[[Event], None]) -> None:
        self.tell = on_event
        await asyncio.Event().wait()

    def send(self, command: Command) -> None:
        self.sent.append(command)

    async def stop(self) -> None:
        pass


class TextEngine(RoteEngine):
    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        yield TextDelta("One two three four five.")


async def test_what_was_heard_of_the_last_answer_is_kept_when_the_program_ends(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    session, engine = Session(load_library(), default_registry(), "default"), Engine()
    runner = ConversationRunner(session, engine, TextEngine(), open_memory(path).store)
    running = asyncio.create_task(runner.run())
    await asyncio.sleep(0)
    runner.request(TypedTurn("Count for me, in your own way."))
    engine.tell(READY)
    await asyncio.sleep(0.05)
    runner.request(TypedTurn("Count once more, in your own way."))
    await asyncio.sleep(0.05)
    engine.tell(SpeechStarted(session.generation, 0.0, 0.0))
    engine.tell(SpeechHeard(session.generation, "One two"))
    running.cancel()
    await runner.close()
    assert isinstance(engine.sent[-1], CancelSpeech)
    kept = open_memory(path).store.last_messages(1)[0]
    assert (kept.role, kept.text, kept.interrupted) == ("assistant", "One two", True)
