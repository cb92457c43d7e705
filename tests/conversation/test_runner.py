"""The runner on a fake engine, a fake text engine and a memory of its own."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from assistant.conversation import runner as runner_module
from assistant.conversation.effects import Effect, Input, Tick
from assistant.conversation.requests import PersonasReloaded, TypedTurn
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.session import Session
from assistant.conversation.sleep import asleep_s
from assistant.conversation.updates import MessageShown, ToolShown, ToolStatus, Update
from assistant.engine.protocol import CancelSpeech, Command, Event, SpeechHeard, SpeechStarted
from assistant.llm.port import Delta, Finished, Prompt, Purpose, TextDelta
from assistant.llm.scripted.engine import ScriptedEngine
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


class Noting(RoteEngine):
    """Notes what is called odd, turns the volume when asked about coffee, keeps its prompts."""

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        self.prompts.append(prompt)
        newest = prompt.messages[-1].text
        if prompt.purpose is Purpose.REPLY and "odd" in newest:
            yield TextDelta('TOOL_CALL: {"name": "remember", "arguments": {"text": "coffee is odd"}}')
        elif prompt.purpose is Purpose.REPLY:
            yield TextDelta('TOOL_CALL: {"name": "set_volume", "arguments": {"level": 40}}')
        else:
            yield TextDelta("So it is.")
        yield Finished()


async def test_notes_that_were_dictated_are_in_every_prompt_and_no_others(tmp_path: Path) -> None:
    session, engine = Session(load_library(), default_registry(), "default", greets=False), Noting()
    runner = ConversationRunner(session, Engine(), engine, open_memory(tmp_path / "memory.sqlite").store)
    shown: list[Update] = []
    runner.subscribe(shown.append)
    running = asyncio.create_task(runner.run())

    async def ran(text: str) -> list[str]:
        shown.clear()
        runner.request(TypedTurn(text))
        await asyncio.sleep(0.1)
        return [each.name for each in shown if isinstance(each, ToolShown) and each.status is ToolStatus.DONE]

    await ran("Remember that my tea is green.")
    assert await ran("I find coffee odd, you know.") == ["remember"]
    assert "set_volume" in await ran("I would like my tea now, please, in silence.")
    assert engine.prompts[-1].pinned == engine.prompts[-1].notes == ("my tea is green",)
    assert await ran("I would like coffee now, please, in silence.") == [], (
        "a model's note: it is asked first"
    )
    assert engine.prompts[-1].pinned == ("my tea is green",)
    assert engine.prompts[-1].notes == ("coffee is odd",)
    running.cancel()
    await runner.close()


async def test_personas_that_have_changed_are_spoken_of_as_they_are_now(tmp_path: Path) -> None:
    library = load_library()
    session = Session(library, default_registry(), "default")
    runner = ConversationRunner(session, Engine(), ScriptedEngine(), open_memory(tmp_path / "memory").store)
    shown: list[str] = []
    runner.subscribe(lambda update: shown.append(update.text) if isinstance(update, MessageShown) else None)
    anew = [
        each.model_dump(mode="json") | ({"tagline": "The lift that sulks."} if each.slug == "tars" else {})
        for each in library
    ]
    runner.request(PersonasReloaded(tuple(anew)))
    runner.request(TypedTurn("Who is TARS?"))
    await asyncio.sleep(0.05)
    await runner.close()
    assert any("The lift that sulks." in text for text in shown)


async def test_each_tick_tells_how_long_the_machine_slept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep = [5.0]
    monkeypatch.setattr(runner_module, "asleep_s", lambda: asleep[0])
    session, engine = Session(load_library(), default_registry(), "default"), Engine()
    seen: list[float] = []
    handle = session.handle

    def spy(event: Input, now: float) -> tuple[Effect, ...]:
        if isinstance(event, Tick):
            seen.append(event.asleep_s)
            asleep[0] += 3600.0 if len(seen) == 1 else 0.0
        return handle(event, now)

    monkeypatch.setattr(session, "handle", spy)
    runner = ConversationRunner(session, engine, TextEngine(), open_memory(tmp_path / "memory.sqlite").store)
    running = asyncio.create_task(runner.run())
    while len(seen) < 3:
        await asyncio.sleep(0.01)
    running.cancel()
    await runner.close()
    assert seen[:3] == [0.0, 3600.0, 0.0]


@pytest.mark.skipif(sys.platform != "linux", reason="clocks of Linux")
def test_a_machine_that_runs_does_not_sleep() -> None:
    before = asleep_s()
    time.sleep(0.05)
    assert abs(asleep_s() - before) < 0.01
