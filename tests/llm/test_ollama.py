"""The engine for Ollama, and a client nobody here wrote, against the same server."""

from __future__ import annotations

import os
from contextlib import aclosing

import pytest

from assistant.errors import TextEngineError
from assistant.llm import reply as replying
from assistant.llm.endpoint import Endpoint
from assistant.llm.ollama import ADDRESS, KEEP_ALIVE, OllamaEngine, PullProgress
from assistant.llm.port import CallDelta, Delta, Finished, ModelInfo, Prompt, TextDelta, Usage
from assistant.tools.result import ToolCall
from tests.fakes.http_server import FakeServer
from tests.fakes.ollama_server import FakeOllama
from tests.llm.prompts import prompt

CALL = {"function": {"name": "change_theme", "arguments": {"persona_name": "HAL 9000"}}}


async def ask(fake: FakeOllama, model: str = "llama3.2", asked: Prompt | None = None) -> list[Delta]:
    with FakeServer(fake.answer) as server:
        engine = OllamaEngine(Endpoint(server.url), model)
        try:
            async with aclosing(replying.reply(engine, asked or prompt("Why?"))) as deltas:
                return [delta async for delta in deltas]
        finally:
            await engine.close()


async def test_an_answer_with_its_usage():
    text = [TextDelta("The sky "), TextDelta("is blue.")]
    assert await ask(FakeOllama()) == [*text, Usage(26, 282), Finished()]


async def test_a_tool_call_in_its_own_format():
    deltas = await ask(FakeOllama(calls=(CALL,)))
    assert CallDelta(ToolCall("change_theme", {"persona_name": "HAL 9000"})) in deltas


@pytest.mark.parametrize("calls", [(), (CALL,)])
async def test_what_it_asks_for(calls: tuple):
    with FakeServer(FakeOllama(calls=calls).answer) as server:
        engine = OllamaEngine(Endpoint(server.url), "qwen3:8b", context=4096)
        assert [delta async for delta in engine.stream(prompt("Why?"))]
        assert await engine.info() == ModelInfo("ollama", "qwen3:8b", 4096)
        await engine.close()
        body = server.asked[-1][2]
    assert body["options"]["num_ctx"] == 4096
    assert body["keep_alive"] == KEEP_ALIVE
    assert ("tools" in body) == bool(calls)
    assert ("TOOL_CALL" in body["messages"][0]["content"]) != bool(calls)


async def test_the_first_installed_model_is_taken_when_none_is_named():
    with FakeServer(FakeOllama().answer) as server:
        engine = OllamaEngine(Endpoint(server.url))
        assert (await engine.info()).model == "llama3.2:latest"
        assert engine.name == "ollama llama3.2:latest"
        await engine.close()


async def test_an_unknown_model_comes_with_the_closest_and_how_to_get_it():
    with pytest.raises(TextEngineError) as caught:
        await ask(FakeOllama(), "qwen3-8b")
    assert "qwen3:8b" in caught.value.remedy
    assert "assistant models pull qwen3-8b" in caught.value.remedy


async def test_no_model_at_all():
    with pytest.raises(TextEngineError, match="assistant models pull"):
        await ask(FakeOllama(installed=[]), "")


async def test_an_error_in_the_middle_is_told():
    with pytest.raises(TextEngineError, match="llama runner process has terminated"):
        await ask(FakeOllama(fails_with="llama runner process has terminated"))


async def test_an_answer_that_breaks_off_is_not_begun_again():
    with pytest.raises(TextEngineError, match="middle of its answer"):
        await ask(FakeOllama(breaks_off=True))


async def test_a_download_reports_its_progress():
    with FakeServer(FakeOllama().answer) as server:
        engine = OllamaEngine(Endpoint(server.url))
        reports = [report async for report in engine.pull("smollm2")]
        assert "smollm2:latest" in await engine.models()
        await engine.close()
    assert reports[0] == PullProgress("pulling manifest")
    assert reports[2].completed * 2 == reports[2].total
    assert reports[-1].status == "success"


def test_the_fake_satisfies_ollamas_own_client():
    ollama = pytest.importorskip("ollama")
    with FakeServer(FakeOllama(calls=(CALL,)).answer) as server:
        client = ollama.Client(server.url)
        assert [model.model for model in client.list().models] == ["llama3.2:latest", "qwen3:8b"]
        assert client.show("llama3.2").capabilities == ["completion", "tools"]
        messages = [{"role": "user", "content": "why is the sky blue?"}]
        parts = list(client.chat("llama3.2", messages, stream=True))
        assert "".join(part.message.content or "" for part in parts) == "The sky is blue."
        assert parts[-2].message.tool_calls[0].function.arguments == {"persona_name": "HAL 9000"}
        assert parts[-1].done
        assert parts[-1].done_reason == "stop"
        assert parts[-1].eval_count == 282
        assert [report.status for report in client.pull("smollm2", stream=True)][-1] == "success"
        with pytest.raises(ollama.ResponseError, match="not found"):
            client.chat("nothing", messages)
    with FakeServer(FakeOllama(fails_with="it broke").answer) as server:
        stream = ollama.Client(server.url).chat("llama3.2", messages, stream=True)
        with pytest.raises(ollama.ResponseError, match="it broke"):
            list(stream)


@pytest.mark.skipif("OLLAMA_HOST" not in os.environ, reason="OLLAMA_HOST names no running Ollama")
async def test_a_running_ollama_answers():
    engine = OllamaEngine(Endpoint(os.environ["OLLAMA_HOST"] or ADDRESS))
    async with aclosing(replying.reply(engine, prompt("Say hello.", tools=False))) as deltas:
        found = [delta async for delta in deltas]
    await engine.close()
    assert any(isinstance(delta, TextDelta) for delta in found)
    assert isinstance(found[-1], Finished)
