"""One server of tools: started or called, listed, called upon, and connected again after it went.

Source: the Model Context Protocol, through its official package, which is imported here alone and only
where the settings name a server.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.addresses import is_loopback
from assistant.config.mcp import McpServer
from assistant.errors import ToolCallError, ToolError
from assistant.tools.mcp.content import as_result, offered_tool, wrong_with
from assistant.tools.offered import Offer
from assistant.tools.result import ToolResult

if TYPE_CHECKING:
    from mcp import Client

_log = logging.getLogger(__name__)

CONNECT_LIMIT = 15.0
"""Seconds until a server must have told its tools."""

PAUSES = (2.0, 10.0, 30.0)
"""Seconds before each further try to connect; the last one again and again."""

MOST_TOOLS = 64
"""Tools of one server that are offered: every one of them lengthens every prompt."""

INSTALL = "Start with ./scripts/run, or: pip install '.[mcp]'."


class McpConnection:
    """The server called ``name``; what it writes to its standard error goes to ``log_path``."""

    def __init__(self, name: str, server: McpServer, log_path: Path) -> None:
        self._name = name
        self._server = server
        self._log_path = log_path
        self._client: Client | None = None
        self._schemas: dict[str, Mapping[str, Any]] = {}
        self._gone = asyncio.Event()

    async def run(self, tell: Callable[[Offer], None]) -> None:
        """Stay connected until cancelled; ``tell`` of its tools, and once of each time that it went."""
        try:
            await asyncio.to_thread(importlib.import_module, "mcp")
        except ImportError:
            tell(Offer(self._name, (), "Servers of tools need the package mcp.", INSTALL))
            return
        is_known_gone = False
        for pause in chain(PAUSES, repeat(PAUSES[-1])):
            try:
                async with AsyncExitStack() as stack:
                    async with asyncio.timeout(CONNECT_LIMIT):
                        client = await stack.enter_async_context(self._connected())
                        offer = await self._list(client)
                    back = f"The tool server {self._name} is back." if is_known_gone else ""
                    is_known_gone = False
                    self._client = client
                    tell(Offer(self._name, offer.tools, back))
                    await self._gone.wait()
            except Exception as error:
                _log.warning("the tool server %s: %r", self._name, error)
            self._client = None
            self._gone.clear()
            if not is_known_gone:
                is_known_gone = True
                tell(Offer(self._name, (), f"The tool server {self._name} is not there.", self._remedy))
            await asyncio.sleep(pause)

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> ToolResult:
        """Run one of its tools. Raises ``ToolError``; ``ToolCallError`` where the arguments are wrong."""
        from mcp import MCPError
        from mcp_types import CONNECTION_CLOSED, INVALID_PARAMS

        client = self._client
        if client is None:
            raise ToolError(f"The tool server {self._name} is not there.", self._remedy)
        if wrong := wrong_with(arguments, self._schemas.get(tool, {})):
            raise ToolCallError(f"The arguments of {tool} are wrong: {wrong}.")
        try:
            return as_result(await client.call_tool(tool, dict(arguments)))
        except MCPError as error:
            if error.code == INVALID_PARAMS:
                raise ToolCallError(f"{self._name} refuses the call: {error.message}.") from error
            if error.code != CONNECTION_CLOSED:
                raise ToolError(f"{self._name} refuses the call: {error.message}.") from error
            self._gone.set()
            raise ToolError(f"The tool server {self._name} is not there.", self._remedy) from error

    @property
    def _remedy(self) -> str:
        if self._server.url:
            return f"Is it running at {self._server.url}? It is tried again from time to time."
        return f"{self._log_path} may say why. It is tried again from time to time."

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Client]:
        from mcp import Client

        async with AsyncExitStack() as stack:
            transport = await (self._over_http(stack) if self._server.url else self._over_stdio(stack))
            yield await stack.enter_async_context(Client(transport))

    async def _over_stdio(self, stack: AsyncExitStack) -> Any:
        from mcp import StdioServerParameters
        from mcp.client.stdio import stdio_client

        server = self._server
        parameters = StdioServerParameters(
            command=str(Path(server.command).expanduser()),
            args=[str(Path(each).expanduser()) if each.startswith("~") else each for each in server.args],
            env={name: value.get_secret_value() for name, value in server.env.items()},
        )
        log_file = stack.enter_context(self._log_path.open("a", encoding="utf-8"))
        return self._watched(stdio_client(parameters, log_file))

    @asynccontextmanager
    async def _watched(self, transport: AbstractAsyncContextManager[Any]) -> AsyncIterator[Any]:
        """The same streams; that the program has ended is noticed at once, not by the next call."""
        import anyio

        async def relay() -> None:
            async with forwarded:
                async for message in read:
                    await forwarded.send(message)
            self._gone.set()

        async with transport as (read, write):
            forwarded, received = anyio.create_memory_object_stream[Any](0)
            relaying = asyncio.create_task(relay())
            try:
                yield received, write
            finally:
                relaying.cancel()

    async def _over_http(self, stack: AsyncExitStack) -> Any:
        import httpx2
        from mcp.client.streamable_http import streamable_http_client

        server = self._server
        client = httpx2.AsyncClient(
            headers={name: value.get_secret_value() for name, value in server.headers.items()},
            timeout=httpx2.Timeout(server.timeout + 5.0, connect=5.0),
            trust_env=not is_loopback(server.url),  # a proxy cannot know what runs on this machine
        )
        await stack.enter_async_context(client)
        return streamable_http_client(server.url, http_client=client)

    async def _list(self, client: Client) -> Offer:
        tools = []
        cursor = None
        while True:
            page = await client.list_tools(cursor=cursor)
            tools += page.tools
            cursor = page.next_cursor
            if cursor is None or len(tools) >= MOST_TOOLS:
                break
        self._schemas = {tool.name: tool.input_schema for tool in tools}
        allowed = (offered_tool(self._name, self._server, tool) for tool in tools[:MOST_TOOLS])
        return Offer(self._name, tuple(tool for tool in allowed if tool is not None))
