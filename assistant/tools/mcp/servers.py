"""All servers of tools that the settings name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from assistant.addresses import is_loopback
from assistant.config.mcp import McpServer
from assistant.errors import ToolError
from assistant.tools.mcp.connection import McpConnection
from assistant.tools.offered import Offer
from assistant.tools.result import ToolResult


class McpServers:
    """One that fails does the others no harm. ``offline`` leaves those on other machines alone."""

    def __init__(self, servers: Mapping[str, McpServer], log_path: Path, *, offline: bool = False) -> None:
        refused = {
            name for name, each in servers.items() if offline and each.url and not is_loopback(each.url)
        }
        self._refused = sorted(refused)
        self._connections = {
            name: McpConnection(name, server, log_path)
            for name, server in servers.items()
            if name not in refused
        }

    async def run(self, tell: Callable[[Offer], None]) -> None:
        """Connect to all of them, and stay so until cancelled."""
        for name in self._refused:
            message = f"The tool server {name} is not on this machine, and offline is set."
            tell(Offer(name, (), message, "Unset ASSISTANT_OFFLINE."))
        async with asyncio.TaskGroup() as group:  # unlike gather it waits until all have let go
            for each in self._connections.values():
                group.create_task(each.run(tell))

    async def call(self, server: str, tool: str, arguments: Mapping[str, Any]) -> ToolResult:
        """Run a tool there. Raises ``ToolError``, and ``ToolCallError`` where the arguments are wrong."""
        if server not in self._connections:
            raise ToolError(f"There is no tool server {server}.")
        return await self._connections[server].call(tool, arguments)
