"""Tools that servers offer, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.tools.result import Kind, ToolResult


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """One tool of the server that the settings call ``server``; ``parameters`` is a JSON schema.

    ``personas`` are slugs, none meaning all.
    """

    server: str
    name: str
    description: str
    parameters: Mapping[str, Any]
    kind: Kind
    personas: tuple[str, ...] = ()
    timeout_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Offer:
    """All that ``server`` offers from now on; none after it went, and then ``message`` says so."""

    server: str
    tools: tuple[OfferedTool, ...]
    message: str = ""
    remedy: str = ""


class ToolServers(Protocol):
    """The servers as far as a tool may touch them (``tools.mcp.servers.McpServers``)."""

    async def call(self, server: str, tool: str, arguments: Mapping[str, Any]) -> ToolResult:
        """Run a tool there. Raises ``ToolError``, and ``ToolCallError`` where the arguments are wrong."""
        ...
