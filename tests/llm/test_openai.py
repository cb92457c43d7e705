"""The engine for OpenAI's interface against a server that answers as told."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from assistant.errors import TextEngineError
from assistant.llm import reply as replying
from assistant.llm.endpoint import Endpoint
from assistant.llm.openai import OpenAIEngine
from assistant.llm.port import (
    CallDelta,
    Delta,
    Dropped,
    Finished,
    FinishReason,
    MalformedCallDelta,
    Prompt,
    TextDelta,
    Usage,
)
from assistant.llm.sampling import Sampling
from assistant.tools.result import ToolCall
from tests.fakes.http_server import Answer, FakeServer
from tests.llm.prompts import prompt

MODELS = json.dumps({"object": "list", "data": [{"id": "tiny"}, {"id": "qwen3-8b", "max_model_len": 4096}]})
DONE = "data: [DONE]\n\n"


def event(delta: dict[str, Any] | None = None, reason: str | None = None, **more: Any) -> str:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": reason}]
    return f"data: {json.dumps({'choices': choices, **more})}\n\n"


def serving(*answers: Answer) -> Callable[[str, str, Any], Answer]:
    """These answers to chat requests, one after the other, the last for good."""
    left = list(answers)

    def answer(method: str, path: str, body: Any) -> Answer:
        if path.endswith("/models"):
            return Answer([MODELS])
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


async def ask(server: FakeServer, asked: Prompt | None = None, **options: Any) -> list[Delta]:
    engine = OpenAIEngine(Endpoint(f"{server.url}/v1", key="secret"), **options)
    try:
        async with aclosing(replying.reply(engine, asked or prompt("Hello?"))) as deltas:
            return [delta async for delta in deltas]
    finally:
        await engine.close()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replying, "BACK_OFF", (0.01, 0.01))


async def test_text_usage_and_end_come_as_they_are_written():
    usage = {"prompt_tokens": 40, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 32}}
    stream = Answer(
        [
            event({"role": "assistant", "content": None}),
            ": keep-alive\n\n",
            event({"content": "Good "}),
            event({"reasoning_content": "hmm"}),
            event({"content": "evening."}, "stop"),
            event(usage=usage),
            DONE,
        ]
    )
    with FakeServer(serving(stream)) as server:
        deltas = await ask(server)
        _, path, body = server.asked[-1]
    assert deltas == [
        TextDelta("Good "),
        TextDelta("evening."),
        Usage(40, 2, 32),
        Finished(FinishReason.STOP),
    ]
    assert path == "/v1/chat/completions"
    assert body["model"] == "tiny"
    assert body["stream_options"] == {"include_usage": True}
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert {"type": "function", "function": prompt("").tools[0]} in body["tools"]
    assert "TOOL_CALL" not in body["messages"][0]["content"]


async def test_only_a_line_feed_ends_a_line():
    """Servers leave other characters that end a line in a JSON string as they are."""
    said = "Un\u2028der\u2029 the\x85 sea, caf\N{LATIN SMALL LETTER E WITH ACUTE}."
    piece = json.dumps({"choices": [{"index": 0, "delta": {"content": said}}]}, ensure_ascii=False)
    with FakeServer(serving(Answer([f"data: {piece}\r\n\r\n", DONE]))) as server:
        deltas = await ask(server)
    assert deltas[0] == TextDelta(said)


async def test_a_call_in_fragments_is_one_call():
    fragments = [
        {"index": 0, "id": "a", "function": {"name": "change_theme", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"persona_'}},
        {"index": 1, "function": {"name": "time", "arguments": "{broken"}},
        {"index": 0, "function": {"arguments": 'name": "HAL"}'}},
    ]
    chunks = [event({"tool_calls": [fragment]}) for fragment in fragments]
    with FakeServer(serving(Answer([*chunks, event({}, "tool_calls"), DONE]))) as server:
        call, malformed, end = await ask(server)
    assert call == CallDelta(ToolCall("change_theme", {"persona_name": "HAL"}))
    assert isinstance(malformed, MalformedCallDelta)
    assert end == Finished(FinishReason.TOOL_CALLS)


async def test_it_is_tried_again_until_it_begins():
    busy, broken = Answer(['{"error": "loading"}'], status=503), Answer([], breaks_off=True)
    with FakeServer(serving(busy, broken, Answer([event({"content": "Hi."}, "stop"), DONE]))) as server:
        assert (await ask(server))[0] == TextDelta("Hi.")
        assert [path for _, path, _ in server.asked].count("/v1/chat/completions") == 3


async def test_a_half_streamed_answer_is_never_begun_again():
    with FakeServer(serving(Answer([event({"content": "Once upon"})], breaks_off=True))) as server:
        engine = OpenAIEngine(Endpoint(server.url))
        deltas = replying.reply(engine, prompt("A story."))
        assert await anext(deltas) == TextDelta("Once upon")
        with pytest.raises(TextEngineError, match="middle of its answer"):
            await anext(deltas)
        await engine.close()

        assert [path for _, path, _ in server.asked].count("/chat/completions") == 1


async def test_a_stream_without_an_end_is_broken_off():
    with (
        FakeServer(serving(Answer([event({"content": "Once"})]))) as server,
        pytest.raises(TextEngineError, match="middle"),
    ):
        await ask(server)


async def test_a_server_that_is_gone_says_where_and_what_to_do():
    engine = OpenAIEngine(Endpoint("http://127.0.0.1:9/v1", remedy="Start it."))
    with pytest.raises(TextEngineError) as caught:
        await anext(aiter(replying.reply(engine, prompt("Hello?"))))
    assert "http://127.0.0.1:9/v1 cannot be reached" in caught.value.message
    assert caught.value.remedy == "Start it."


async def test_an_unknown_model_comes_with_the_closest_ones():
    missing = Answer([json.dumps({"error": {"message": "no such model"}})], status=404)
    with FakeServer(serving(missing)) as server, pytest.raises(TextEngineError) as caught:
        await ask(server, model="qwen-8b")
    assert "'qwen-8b'" in caught.value.message
    assert caught.value.remedy.startswith("There are: qwen3-8b")


async def test_a_server_without_a_list_of_models_is_asked_all_the_same():
    def answer(method: str, path: str, body: Any) -> Answer:
        return Answer([""]) if method == "GET" else Answer([event({"content": "Yes."}, "stop"), DONE])

    with FakeServer(answer) as server:
        assert (await ask(server))[0] == TextDelta("Yes.")
        assert "model" not in server.asked[-1][2]


async def test_a_refused_key_names_the_setting():
    with (
        FakeServer(serving(Answer(["{}"], status=401))) as server,
        pytest.raises(TextEngineError, match="ASSISTANT_TEXT_KEY"),
    ):
        await ask(server)


async def test_what_does_not_fit_is_left_out_in_blocks_and_said():
    said = [f"This is sentence number {number}." for number in range(29)]
    too_long = Answer([json.dumps({"error": {"code": "context_length_exceeded"}})], status=400)
    fine = Answer([event({"content": "Yes."}, "stop"), DONE])
    with FakeServer(serving(too_long, fine)) as server:
        deltas = await ask(server, prompt(*said))
        sent = server.asked[-1][2]["messages"]
    assert deltas[0] == Dropped(10)
    assert sent[1]["content"] == said[10]
    assert sent[-1]["content"] == said[-1]
    assert "<earlier>" in sent[0]["content"]
    assert said[9] in sent[0]["content"]
    assert said[10] not in sent[0]["content"]


async def test_a_known_context_is_not_overrun_to_begin_with():
    said = ["A long sentence about nothing at all. " * 20 for _ in range(25)]
    with FakeServer(serving(Answer([event({"content": "Yes."}, "stop"), DONE]))) as server:
        deltas = await ask(server, prompt(*said), model="qwen3-8b")
        assert len([path for _, path, _ in server.asked if "chat" in path]) == 1
    assert isinstance(deltas[0], Dropped)


async def test_closing_the_iterator_closes_the_connection():
    endless = (event({"content": "more "}) for _ in range(10_000))
    with FakeServer(serving(Answer(endless, pause_s=0.01))) as server:
        engine = OpenAIEngine(Endpoint(server.url))
        async with aclosing(engine.stream(prompt("Go on."))) as deltas:
            assert await anext(deltas) == TextDelta("more ")
        await asyncio.sleep(0.1)
        sent = server.sent
        await asyncio.sleep(0.1)
        assert server.sent == sent
        await engine.close()


@pytest.mark.parametrize("line", ["data: <html>\n\n", "data: [1]\n\n"])
async def test_nonsense_is_an_error(line: str):
    with FakeServer(serving(Answer([line]))) as server, pytest.raises(TextEngineError, match="JSON"):
        await ask(server)


async def test_an_error_in_the_middle_of_a_stream_is_told():
    chunks = [event({"content": "Well"}), 'data: {"error": {"message": "CUDA out of memory"}}\n\n']
    with FakeServer(serving(Answer(chunks))) as server, pytest.raises(TextEngineError, match="out of memory"):
        await ask(server)


@pytest.mark.skipif("OPENAI_COMPATIBLE_URL" not in os.environ, reason="it names no running server")
@pytest.mark.parametrize("tools", [False, True])
async def test_a_running_server_answers(tools: bool):
    engine = OpenAIEngine(Endpoint(os.environ["OPENAI_COMPATIBLE_URL"]), sampling=Sampling(max_tokens=16))
    async with aclosing(replying.reply(engine, prompt("Say hello.", tools=tools))) as deltas:
        found = [delta async for delta in deltas]
    await engine.close()
    assert any(isinstance(delta, TextDelta) for delta in found)
    assert any(isinstance(delta, Usage) for delta in found)
    assert isinstance(found[-1], Finished)
