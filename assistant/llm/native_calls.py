"""Tool calls in the formats of the engines, as the one type that the session knows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from assistant.llm.port import CallDelta, MalformedCallDelta
from assistant.tools.result import ToolCall


@dataclass(slots=True)
class _Fragments:
    name: str = ""
    arguments: list[str] = field(default_factory=list)


class CallFragments:
    """Tool calls that arrive in fragments by index, their arguments as pieces of JSON text."""

    def __init__(self) -> None:
        self._calls: dict[int, _Fragments] = {}

    def add(self, fragment: dict[str, Any]) -> None:
        """Take one element of a delta's ``tool_calls``."""
        call = self._calls.setdefault(int(fragment.get("index") or 0), _Fragments())
        function = fragment.get("function") or {}
        call.name = call.name or str(function.get("name") or "")
        call.arguments.append(str(function.get("arguments") or ""))

    def finish(self) -> list[CallDelta | MalformedCallDelta]:
        """All calls, in the order of their index."""
        return [
            read_call(each.name, "".join(each.arguments) or "{}") for _, each in sorted(self._calls.items())
        ]


def read_call(name: str, arguments: object) -> CallDelta | MalformedCallDelta:
    """A call by its name and its arguments, which are an object or the JSON text of one."""
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments, strict=False)
        except (ValueError, RecursionError):
            return MalformedCallDelta("The tool call's arguments are not valid JSON.")
    if not isinstance(arguments, dict):
        return MalformedCallDelta("The tool call's arguments are not a JSON object.")
    if not name.strip():
        return MalformedCallDelta("The tool call names no tool.")
    return CallDelta(ToolCall(name.strip(), arguments))
