"""A tool call that a model begins to write is written under the schema of the tools, where the engine can.

The reply is free text until ``TOOL_CALL:``; there it is stopped, and the same prompt goes on with the model
held to the schema. What was computed so far is in the engine's cache; not even a small model writes a call
that is none.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from assistant.llm.port import Delta, TextDelta

LONGEST_CALL = 400
"""Tokens of one call at most."""

_LONGEST_STRING = 200
"""Characters of an argument, where its schema allows more: a small model does not always find an end."""

_MARKER = re.compile(r"TOOL_CALL\s{0,16}:|<tool_call>")
_LONGEST_MARKER = 32


def call_schema(tools: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """JSON schema of one call of any of ``tools`` (``{"name", "description", "parameters"}`` each)."""
    return {"anyOf": [_one_call(each) for each in tools]}


async def with_calls_by_schema(
    deltas: AsyncGenerator[Delta, None], write_call: Callable[[str], AsyncGenerator[Delta, None]]
) -> AsyncGenerator[Delta, None]:
    """``deltas`` up to the marker of a call; from there on what ``write_call`` makes of the text so far."""
    text = ""
    async with aclosing(deltas):
        async for delta in deltas:
            if not isinstance(delta, TextDelta):
                yield delta
                continue
            start = len(text)
            text += delta.text
            found = _MARKER.search(text, max(0, start - _LONGEST_MARKER))
            if found is None:
                yield delta
                continue
            text = f"{text[: found.end()]} "
            yield TextDelta(text[start:])
            break
        else:
            return
    async with aclosing(write_call(text)) as call:
        async for delta in call:
            yield delta


def _one_call(tool: dict[str, Any]) -> dict[str, Any]:
    properties = {"name": {"const": tool["name"]}, "arguments": _bounded(tool["parameters"])}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _bounded(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, with nothing beside what it names and no endless text."""
    bounded = dict(schema)
    if "anyOf" in schema:
        bounded["anyOf"] = [_bounded(each) for each in schema["anyOf"]]
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        bounded["properties"] = {name: _bounded(each) for name, each in properties.items()}
        bounded.setdefault("additionalProperties", False)
    if schema.get("type") == "string" and not {"enum", "const", "pattern", "format"} & schema.keys():
        bounded["maxLength"] = min(schema.get("maxLength", _LONGEST_STRING), _LONGEST_STRING)
    return bounded
