"""MLX in a process of its own, with a tiny random model; and with a real one, a few words."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from assistant.llm import reply as replying
from assistant.llm.mlx.engine import MlxEngine
from assistant.llm.port import UNSAID, Delta, Dropped, Finished, FinishReason, Prompt, TextDelta, Usage
from assistant.llm.sampling import Sampling
from tests.llm.needs import needs_mlx
from tests.llm.prompts import prompt
from tests.llm.smollm import needs_smollm, smollm_path

pytestmark = [needs_mlx, pytest.mark.asyncio(loop_scope="module")]

COLOURS = prompt("Name three colours.", tools=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def mlx(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MlxEngine]:
    from assistant.llm.mlx.words import PRE_TOKENIZERS
    from tests.fakes.tiny_models import Shape, byte_level, write_tiny_folder

    folder = tmp_path_factory.mktemp("mlx")
    tokenizer = byte_level(PRE_TOKENIZERS["qwen2"][0])
    path = write_tiny_folder(folder / "tiny", tokenizer, Shape(context=2048))
    engine = MlxEngine(path, folder / "log", sampling=Sampling(temperature=0.0, max_tokens=24))
    yield engine
    await engine.close()


async def ask(engine: MlxEngine, asked: Prompt) -> list[Delta]:
    async with aclosing(replying.reply(engine, asked)) as deltas:
        return [delta async for delta in deltas]


def usage(deltas: list[Delta]) -> Usage:
    return next(delta for delta in deltas if isinstance(delta, Usage))


def written(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


async def test_a_folder_in_hugging_faces_layout_writes(mlx: MlxEngine):
    deltas = await ask(mlx, COLOURS)
    assert isinstance(deltas[-1], Finished)
    assert 0 < usage(deltas).written <= 24
    assert mlx.name == "mlx tiny"
    assert (await mlx.info()).context == 2048


async def test_the_beginning_of_a_prompt_is_computed_once(mlx: MlxEngine):
    first = usage(await ask(mlx, COLOURS))
    again = usage(await ask(mlx, COLOURS))
    assert again.cached == again.prompt - 1
    grown = usage(await ask(mlx, prompt("Name three colours.", "Red.", "And more?", tools=False)))
    assert grown.prompt > grown.cached > first.prompt // 2


async def test_of_a_prompt_that_was_read_ahead_only_the_newest_words_are_left(mlx: MlxEngine):
    said = ("Good evening.", "Good evening to you, and welcome aboard the ship.")
    await mlx.read_ahead(prompt(*said, UNSAID, tools=False))
    told = usage(await ask(mlx, prompt(*said, "Which ship?", tools=False)))
    assert told.prompt - told.cached <= len("Which ship?") + 2


async def test_reading_ahead_gives_way_to_a_reply(mlx: MlxEngine):
    said = [f"{number} and so on, and on, as long as it goes. " * 4 for number in range(20, 30)]
    reading = asyncio.create_task(mlx.read_ahead(prompt(*said, UNSAID, tools=False)))
    await asyncio.sleep(0.02)
    reading.cancel()
    assert isinstance((await ask(mlx, COLOURS))[-1], Finished)
    told = usage(await ask(mlx, prompt(*said, "What?", tools=False)))
    assert told.cached < told.prompt // 2


async def test_tokens_are_counted_as_the_model_counts_them(mlx: MlxEngine):
    assert await mlx.count(COLOURS) == usage(await ask(mlx, COLOURS)).prompt


async def test_a_cancelled_reply_frees_the_model(mlx: MlxEngine):
    long = prompt("And so it went on, and on. " * 60, tools=False)
    endless = MlxEngine.__new__(MlxEngine)
    endless.__dict__ |= mlx.__dict__ | {"_sampling": Sampling(temperature=0.0, max_tokens=4096)}
    async with aclosing(endless.stream(long)) as deltas:
        await anext(deltas)
    told = usage(await ask(mlx, long))
    # Of the cancelled reply its prompt is left, and no 4,096 steps were waited for.
    assert told.cached == told.prompt - 1


async def test_several_wait_their_turn(mlx: MlxEngine):
    replies = await asyncio.gather(*(ask(mlx, prompt(f"Number {number}?")) for number in range(3)))
    assert all(isinstance(deltas[-1], Finished) for deltas in replies)


async def test_a_long_conversation_is_cut_to_the_context(mlx: MlxEngine):
    said = [f"Number {number}. " + "This goes on and on. " * 4 for number in range(29)]
    deltas = await ask(mlx, prompt(*said, tools=False))
    assert isinstance(deltas[0], Dropped)
    assert isinstance(deltas[-1], Finished)


async def test_killed_it_says_so_and_comes_back(mlx: MlxEngine):
    await mlx.info()
    before = mlx.pid
    os.kill(before, signal.SIGKILL)
    assert isinstance((await ask(mlx, COLOURS))[-1], Finished)
    assert mlx.pid != before


async def test_the_process_goes_when_the_engine_is_closed(mlx: MlxEngine):
    await mlx.info()
    pid = mlx.pid
    await mlx.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@needs_smollm
async def test_a_real_gguf_writes_words(tmp_path: Path):
    engine = MlxEngine(smollm_path(), tmp_path / "log", sampling=Sampling(temperature=0.0, max_tokens=6))
    brief = replace(COLOURS, system="You are kind.")
    deltas = await ask(engine, brief)
    assert sum(letter.isalpha() for letter in written(deltas)) > 10
    assert deltas[-1] in (Finished(FinishReason.LENGTH), Finished(FinishReason.STOP))
    await engine.close()
