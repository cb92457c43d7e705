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

_LONGEST_STRING = 200
"""Characters of an argument, where its schema allows more: a small model does not always find an end."""

_LONGEST_LIST = 32
"""Elements, likewise."""

LONGEST_CALL = 6 * _LONGEST_STRING + 200
"""Tokens of one call at most: enough for an argument whose every character is an escape of six."""

_MARKER = re.compile(r"TOOL_CALL\s{0,16}:|<tool_call>")
_LONGEST_MARKER = 32
_MARKUP = re.compile(r"<|\[(?=/?INST\])")
"""What special tokens begin with; in JSON only a string holds it."""


def call_schema(tools: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """JSON schema of one call of any of ``tools`` (``{"name", "description", "parameters"}`` each)."""
    return {"anyOf": [_one_call(each, f"#/anyOf/{number}") for number, each in enumerate(tools)]}


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
    call = ""
    async with aclosing(write_call(text)) as written:
        async for delta in written:
            if isinstance(delta, TextDelta):
                call += delta.text
                continue
            if call:
                yield TextDelta(_without_markup(call))
                call = ""
            yield delta
    if call:
        yield TextDelta(_without_markup(call))


def _without_markup(call: str) -> str:
    """The same JSON; an argument that speaks of a special token is none."""
    return _MARKUP.sub(lambda found: f"\\u{ord(found[0]):04x}", call)


def _one_call(tool: dict[str, Any], place: str) -> dict[str, Any]:
    arguments = _bounded(tool["parameters"], f"{place}/properties/arguments")
    properties = {"name": {"const": tool["name"]}, "arguments": arguments}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _bounded(schema: Any, root: str) -> Any:
    """The same schema, with nothing beside what it names and no endless text or list.

    ``root`` is where the schema that it is a part of comes to stand.
    """
    if not isinstance(schema, dict):
        return schema
    bounded = dict(schema)
    for key in {"anyOf", "oneOf", "allOf"} & schema.keys():
        bounded[key] = [_bounded(each, root) for each in schema[key]]
    for key in {"properties", "$defs", "definitions"} & schema.keys():
        bounded[key] = {name: _bounded(each, root) for name, each in schema[key].items()}
    if schema.get("$ref", "").startswith("#"):
        bounded["$ref"] = root + schema["$ref"][1:]
    kinds = schema.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if "object" in kinds:
        bounded.setdefault("properties", {})
        bounded.setdefault("additionalProperties", False)
    if "array" in kinds:
        bounded["items"] = _bounded(schema.get("items", {}), root)
        bounded["maxItems"] = _at_most(_LONGEST_LIST, schema, "Items")
    if "string" in kinds and not {"enum", "const", "pattern", "format"} & schema.keys():
        bounded["maxLength"] = _at_most(_LONGEST_STRING, schema, "Length")
    return bounded


def _at_most(limit: int, schema: dict[str, Any], what: str) -> int:
    """``limit``, or what the schema says where that is less or must be more."""
    most, least = schema.get(f"max{what}", limit), schema.get(f"min{what}", 0)
    return int(max(min(most, limit), least))
