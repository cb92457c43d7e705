"""llama.cpp in a process of its own, with a real model."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import httpx2
import psutil
import pytest
import pytest_asyncio

from assistant.errors import TextEngineError
from assistant.llm import reply as replying
from assistant.llm.llama.engine import LlamaEngine
from assistant.llm.port import UNSAID, Delta, Dropped, Finished, Prompt, TextDelta, Usage
from assistant.llm.sampling import Sampling
from tests.llm.prompts import prompt
from tests.llm.smollm import needs_smollm, smollm_path

pytestmark = [needs_smollm, pytest.mark.asyncio(loop_scope="module")]

COLOURS = prompt("Name three colours.", tools=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def llama(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LlamaEngine]:
    folder = tmp_path_factory.mktemp("llama")
    sampling = Sampling(temperature=0.0, max_tokens=24)
    engine = LlamaEngine(smollm_path(), folder / "llama.log", context=1280, threads=1, sampling=sampling)
    yield engine
    await engine.close()


async def ask(engine: LlamaEngine, asked: Prompt) -> list[Delta]:
    async with aclosing(replying.reply(engine, asked)) as deltas:
        return [delta async for delta in deltas]


def written(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


def usage(deltas: list[Delta]) -> Usage:
    return next(delta for delta in deltas if isinstance(delta, Usage))


async def drain(deltas: AsyncIterator[Delta]) -> None:
    async for _ in deltas:
        pass


async def test_a_real_model_answers_in_words(llama: LlamaEngine):
    deltas = await ask(llama, COLOURS)
    assert sum(letter.isalpha() for letter in written(deltas)) > 10
    assert isinstance(deltas[-1], Finished)
    assert "llama SmolLM2-135M-Instruct" in llama.name
    assert (await llama.info()).context == 1280


async def test_the_beginning_of_a_prompt_is_computed_once(llama: LlamaEngine):
    first = await ask(llama, COLOURS)
    grown = prompt("Name three colours.", written(first), "And three more?", tools=False)
    told = usage(await ask(llama, grown))
    assert told.cached >= usage(first).prompt - 8
    assert told.prompt > told.cached > 0


async def test_what_was_read_ahead_is_not_read_again_and_changes_no_reply(llama: LlamaEngine):
    said = ["Good evening.", "Good evening to you."]
    for question in ("Name three colours.", "Where does the sun rise, and why?", "What is a ship?"):
        asked = prompt(*said, question, tools=False, notes=("The user likes ships.",))
        whole = await ask(llama, asked)
        await ask(llama, prompt("Something else altogether.", tools=False, persona="glados"))
        await llama.read_ahead(prompt(*said, UNSAID, tools=False))
        ahead = await ask(llama, asked)
        assert written(ahead) == written(whole)
        assert usage(ahead).cached >= await llama.count(prompt(*said, tools=False)) > usage(whole).cached - 40
        said += [question, written(whole)]


async def test_reading_ahead_gives_way_to_a_reply(llama: LlamaEngine):
    long = prompt(*("This goes on and on, and nobody minds it. " * 4 for _ in range(18)), UNSAID, tools=False)
    reading = asyncio.create_task(llama.read_ahead(long))
    await asyncio.sleep(0.5)
    assert not reading.done()
    reading.cancel()
    begun = time.monotonic()
    async with aclosing(llama.stream(COLOURS)) as deltas:
        await anext(deltas)
    gave_way = time.monotonic() - begun
    begun = time.monotonic()
    await llama.read_ahead(long)
    assert gave_way < (time.monotonic() - begun) / 2


async def test_what_no_longer_fits_is_read_ahead_as_it_will_be_asked_for(llama: LlamaEngine):
    said = [f"Number {number}. " + "This goes on and on, and nobody minds it. " * 2 for number in range(29)]
    await llama.read_ahead(prompt(*said[:-1], UNSAID, tools=False))
    told = usage(await ask(llama, prompt(*said, tools=False)))
    assert told.prompt - told.cached < 60


async def test_tokens_are_counted_as_the_model_counts_them(llama: LlamaEngine):
    assert await llama.count(COLOURS) == usage(await ask(llama, COLOURS)).prompt


async def test_cancelled_it_stops_within_a_step(llama: LlamaEngine):
    async with aclosing(llama.stream(prompt("Tell me a long story.", tools=False))) as deltas:
        assert isinstance(await anext(deltas), TextDelta)
    begun = time.monotonic()
    await ask(llama, COLOURS)
    assert time.monotonic() - begun < 20


async def test_a_long_conversation_is_cut_to_the_context(llama: LlamaEngine):
    said = [f"Number {number}. " + "This goes on and on, and nobody minds it. " * 2 for number in range(29)]
    deltas = await ask(llama, prompt(*said, tools=False))
    assert isinstance(deltas[0], Dropped)
    assert written(deltas)


async def test_killed_in_the_middle_it_says_so_and_comes_back(llama: LlamaEngine):
    await llama.info()
    before = llama.pid
    deltas = replying.reply(llama, prompt("Count to one hundred.", tools=False))
    await anext(deltas)
    os.kill(before, signal.SIGKILL)
    with pytest.raises(TextEngineError, match="middle of its answer"):
        await drain(deltas)
    assert written(await ask(llama, COLOURS))
    assert llama.pid != before


async def test_nobody_without_the_key_is_answered(llama: LlamaEngine):
    await llama.info()
    process = psutil.Process(llama.pid)
    assert process.net_connections("inet") == []
    socket = next(Path(each.laddr) for each in process.net_connections("unix") if "llama" in each.laddr)
    assert socket.parent.stat().st_mode & 0o077 == 0
    transport = httpx2.AsyncHTTPTransport(uds=str(socket))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as stranger:
        for path in ("/v1/models", "/props", "/v1/chat/completions"):
            response = await stranger.post(path, json={"messages": []})
            assert response.status_code == 401


async def test_the_process_goes_when_the_engine_is_closed(tmp_path: Path):
    engine = LlamaEngine(smollm_path(), tmp_path / "log", context=512, threads=1)
    await engine.info()
    pid = engine.pid
    await engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_file_that_llama_cpp_refuses_is_an_error_with_its_log(tmp_path: Path):
    broken = bytearray(smollm_path().read_bytes())
    at = broken.index(b"tokenizer.ggml.model")
    broken[at : at + 20] = b"tokenizer.ggml.nodel"
    file = tmp_path / "broken.gguf"
    file.write_bytes(broken)
    engine = LlamaEngine(file, tmp_path / "log", context=512, threads=1)
    with pytest.raises(TextEngineError, match=r"broken\.gguf"):
        await asyncio.wait_for(engine.info(), 60)
    await engine.close()
