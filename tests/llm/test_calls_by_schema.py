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

from assistant.errors import ToolCallError
from assistant.llm.calls_by_schema import call_schema, with_calls_by_schema
from assistant.llm.endpoint import Endpoint
from assistant.llm.llama.engine import LlamaEngine
from assistant.llm.markers import CALLS, END_OF_REPLY, LEAKED, START_OF_TURN, THINKING
from assistant.llm.ollama import OllamaEngine
from assistant.llm.output.clean import Cleaner
from assistant.llm.output.pipeline import OutputPipeline
from assistant.llm.port import CallDelta, Delta, Finished, FinishReason, Prompt, TextDelta, Usage
from assistant.llm.sampling import Sampling
from assistant.tools.parser import Call
from assistant.tools.registry import default_registry
from assistant.tools.result import ToolCall
from tests.fakes.http_server import Answer, FakeServer
from tests.llm.needs import needs_llama
from tests.llm.prompts import TOOLS, prompt
from tests.llm.smollm import needs_smollm, smollm_path
from tests.llm.test_openai import DONE, event, serving

REGISTRY = default_registry()
REMEMBER = tuple(each for each in TOOLS if each["name"] == "remember")
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


@given(
    st.text() | st.lists(st.sampled_from([*END_OF_REPLY, *START_OF_TURN, *LEAKED, *THINKING, *CALLS, " \\"])),
    st.integers(1, 9),
)
async def test_an_argument_may_say_anything(said: str | list[str], size: int):
    text = "".join(said)
    argument = "".join(each for each in text if Cleaner().feed(each))
    whole = json.dumps({"name": "remember", "arguments": {"text": argument}}, ensure_ascii=False)
    cut = [whole[at : at + size] for at in range(0, len(whole), size)]
    deltas = await collect(with_calls_by_schema(pieces("TOOL_CALL:"), lambda begun: pieces(*cut)))
    assert calls_in(text_of(deltas)) == [ToolCall("remember", {"text": argument})]


def test_nothing_that_another_server_of_tools_describes_is_endless():
    text, names = {"type": ["string", "null"]}, {"type": "array", "items": {"type": "string", "maxLength": 9}}
    tool = {
        "name": "book",
        "parameters": {
            "type": "object",
            "properties": {
                "note": text,
                "names": names,
                "any": {"type": "array", "minItems": 40},
                "to": {"$ref": "#/$defs/place"},
                "how": {"anyOf": [{"type": "object", "properties": {"why": text}}, True]},
            },
            "$defs": {"place": {"type": "object", "properties": {"city": text}}},
        },
    }
    arguments = call_schema([tool])["anyOf"][0]["properties"]["arguments"]
    short = text | {"maxLength": 200}
    assert arguments["properties"] == {
        "note": short,
        "names": names | {"maxItems": 32},
        "any": {"type": "array", "minItems": 40, "items": {}, "maxItems": 40},
        "to": {"$ref": "#/anyOf/0/properties/arguments/$defs/place"},
        "how": {
            "anyOf": [
                {"type": "object", "properties": {"why": short}, "additionalProperties": False},
                True,
            ]
        },
    }
    assert arguments["$defs"]["place"]["properties"]["city"] == short


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
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("count", [3, pytest.param(200, marks=pytest.mark.long)])
async def test_calls_of_a_small_model_are_valid(count: int, tmp_path: Path):
    assert await invalid_calls(smollm_path(), count, tmp_path) == []


@needs_llama
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("count", [26, pytest.param(1000, marks=pytest.mark.long)])
async def test_calls_of_a_model_that_knows_nothing_are_valid(count: int, tmp_path: Path):
    """Random weights write random bytes, and end an argument when it may not be longer."""
    file = write_random_model(tmp_path)
    assert await invalid_calls(file, count, tmp_path) == []


