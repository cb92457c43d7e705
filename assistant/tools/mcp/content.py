"""What a server of tools says, in our own values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.config.mcp import McpServer
from assistant.tools.offered import OfferedTool
from assistant.tools.result import Kind, ToolResult
from assistant.tools.wording import clipped

if TYPE_CHECKING:
    from mcp_types import CallToolResult, Tool

LONGEST_RESULT = 8_000
"""Characters of a result that go to the model."""

LONGEST_SPEECH = 300


def offered_tool(server: str, settings: McpServer, tool: Tool) -> OfferedTool | None:
    """None for a tool that is denied. A tool that only reads must say so, or it counts as a change."""
    permission = settings.permission_for(tool.name)
    if permission == "deny":
        return None
    only_reads = tool.annotations is not None and bool(tool.annotations.read_only_hint)
    allowed = Kind.READ if only_reads else Kind.CHANGE
    return OfferedTool(
        server,
        tool.name,
        tool.description or tool.title or tool.name,
        tool.input_schema,
        Kind.DANGER if permission == "ask" else allowed,
        settings.personas,
        settings.timeout,
    )


def as_result(result: CallToolResult) -> ToolResult:
    """Its text; what is not text is named."""
    parts = [block.text if block.type == "text" else f"({block.type})" for block in result.content]
    text = "\n".join(parts).strip()
    if not text and result.structured_content is not None:
        text = json.dumps(result.structured_content, ensure_ascii=False, default=str)
    text = text or ("It failed." if result.is_error else "Done.")
    if len(text) > LONGEST_RESULT:
        text = f"{text[:LONGEST_RESULT]}\n(The rest is left out.)"
    return ToolResult(text, clipped(" ".join(text.split()), LONGEST_SPEECH), ok=not result.is_error)


def wrong_with(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What the arguments offend against in the schema; empty for nothing, or where it is no schema itself."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError, best_match
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        Draft202012Validator.check_schema(schema)
        # The registry is empty: a reference to some address is never fetched.
        errors = Draft202012Validator(schema, registry=Registry()).iter_errors(dict(arguments))
        worst = best_match(errors)
    except (SchemaError, Unresolvable):
        return ""
    if worst is None:
        return ""
    place = ".".join(map(str, worst.absolute_path))
    return clipped(f"{place}: {worst.message}" if place else worst.message, 200)
