"""Servers of tools, made with the official package, over both transports."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from assistant.assembly import Assembly
from assistant.config.mcp import McpServer
from assistant.conversation.requests import TypedTurn
from assistant.conversation.updates import MessageShown, ToolShown, Update
from assistant.llm.chat import chat_messages
from assistant.llm.port import Delta, Finished, Prompt, Purpose, TextDelta
from assistant.memory.opening import open_temporary_store
from assistant.personas.load import load_library
from assistant.tools.context import ToolContext
from assistant.tools.mcp import connection
from assistant.tools.mcp.content import wrong_with
from assistant.tools.mcp.servers import McpServers
from assistant.tools.offered import Offer
from assistant.tools.registry import Registry
from assistant.tools.result import Kind, ToolCall, ToolResult
from tests.fakes.text_engine import RoteEngine

ROOT = Path(__file__).resolve().parents[2]
SERVER = "tests.fakes.mcp_server"

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("mcp") is None, reason="requirements-mcp.lock is not installed"
    ),
    pytest.mark.asyncio(loop_scope="module"),
]


STDIO = {
    "command": sys.executable,
    "args": ["-m", SERVER, "stdio"],
    "env": {"PYTHONPATH": str(ROOT), "SECRET": "of the settings"},
    "permission": "allow",
}


def over_stdio(**others: object) -> McpServer:
    return McpServer.model_validate(STDIO | others)


@pytest.fixture(scope="module")
def http_port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [sys.executable, "-m", SERVER, "http", str(port)]
    process = subprocess.Popen(arguments, cwd=ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield port
    process.kill()
    process.wait()


class Connected:
    """Servers that run, and what they have told."""

    def __init__(self, servers: McpServers) -> None:
        self.servers = servers
        self.offers: list[Offer] = []
        self.registry = Registry(())
        self.context = ToolContext(
            load_library(), open_temporary_store(), "default", 0.8, tool_servers=servers
        )

    def tell(self, offer: Offer) -> None:
        self.offers.append(offer)
        self.registry = self.registry.with_offered(offer.server, offer.tools)

    async def until(self, count: int) -> Offer:
        """The ``count``-th offer."""
        async with asyncio.timeout(30):
            while len(self.offers) < count:
                await asyncio.sleep(0.01)
        return self.offers[count - 1]

    async def run(self, name: str, **arguments: object) -> ToolResult:
        return await self.registry.execute(ToolCall(name, arguments), self.context)


@asynccontextmanager
async def connected(
    folder: Path, offline: bool = False, **servers: McpServer
) -> AsyncGenerator[Connected, None]:
    there = Connected(McpServers(servers, folder / "mcp.log", offline=offline))
    running = asyncio.create_task(there.servers.run(there.tell))
    try:
        await there.until(len(servers))
        yield there
    finally:
        running.cancel()
        await asyncio.wait({running}, timeout=10)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["stdio", "http"])
async def there(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Connected]:
    tools = {"write": "ask", "die": "deny"}
    if request.param == "stdio":
        server = over_stdio(tools=tools)
    else:
        url = f"http://127.0.0.1:{request.getfixturevalue('http_port')}/mcp"
        server = McpServer.model_validate({"url": url, "permission": "allow", "tools": tools})
    async with connected(tmp_path_factory.mktemp("mcp"), fake=server) as there:
        yield there


async def test_its_tools_are_offered_as_far_as_the_settings_permit(there: Connected) -> None:
    kinds = {tool.name: tool.kind for tool in there.registry}
    assert kinds["fake__look"] is Kind.READ, "it says that it only reads"
    assert kinds["fake__write"] is Kind.DANGER, "it asks"
    assert kinds["fake__poison"] is Kind.CHANGE, "it does not say what it does"
    assert "fake__die" not in kinds
    schema = next(each for each in there.registry.schemas() if each["name"] == "fake__look")
    assert schema["description"] == "Look a word up."
    assert schema["parameters"]["required"] == ["word"]
    assert there.registry.brings_untrusted("fake__look")


async def test_a_call_gives_text(there: Connected) -> None:
    result = await there.run("fake__look", word="cha", times=2)
    assert (result.ok, result.text) == (True, "cha means tea tea")


@pytest.mark.parametrize("arguments", [{}, {"word": "cha", "times": "many"}])
async def test_wrong_arguments_are_found_before_anything_runs(there: Connected, arguments: dict) -> None:
    result = await there.run("fake__look", **arguments)
    assert (result.ok, result.is_rejected) == (False, True)
    assert ("word" if not arguments else "times") in result.text


async def test_a_tool_that_fails_or_takes_too_long_is_a_result(there: Connected) -> None:
    failed = await there.run("fake__fail")
    assert (failed.ok, failed.is_rejected) == (False, False)
    hurried = Registry([replace(there.registry.tool("fake__dawdle"), timeout_s=0.3)])
    begun = time.monotonic()
    slow = await hurried.execute(ToolCall("fake__dawdle", {"seconds": 60.0}), there.context)
    assert slow.text == "The tool fake__dawdle took too long."
    assert time.monotonic() - begun < 20
    assert (await there.run("fake__look", word="cha")).ok, "the server is still there"


async def test_a_server_that_dies_is_told_once_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PAUSES", (0.3,))
    async with connected(tmp_path, one=over_stdio(), two=over_stdio()) as there:
        result = await there.run("one__die")
        assert (result.ok, result.text.startswith("The tool server one is not there.")) == (False, True)
        gone = await there.until(3)
        assert (gone.server, gone.tools, gone.message) == ("one", (), "The tool server one is not there.")
        assert (await there.run("two__look", word="cha")).ok
        assert "no tool called 'one__look'" in (await there.run("one__look", word="cha")).text
        back = await there.until(4)
        assert back.message == "The tool server one is back."
        secret = await there.run("one__secret")
        assert secret.text == "of the settings"
    assert len(there.offers) == 4


async def test_a_program_that_ends_uncalled_is_told_at_once_and_all_end_with_the_conversation(
    tmp_path: Path,
) -> None:
    others = servers_of_this_process()
    async with connected(tmp_path, one=over_stdio(), two=over_stdio()) as there:
        first, second = servers_of_this_process() - others
        os.kill(first.pid, signal.SIGKILL)
        gone = await there.until(3)
        assert (gone.tools, gone.message) == ((), f"The tool server {gone.server} is not there.")
        assert second.is_running()
    assert not second.is_running()


async def test_servers_that_cannot_be_had_are_told_once_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PAUSES", (0.01,))
    servers = {
        "gone": McpServer(command="/nonexistent/server"),
        "mute": McpServer(command=sys.executable, args=("-c", "print('hello')")),
        "closed": McpServer(url="http://127.0.0.1:9/mcp"),
    }
    async with connected(tmp_path, **servers) as there:
        await asyncio.sleep(0.3)
    assert sorted((offer.server, bool(offer.message)) for offer in there.offers) == [
        ("closed", True),
        ("gone", True),
        ("mute", True),
    ]


async def test_offline_calls_nobody_on_another_machine(tmp_path: Path) -> None:
    far = McpServer(url="https://tools.example.com/mcp")
    async with connected(tmp_path, offline=True, far=far) as there:
        assert "offline is set" in there.offers[0].message


async def test_an_address_in_a_schema_is_never_fetched() -> None:
    schema = {"properties": {"word": {"$ref": "http://127.0.0.1:9/word.json"}}, "required": ["word"]}
    assert wrong_with({"word": "cha"}, schema) == "", "nobody listens there, and nobody was asked"
    assert "required" in wrong_with({}, {"required": ["word"]})
    assert wrong_with({}, {"type": 12}) == "", "the server will say"


def servers_of_this_process() -> set[psutil.Process]:
    children = psutil.Process().children()
    return {child for child in children if SERVER in child.cmdline() and "stdio" in child.cmdline()}


class Curious(RoteEngine):
    """Calls a tool, then says every word of its prompt."""

    def __init__(self, tool: str) -> None:
        self._tool = tool

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        if prompt.purpose is Purpose.REPLY:
            yield TextDelta(f'TOOL_CALL: {{"name": "{self._tool}", "arguments": {{}}}}')
        else:
            for message in chat_messages(prompt)[1:]:
                yield TextDelta(message["content"] + "\n")
        yield Finished()


async def test_what_a_server_of_the_settings_says_is_shown_and_never_obeyed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("ASSISTANT_MCP", json.dumps({"fake": STDIO | {"personas": ["GLaDOS"]}}))
    options = {"engine": "typed", "persona": "GLaDOS", "data_dir": tmp_path}
    shown: list[Update] = []
    with Assembly(options, text_engine=Curious("fake__poison")) as assembly:
        runner = assembly.assemble().runner
        runner.subscribe(shown.append)
        running = asyncio.create_task(runner.run())
        async with asyncio.timeout(30):
            while not runner._session.registry.offered:
                await asyncio.sleep(0.01)
            runner.request(TypedTurn("Find that out, in your own words."))
            while not any("call to mute" in each for each in said(shown)):
                await asyncio.sleep(0.01)
        running.cancel()
        await runner.close()
    assert runner._session.registry.offered[0].personas == ("glados",)
    assert {each.name for each in shown if isinstance(each, ToolShown)} == {"fake__poison"}
    assert runner._session.microphone_open


def said(shown: list[Update]) -> list[str]:
    return [each.text for each in shown if isinstance(each, MessageShown) and each.final]