@needs_llama
async def test_what_another_server_describes_in_odd_ways_is_held_to_all_the_same(tmp_path: Path):
    place = {"type": "object", "properties": {"city": {"type": "string", "format": "odd"}}}
    names = {"type": "array", "items": {"type": "string", "maxLength": 9}, "x-odd": True}
    arguments = {
        "type": "object",
        "properties": {"to": {"$ref": "#/$defs/place"}, "names": names},
        "required": ["to", "names"],
        "$defs": {"place": place | {"required": ["city"]}},
    }
    tool = {"name": "book", "description": "", "parameters": arguments}
    engine = writing(write_random_model(tmp_path), tmp_path)
    asked = replace(prompt("Book it."), system="You are kind.", tools=(tool,))
    written = [await call_of(engine, asked, {}) for _ in range(3)]
    await engine.close()
    for (call,) in map(calls_in, written):
        assert isinstance(call.arguments["to"]["city"], str)
        assert isinstance(call.arguments["names"], list)


@needs_smollm
@pytest.mark.parametrize(
    "bias",
    [
        pytest.param([["\n", 30], [" ", 30], ["\t", 30], ["  ", 30], ["\n\n", 30]], id="white space"),
        pytest.param([['"', -100], ['"}', -100], ['"}}', -100]], id="an open string"),
    ],
)
async def test_a_model_that_finds_no_end_writes_a_call_all_the_same(bias: list[Any], tmp_path: Path):
    """``bias`` is added to its logits."""
    engine = writing(smollm_path(), tmp_path)
    asked = replace(prompt("Remember that I like tea."), system="You are kind.", tools=REMEMBER)
    written = await call_of(engine, asked, {"logit_bias": bias})
    await engine.close()
    assert is_valid(asked, written), written


def write_random_model(folder: Path) -> Path:
    from assistant.llm.mlx.words import PRE_TOKENIZERS
    from tests.fakes.tiny_models import Shape, byte_level, byte_level_entries, write_tiny_gguf

    vocabulary = byte_level_entries(byte_level(PRE_TOKENIZERS["qwen2"][0]), "qwen2")
    return write_tiny_gguf(folder / "tiny.gguf", vocabulary, shape=Shape(context=6144))


def writing(file: Path | None, folder: Path) -> LlamaEngine:
    assert file
    sampling = Sampling(temperature=1.2, max_tokens=32)
    return LlamaEngine(file, folder / "log", context=6144, threads=1, sampling=sampling)


async def invalid_calls(file: Path | None, count: int, folder: Path) -> list[str]:
    """Of calls that a model is brought to write at temperature 1.2 those that are none to the registry."""
    engine, invalid = writing(file, folder), []
    try:
        for number in range(count):
            asked = replace(prompt(ASKED[number % len(ASKED)]), system="You are kind.")
            # After some with all tools it has one of them alone, so that each has its turn.
            if alone := number * (len(TOOLS) + 1) // count:
                asked = replace(asked, tools=(TOOLS[alone - 1],))
            written = await call_of(engine, asked, {})
            if not is_valid(asked, written):
                invalid.append(written)
    finally:
        await engine.close()
    print(f"\n{count - len(invalid)} of {count} calls are valid")
    return invalid


async def call_of(engine: LlamaEngine, asked: Prompt, more: dict[str, Any]) -> str:
    """What it writes where the reply has come to a call; ``more`` goes to llama.cpp with what is asked."""
    endpoint = Asking((await engine._running()).endpoint, more)
    begun = pieces("Of course. TOOL_CALL:")
    deltas = await collect(with_calls_by_schema(begun, lambda text: engine._call(endpoint, asked, text)))
    assert deltas[-1] == Finished(FinishReason.TOOL_CALLS)
    assert any(isinstance(delta, Usage) for delta in deltas)
    return text_of(deltas)


class Asking:
    """An endpoint that asks for ``more``."""

    def __init__(self, endpoint: Endpoint, more: dict[str, Any]) -> None:
        self.post, self._lines, self._more = endpoint.post, endpoint.lines, more

    def lines(self, path: str, body: dict[str, Any]) -> AsyncGenerator[str, None]:
        return self._lines(path, body | self._more)


def calls_in(text: str) -> list[ToolCall]:
    pipeline = OutputPipeline()
    return [item.call for item in [*pipeline.feed(text), *pipeline.finish()] if isinstance(item, Call)]


def is_valid(asked: Prompt, written: str) -> bool:
    calls = calls_in(written)
    if len(calls) != 1 or calls[0].name not in {each["name"] for each in asked.tools}:
        return False
    try:
        REGISTRY.validate(calls[0])
    except ToolCallError:
        return False
    return True
