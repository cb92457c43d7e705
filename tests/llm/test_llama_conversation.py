"""A conversation with a real model: cancelled, talked over, and its process killed while it speaks."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from assistant.conversation.requests import StopRequested, TypedTurn
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.session import Session
from assistant.conversation.updates import MessageShown, NoticeShown, Update
from assistant.engine.protocol import (
    CancelSpeech,
    Command,
    EndReply,
    Event,
    Say,
    SpeechFinished,
    SpeechHeard,
    SpeechStarted,
)
from assistant.llm.llama.engine import LlamaEngine
from assistant.llm.sampling import Sampling
from assistant.memory.opening import open_temporary_store
from assistant.personas.load import load_library
from assistant.tools.registry import Registry
from tests.fakes.world import READY
from tests.llm.prompts import prompt
from tests.llm.smollm import needs_smollm, smollm_path

pytestmark = [needs_smollm, pytest.mark.asyncio(loop_scope="module")]

STORY = "Tell me a very long story about a ship, in many sentences."
CANCEL_LIMIT = 0.1
"""Seconds after which nothing of a cancelled answer may come."""

BATCH = 64
"""Tokens of a prefill chunk, as the engine asks for."""


class Speaker:
    """The engine process as the runner sees it; says nothing by itself."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, Command]] = []
        self.tell: Callable[[Event], None] = lambda event: None

    async def run(self, on_event: Callable[[Event], None]) -> None:
        self.tell = on_event
        await asyncio.Event().wait()

    def send(self, command: Command) -> None:
        self.sent.append((time.monotonic(), command))

    async def stop(self) -> None:
        pass

    def all(self, kind: type[Command], after: float = 0.0) -> list[Command]:
        return [command for at, command in self.sent if at > after and isinstance(command, kind)]


class Talk:
    """A session with the model, and all that came of it."""

    def __init__(self, llama: LlamaEngine) -> None:
        self.llama, self.speaker = llama, Speaker()
        self.shown: list[tuple[float, Update]] = []
        self.session = Session(load_library(), Registry(()), "default", greets=False)
        self.runner = ConversationRunner(self.session, self.speaker, llama, open_temporary_store())
        self.runner.subscribe(lambda update: self.shown.append((time.monotonic(), update)))

    async def ask(self, text: str) -> int:
        """Ask, and wait until the first sentence goes to the voice; the answer's generation."""
        said = len(self.speaker.all(Say))
        self.runner.request(TypedTurn(text))
        await until(lambda: len(self.speaker.all(Say)) > said)
        return self.session.generation

    def answers(self) -> list[tuple[float, MessageShown]]:
        return [
            (at, each)
            for at, each in self.shown
            if isinstance(each, MessageShown) and each.role == "assistant"
        ]


async def until(is_so: Callable[[], bool], limit_s: float = 60.0) -> None:
    async with asyncio.timeout(limit_s):
        while not is_so():
            await asyncio.sleep(0.002)


async def the_slot(llama: LlamaEngine) -> dict[str, Any]:
    slots: list[dict[str, Any]] = await (await llama._running()).endpoint.get("/slots")
    return slots[0]


def tokens_of(slot: dict[str, Any]) -> int:
    read, written = slot["n_prompt_tokens_processed"], slot["next_token"][0]["n_decoded"]
    return int(read + written)


async def until_free(llama: LlamaEngine) -> int:
    """Wait until the one slot is done with its task; the tokens that it has still read and written."""
    done: list[int] = []
    async with asyncio.timeout(30):
        first = slot = await the_slot(llama)
        while slot["is_processing"] and slot["id_task"] == first["id_task"]:
            done.append(tokens_of(slot))
            await asyncio.sleep(0.005)
            slot = await the_slot(llama)
    return done[-1] - done[0] if done else 0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def llama(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LlamaEngine]:
    log = tmp_path_factory.mktemp("llama") / "llama.log"
    sampling = Sampling(temperature=0.0, max_tokens=120)
    engine = LlamaEngine(smollm_path(), log, context=2048, threads=1, sampling=sampling)
    await engine.info()
    yield engine
    await engine.close()


