"""What the text engine reads while an answer is heard is what the next prompt begins with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from assistant.conversation.requests import StopRequested, TypedTurn
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.session import Session
from assistant.conversation.updates import NoticeShown
from assistant.engine.protocol import Command
from assistant.errors import TextEngineError
from assistant.llm.port import UNSAID, Delta, Finished, Prompt, TextDelta
from assistant.memory.opening import open_temporary_store
from assistant.memory.records import SHARED
from assistant.personas.load import load_library
from assistant.tools.registry import default_registry
from tests.fakes.text_engine import RoteEngine
from tests.fakes.world import READY, World


@pytest.fixture
def world() -> World:
    """A session that has greeted and listens."""
    world = World(Session(load_library(), default_registry(), "default"))
    world.feed(READY)
    world.settle()
    return world


def without_newest(prompt: Prompt) -> Prompt:
    return replace(prompt, messages=prompt.messages[:-1])


def test_all_but_the_newest_words_of_every_prompt_was_read_before(world: World) -> None:
    for number in range(60):  # the window moves five times, the history's own limit is passed
        world.say(f"Say something about {number}, in your own way.")
        world.settle()
        read, asked = world.read_ahead[-2], world.prompts[-1].prompt
        assert without_newest(read) == without_newest(asked)
        assert read.messages[-1].text == UNSAID
    assert len(world.read_ahead) == 61


def test_it_is_read_as_soon_as_it_is_written_and_once_only(world: World) -> None:
    count = len(world.read_ahead)
    world.say("Tell me something, in your own way.")
    while world.replies:
        assert len(world.read_ahead) == count, "the reply goes first"
        world.write(next(iter(world.replies)))
    assert len(world.read_ahead) == count + 1
    assert world.voice.heard == 0
    world.settle()
    assert len(world.read_ahead) == count + 1


def test_a_command_s_own_words_are_read_too(world: World) -> None:
    world.say("Louder.")
    world.settle()
    assert not world.replies
    assert [message.text for message in world.read_ahead[-1].messages[-3:-1]] == [
        "Louder.",
        world.texts("assistant")[-1],
    ]


def test_of_an_answer_that_was_broken_off_what_was_heard_is_read(world: World) -> None:
    world.say("Tell me something, in your own way.")
    while world.replies:
        world.write(next(iter(world.replies)))
    world.play()
    world.play()
    world.feed(StopRequested())
    heard = world.read_ahead[-1].messages[-2]
    assert (heard.text, heard.interrupted) == ("Well.", True)


def test_where_the_engine_answers_by_itself_nothing_is_read() -> None:
    world = World(Session(load_library(), default_registry(), "default"))
    world.feed(replace(READY, answers_itself=True))
    world.say("Louder.")
    world.settle()
    assert world.read_ahead == []


# --- the runner ------------------------------------------------------------------------------------


class Speaker:
    """Plays nothing."""

    async def run(self, on_event: object) -> None:
        await asyncio.Event().wait()

    def send(self, command: Command) -> None:
        pass

    async def stop(self) -> None:
        pass


class Reader(RoteEngine):
    """Reads on until it is stopped; fails to where ``fails``."""

    def __init__(self, *, fails: bool = False) -> None:
        self.begun: list[Prompt] = []
        self.told: list[str] = []
        self._fails = fails

    async def read_ahead(self, prompt: Prompt) -> None:
        self.begun.append(prompt)
        if self._fails:
            raise TextEngineError("It is gone.", "Start it.")
        try:
            await asyncio.Event().wait()
        finally:
            self.told.append("stopped reading")

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        self.told.append("reply")
        yield TextDelta("So it is.")
        yield Finished()


async def ask_twice(engine: Reader) -> list[str]:
    """Two typed turns; the notices."""
    session = Session(load_library(), default_registry(), "default", greets=False)
    memory = open_temporary_store()
    memory.add_note("my tea is green", SHARED, dictated=True)
    runner = ConversationRunner(session, Speaker(), engine, memory)
    notices: list[str] = []
    runner.subscribe(lambda each: notices.append(each.message) if isinstance(each, NoticeShown) else None)
    running = asyncio.create_task(runner.run())
    for _ in range(2):
        runner.request(TypedTurn("Tell me of tea, in your own way."))
        await asyncio.sleep(0.05)
    running.cancel()
    await runner.close()
    await asyncio.sleep(0)
    return notices


async def test_a_reply_stops_what_is_read_ahead_and_so_does_the_end() -> None:
    engine = Reader()
    await ask_twice(engine)
    assert engine.told == ["reply", "stopped reading", "reply", "stopped reading"]


async def test_pinned_notes_are_read_and_recalled_ones_are_not_known_yet() -> None:
    engine = Reader()
    await ask_twice(engine)
    assert {(prompt.pinned, prompt.notes) for prompt in engine.begun} == {(("my tea is green",), ())}


async def test_when_reading_fails_the_next_reply_may_still_come() -> None:
    engine = Reader(fails=True)
    assert await ask_twice(engine) == []
    assert engine.told == ["reply", "reply"]
    assert len(engine.begun) == 2
