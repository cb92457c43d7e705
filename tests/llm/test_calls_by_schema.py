"""A tool call is written under the schema of the tools: always valid."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.llm.calls_by_schema import call_schema, with_calls_by_schema
from assistant.llm.endpoint import Endpoint
from assistant.llm.llama.engine import LlamaEngine
from assistant.llm.ollama import OllamaEngine
from assistant.llm.output.pipeline import OutputPipeline
from assistant.llm.port import CallDelta, Delta, Finished, FinishReason, Prompt, TextDelta, Usage
from assistant.llm.sampling import Sampling
from assistant.tools.parser import Call
from assistant.tools.registry import default_registry
from assistant.tools.result import ToolCall
from tests.fakes.http_server import Answer, FakeServer
from tests.llm.prompts import TOOLS, prompt
from tests.llm.smollm import needs_smollm, smollm_path
from tests.llm.test_openai import DONE, event, serving

REGISTRY = default_registry()
ASKED = (
    "What time is it?", "Be quiet.", "Speak louder, please.", "Let me talk to GLaDOS.",
    "Remember that I like tea.",
    "What do you know about me?", "What can you do?", "Set the volume to 40.",
    "Forget everything.", "Say that again.",
)  # fmt: skip


async def pieces(*texts: str) -> AsyncGenerator[Delta, None]:
    for text in texts:
        yield TextDelta(text)
    yield Finished()


async def collect(deltas: AsyncGenerator[Delta, None]) -> list[Delta]:
    async with aclosing(deltas):
        return [delta async for delta in deltas]


def text_of(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


@given(st.lists(st.integers(1, 60), max_size=6))
async def test_the_marker_is_found_wherever_the_pieces_end(cuts: list[int]):
    text, begun = 'Of course. TOOL_CALL : {"name": "nonsense', []
    at = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    parts = [text[a:b] for a, b in itertools.pairwise(at)]

    def write(so_far: str) -> AsyncGenerator[Delta, None]:
        begun.append(so_far)
        return pieces("{}")

    deltas = await collect(with_calls_by_schema(pieces(*parts), write))
    assert begun == ["Of course. TOOL_CALL : "]
    assert text_of(deltas) == "Of course. TOOL_CALL : {}"


async def test_text_without_a_call_is_let_be():
    def write(so_far: str) -> AsyncGenerator[Delta, None]:
        raise AssertionError

    told = await collect(with_calls_by_schema(pieces("A TOOL", " is no call."), write))
    assert told == [TextDelta("A TOOL"), TextDelta(" is no call."), Finished()]


def test_the_schema_names_every_tool_and_leaves_nothing_open():
    schema = call_schema(TOOLS)
    names = [each["properties"]["name"]["const"] for each in schema["anyOf"]]
    assert names == [each["name"] for each in TOOLS]
    text = json.dumps(schema)
    assert text.count('"additionalProperties": false') == 2 * len(TOOLS)
    assert TOOLS[0]["parameters"].get("additionalProperties") is None


async def test_a_malformed_call_of_a_server_is_asked_for_again_under_the_schema():
    broken = {"index": 0, "function": {"name": "time", "arguments": "{broken"}}
    good = {"name": "set_volume", "arguments": {"level": 40}}
    answer = {"choices": [{"message": {"content": json.dumps(good)}}]}
    first = Answer([event({"tool_calls": [broken]}, "tool_calls"), DONE])
    from tests.llm.test_openai import ask

    with FakeServer(serving(first, Answer([json.dumps(answer)]))) as server:
        deltas = await ask(server)
        body = server.asked[-1][2]
    assert deltas[0] == CallDelta(ToolCall("set_volume", {"level": 40}))
    assert body["response_format"]["json_schema"]["schema"] == call_schema(prompt("").tools)
    assert "tools" not in body


async def test_ollama_is_held_to_the_schema_where_a_model_knows_no_tools():
    def answer(method: str, path: str, body: Any) -> Answer:
        if path == "/api/show":
            return Answer([json.dumps({"capabilities": ["completion"]})])
        text = '{"name": "mute", "arguments": {}}' if "format" in body else "Quiet. TOOL_CALL: mute, I think"
        return Answer([json.dumps({"message": {"content": text}, "done": True})])

    with FakeServer(answer) as server:
        engine = OllamaEngine(Endpoint(server.url), "tiny")
        deltas = await collect(engine.stream(prompt("Be quiet.")))
        await engine.close()
        body = server.asked[-1][2]
    assert text_of(deltas) == 'Quiet. TOOL_CALL: {"name": "mute", "arguments": {}}'
    assert body["messages"][-1] == {"role": "assistant", "content": "Quiet. TOOL_CALL: "}
    assert body["format"] == call_schema(TOOLS)


@needs_smollm
async def test_a_call_of_a_small_model_is_valid(tmp_path: Path):
    assert await valid_calls(3, tmp_path) == 3


@needs_smollm
@pytest.mark.long
@pytest.mark.timeout(1200)
async def test_two_hundred_calls_of_a_small_model_are_valid(tmp_path: Path):
    valid = await valid_calls(200, tmp_path)
    print(f"\n{valid} of 200 calls are valid")
    assert valid == 200


async def valid_calls(count: int, folder: Path) -> int:
    """Calls that SmolLM2 is brought to write at temperature 1.2 and the registry has nothing against."""
    sampling = Sampling(temperature=1.2, max_tokens=32)
    engine = LlamaEngine(smollm_path(), folder / "log", context=2048, threads=1, sampling=sampling)
    valid = 0
    try:
        server = await engine._running()
        for number in range(count):
            asked = replace(prompt(ASKED[number % len(ASKED)]), system="You are kind.")
            # After some with all tools it has one of them alone, so that each has its turn.
            if alone := number * (len(TOOLS) + 1) // count:
                asked = replace(asked, tools=(TOOLS[alone - 1],))
            deltas = await collect(engine._call(server.endpoint, asked, "Of course. TOOL_CALL: "))
            assert deltas[-1] == Finished(FinishReason.TOOL_CALLS)
            assert any(isinstance(delta, Usage) for delta in deltas)
            valid += is_valid(asked, text_of(deltas))
    finally:
        await engine.close()
    return valid


def is_valid(asked: Prompt, written: str) -> bool:
    pipeline = OutputPipeline()
    found = [*pipeline.feed(f"TOOL_CALL: {written}"), *pipeline.finish()]
    calls = [item.call for item in found if isinstance(item, Call)]
    if len(calls) != 1 or calls[0].name not in {each["name"] for each in asked.tools}:
        return False
    REGISTRY.validate(calls[0])
    return True