@pytest_asyncio.fixture(loop_scope="module")
async def talk(llama: LlamaEngine) -> AsyncIterator[Talk]:
    talk = Talk(llama)
    running = asyncio.create_task(talk.runner.run())
    await asyncio.sleep(0)
    talk.speaker.tell(READY)
    yield talk
    running.cancel()
    talk.runner.request(StopRequested())
    await until_free(llama)


@pytest.mark.parametrize("how", ["cancel", "barge-in"])
async def test_nothing_more_comes_of_a_cancelled_answer_and_its_slot_is_free(talk: Talk, how: str) -> None:
    generation = await talk.ask(STORY)
    talk.speaker.tell(SpeechStarted(generation, time.monotonic(), 0.0))
    talk.speaker.tell(SpeechHeard(generation, "Once"))
    cancelled = time.monotonic()
    if how == "cancel":
        talk.runner.request(StopRequested())
    else:
        talk.speaker.tell(SpeechFinished(generation, "Once", interrupted=True))
    tokens = await until_free(talk.llama)
    free = time.monotonic() - cancelled
    await asyncio.sleep(0.5)
    late = [at - cancelled for at, _ in talk.answers() if at > cancelled + CANCEL_LIMIT]
    assert late == []
    assert talk.speaker.all(Say, cancelled) == []
    assert len(talk.speaker.all(CancelSpeech, cancelled)) == 1
    print(f"{how}: slot free after {free * 1000:.0f} ms and {tokens} more tokens")
    assert tokens <= 2, "the step at work, and one that had begun when it was noticed"


async def test_a_cancelled_prefill_ends_with_its_chunk(llama: LlamaEngine) -> None:
    async def prefill(about: str) -> None:
        long = prompt(
            *(f"{about} {number} is a number like any other. " * 4 for number in range(11)), tools=False
        )
        async for _ in llama.stream(long):
            pass

    reading = asyncio.create_task(prefill("Seven"))
    chunks: list[int] = []
    while len(chunks) < 3:
        slot = await the_slot(llama)
        if slot["is_processing"] and slot["id_task"] not in chunks:
            chunks.append(slot["id_task"])
        await asyncio.sleep(0.005)
    cancelled = time.monotonic()
    reading.cancel()
    at_work = set()
    async with asyncio.timeout(30):
        while (slot := await the_slot(llama))["is_processing"]:
            at_work.add(slot["id_task"])
            assert slot["n_prompt_tokens_processed"] <= BATCH
            await asyncio.sleep(0.005)
    free = time.monotonic() - cancelled
    print(f"prefill: slot free after {free * 1000:.0f} ms")
    assert at_work <= {chunks[-1]}, "the chunk at work and no other"


async def test_a_model_that_is_killed_while_speech_runs_stops_no_speech(talk: Talk) -> None:
    generation = await talk.ask(STORY)
    talk.speaker.tell(SpeechStarted(generation, time.monotonic(), 0.0))
    before, killed = talk.llama.pid, time.monotonic()
    os.kill(before, signal.SIGKILL)
    await until(lambda: bool(talk.speaker.all(EndReply, killed)))
    said = " ".join(command.text for command in talk.speaker.all(Say))
    assert talk.speaker.all(CancelSpeech, killed) == [], "what was written is said to its end"
    assert talk.session.generation == generation
    talk.speaker.tell(SpeechHeard(generation, said))
    talk.speaker.tell(SpeechFinished(generation, said))
    last = talk.answers()[-1][1]
    assert (last.final, last.interrupted, last.text.split()) == (True, True, said.split())
    notices = [each.message for _, each in talk.shown if isinstance(each, NoticeShown)]
    assert notices == ["The text engine broke off in the middle of its answer."]
    assert await talk.ask("And what then? Tell me more.") > generation, "the next answer has a new process"
    assert talk.llama.pid != before
