"""Which text engine writes: by the settings, by the user's word, and what happens when it cannot."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from assistant.config.settings import Settings
from assistant.conversation.effects import Input
from assistant.conversation.intents import find_intent
from assistant.conversation.requests import TextEngineRequested, TypedTurn
from assistant.conversation.runner import ConversationRunner
from assistant.conversation.session import Session
from assistant.conversation.updates import EngineShown, MessageShown, NoticeShown, Update
from assistant.engine.typed import TypedEngine
from assistant.errors import TextEngineError
from assistant.llm import reply as replying
from assistant.llm.files import find_gguf
from assistant.llm.manager import TextEngineManager, chosen
from assistant.memory.opening import open_temporary_store
from assistant.personas.load import load_library
from assistant.tools.registry import default_registry
from assistant.tools.result import Kind, ToolCall
from tests.fakes.http_server import Answer, FakeServer
from tests.llm.test_openai import DONE, MODELS, event

LIBRARY = load_library()


def manager(folder: Path, **settings: Any) -> TextEngineManager:
    return TextEngineManager(Settings(**settings), folder, folder / "log")


@pytest.mark.parametrize(
    ("settings", "engine"),
    [
        ({}, "scripted"),
        ({"text_model": "~/models/tiny.gguf"}, "llama"),
        ({"text_url": "http://localhost:8080/v1"}, "openai"),
        ({"text_url": "http://box:11434"}, "ollama"),
        ({"text_engine": "scripted", "text_url": "http://localhost:8080/v1"}, "scripted"),
    ],
)
def test_auto_follows_what_else_is_set(tmp_path: Path, settings: dict[str, str], engine: str):
    assert chosen(Settings(**settings), tmp_path) == engine


def test_a_model_is_found_by_part_of_its_name(tmp_path: Path):
    for name in ("SmolLM2-135M.gguf", "qwen3-8b.gguf"):
        (tmp_path / name).touch()
    assert find_gguf("smol", tmp_path).name == "SmolLM2-135M.gguf"
    assert find_gguf(str(tmp_path / "qwen3-8b.gguf"), tmp_path).name == "qwen3-8b.gguf"
    with pytest.raises(TextEngineError, match="SmolLM2-135M"):
        find_gguf("SmoLM", tmp_path)
    with pytest.raises(TextEngineError, match="which model"):
        find_gguf("", tmp_path)


def test_without_a_model_it_says_where_one_belongs(tmp_path: Path):
    with pytest.raises(TextEngineError, match="ASSISTANT_TEXT_MODEL"):
        manager(tmp_path, text_engine="llama")
    with pytest.raises(TextEngineError, match="ASSISTANT_TEXT_URL"):
        manager(tmp_path, text_engine="openai")


@pytest.mark.parametrize("engine", ["openai", "ollama"])
def test_offline_asks_nobody_on_another_machine(tmp_path: Path, engine: str):
    with pytest.raises(TextEngineError, match="not on this machine"):
        manager(tmp_path, text_engine=engine, text_url="http://10.0.0.7:8080/v1", offline=True)
    assert manager(tmp_path, text_engine=engine, text_url="http://127.0.0.1:8080/v1", offline=True)


def test_the_key_is_in_no_record():
    assert "secret" not in json.dumps(Settings(text_key="secret").model_dump(mode="json"))


@pytest.mark.parametrize(
    ("said", "engine"),
    [
        ("Use the llama model.", "llama"), ("switch to the Lama model please", "llama"),
        ("Go to your scripted brain.", "scripted"), ("Use Ollama.", "ollama"),
        ("Could you use the open AI engine?", "openai"), ("take the local model", "llama"),
        ("Use the remote model", "openai"),
    ],
)  # fmt: skip
def test_it_is_changed_by_voice(said: str, engine: str):
    assert find_intent(said, LIBRARY) == ToolCall("use_text_engine", {"engine": engine})


@pytest.mark.parametrize("said", ["I use the llama model at work.", "a llama is an animal", "use a spoon"])
def test_talk_about_it_changes_nothing(said: str):
    assert find_intent(said, LIBRARY) is None


def test_no_model_may_change_it():
    registry = default_registry()
    assert registry.tool("use_text_engine").kind is Kind.USER
    assert "use_text_engine" not in {schema["name"] for schema in registry.schemas()}


class Talk:
    """A conversation by typed lines, and what it shows."""

    def __init__(self, engines: TextEngineManager) -> None:
        self.shown: list[Update] = []
        session = Session(LIBRARY, default_registry(), "default", text_engine=engines.name, greets=False)
        self._runner = ConversationRunner(session, TypedEngine(), engines, open_temporary_store())
        self._runner.subscribe(self.shown.append)

    async def __aenter__(self) -> Talk:
        self._running = asyncio.create_task(self._runner.run())
        await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._running.cancel()
        await self._runner.close()

    async def ask(self, request: Input) -> str:
        """The answer."""
        before = len(self.answers)
        self._runner.request(request)
        for _ in range(500):
            await asyncio.sleep(0.01)
            if len(self.answers) > before:
                break
        return self.answers[-1]

    @property
    def answers(self) -> list[str]:
        return [
            update.text
            for update in self.shown
            if isinstance(update, MessageShown) and update.role == "assistant" and update.final
        ]

    @property
    def engines(self) -> list[str]:
        return [update.text_engine for update in self.shown if isinstance(update, EngineShown)]


def serve(method: str, path: str, body: Any) -> Answer:
    if path.endswith("/models"):
        return Answer([MODELS])
    said = body["messages"][-1]["content"]
    chunks = [event({"content": f"You said: {said}"})]
    return Answer(chunks, breaks_off=True) if "break" in said else Answer([*chunks, DONE])


async def test_it_changes_in_the_middle_of_a_conversation_and_back(tmp_path: Path):
    with FakeServer(serve) as server:
        engines = manager(tmp_path, text_engine="scripted", text_url=server.url)
        async with Talk(engines) as talk:
            assert "You said" not in await talk.ask(TypedTurn("What is on your mind?"))
            assert await talk.ask(TypedTurn("Use the open AI model.")) == "From now on I think with openai."
            assert await talk.ask(TypedTurn("What is on your mind?")) == "You said: What is on your mind?"
            assert await talk.ask(TypedTurn("No, go back.")) == "From now on I think with my script."
            assert "You said" not in await talk.ask(TypedTurn("What is on your mind?"))
            assert "openai" in await talk.ask(TextEngineRequested("openai"))
            assert talk.engines == ["scripted", "openai tiny", "scripted", "openai tiny"]
            # The history went along: the model has seen what the other one said.
            assert len(server.asked[-2][2]["messages"]) > 3


async def test_what_is_left_out_of_the_prompt_is_said_once(tmp_path: Path):
    long = "And so it went on. " * 80

    def tiny(method: str, path: str, body: Any) -> Answer:
        if path.endswith("/models"):
            return Answer([json.dumps({"data": [{"id": "tiny", "max_model_len": 8_000}]})])
        return Answer([event({"content": "Go on."}), DONE])

    with FakeServer(tiny) as server:
        async with Talk(manager(tmp_path, text_engine="openai", text_url=server.url)) as talk:
            for number in range(16):
                await talk.ask(TypedTurn(f"{number}. {long}"))
    said = [update.remedy for update in talk.shown if isinstance(update, NoticeShown)]
    assert said == ["Of its oldest 10 messages only a summary is read; all stay in the memory."]
    assert len(server.asked[-1][2]["messages"]) < 25


async def test_an_engine_that_cannot_be_reached_is_not_changed_to(tmp_path: Path):
    engines = manager(tmp_path, text_engine="scripted", text_url="http://127.0.0.1:9/v1")
    async with Talk(engines) as talk:
        said = await talk.ask(TypedTurn("Use the open AI model."))
        assert "cannot be reached" in said
        assert engines.engine == "scripted"


async def test_a_server_that_goes_in_the_middle_leaves_what_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(replying, "BACK_OFF", (0.01,))
    with FakeServer(serve) as server:
        async with Talk(manager(tmp_path, text_engine="openai", text_url=server.url)) as talk:
            assert await talk.ask(TypedTurn("Please break now.")) == "You said: Please break now."
            last = [update for update in talk.shown if isinstance(update, MessageShown)][-1]
            assert last.interrupted
    notices = [update for update in talk.shown if isinstance(update, NoticeShown)]
    assert any("middle of its answer" in notice.message and notice.remedy for notice in notices)
