"""Makes a tool that a server offers one like any other."""

from __future__ import annotations

import re
from typing import Any

from assistant.errors import ToolError
from assistant.tools.context import ToolContext
from assistant.tools.define import Tool
from assistant.tools.offered import OfferedTool
from assistant.tools.result import ToolResult
from assistant.tools.wording import clipped

LONGEST_NAME = 64
"""Characters of a name that every server of models takes."""

LONGEST_DESCRIPTION = 400


def remote_tool(offered: OfferedTool) -> Tool:
    """Called "server__name"; the server checks its arguments, and what it gives back is untrusted."""

    async def call(context: ToolContext, /, **arguments: Any) -> ToolResult:
        if context.tool_servers is None:
            raise ToolError(f"The tool server {offered.server} is not connected.")
        return await context.tool_servers.call(offered.server, offered.name, arguments)

    name = re.sub(r"[^A-Za-z0-9_-]", "_", f"{offered.server}__{offered.name}")[:LONGEST_NAME]
    description = clipped(" ".join(offered.description.split()), LONGEST_DESCRIPTION)
    schema = {"name": name, "description": description, "parameters": _object(offered)}
    return Tool(
        name,
        offered.kind,
        description,
        offered.timeout_s,
        "",
        call,
        None,
        schema,
        brings_untrusted=True,
        personas=frozenset(offered.personas),
        offered=offered,
    )


def _object(offered: OfferedTool) -> dict[str, Any]:
    """Their schema with what every prompt looks for."""
    given = offered.parameters
    properties = given.get("properties")
    required = given.get("required")
    return {
        **given,
        "type": "object",
        "properties": properties if isinstance(properties, dict) else {},
        "required": required if isinstance(required, list) else [],
    }
