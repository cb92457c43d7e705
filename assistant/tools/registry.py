"""Tools by name: schemas for the model, checked arguments, execution that always ends in a result."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from rapidfuzz import fuzz, process

from assistant.errors import AssistantError, ToolError
from assistant.tools import clock_tool, help_tool, memory_tools, speech_tools, text_engine_tool, theme_tool
from assistant.tools.context import ToolContext
from assistant.tools.define import Tool
from assistant.tools.result import Kind, ToolCall, ToolResult

_log = logging.getLogger(__name__)


class Registry:
    """A fixed set of tools. ``names`` narrows it to what a persona may use; empty means all."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools = {tool.name: tool for tool in tools}

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def tool(self, name: str, names: Collection[str] = ()) -> Tool:
        """The tool with this name; raises ``ToolError`` naming the closest ones."""
        known = [each for each in self._tools if not names or each in names]
        if name in known:
            return self._tools[name]
        close = [hit[0] for hit in process.extract(name, known, scorer=fuzz.ratio, limit=3, score_cutoff=60)]
        remedy = f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(known)}."
        raise ToolError(f"There is no tool called {name[:40]!r}.", remedy)

    def schemas(self, names: Collection[str] = ()) -> tuple[dict[str, Any], ...]:
        """``{"name", "description", "parameters"}`` of each tool a model may call; a JSON schema each."""
        for_models = (tool for tool in self if tool.kind is not Kind.USER)
        return tuple(tool.schema for tool in for_models if not names or tool.name in names)

    def validate(self, call: ToolCall, names: Collection[str] = ()) -> Mapping[str, Any]:
        """The call's arguments, converted and with defaults; raises ``ToolError`` with a sentence."""
        return self.tool(call.name, names).validate(call.arguments)

    async def execute(self, call: ToolCall, context: ToolContext, names: Collection[str] = ()) -> ToolResult:
        """Runs the tool within its time limit. Whatever goes wrong becomes a result that is not ``ok``."""
        try:
            tool = self.tool(call.name, names)
            arguments = tool.validate(call.arguments)
            async with asyncio.timeout(tool.timeout_s):
                return await tool.function(context, **arguments)
        except AssistantError as error:
            return ToolResult(str(error), speech=error.message, ok=False)
        except TimeoutError:
            return _failure(f"The tool {call.name} took too long.")
        except Exception:
            _log.exception("tool %s failed", call.name)
            return _failure(f"The tool {call.name} failed.")


def _failure(sentence: str) -> ToolResult:
    return ToolResult(sentence, speech=sentence, ok=False)


def default_registry() -> Registry:
    """All built-in tools."""
    modules = (theme_tool, clock_tool, speech_tools, memory_tools, help_tool, text_engine_tool)
    return Registry(tool for module in modules for tool in module.TOOLS)
