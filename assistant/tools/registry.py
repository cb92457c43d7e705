"""Tools by name: schemas for the model, checked arguments, execution that always ends in a result."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rapidfuzz import fuzz, process

from assistant.errors import AssistantError, ToolCallError
from assistant.personas.model import Persona
from assistant.tools import clock_tool, help_tool, memory_tools, speech_tools, text_engine_tool, theme_tool
from assistant.tools.context import ToolContext
from assistant.tools.define import Tool
from assistant.tools.offered import OfferedTool
from assistant.tools.remote import remote_tool
from assistant.tools.result import Kind, ToolCall, ToolResult

_log = logging.getLogger(__name__)


class Registry:
    """A fixed set of tools."""

    def __init__(self, tools: Iterable[Tool]) -> None:
        self._tools = {tool.name: tool for tool in tools}

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def for_persona(self, persona: Persona) -> Registry:
        """What a model may call as this persona."""
        return Registry(
            tool
            for tool in self
            if (not persona.tools or tool.name in persona.tools)
            and (not tool.personas or persona.slug in tool.personas)
        )

    @property
    def offered(self) -> tuple[OfferedTool, ...]:
        """The tools that servers offer."""
        return tuple(tool.offered for tool in self if tool.offered)

    def with_offered(self, server: str, tools: Iterable[OfferedTool]) -> Registry:
        """These tools, and all others but what this server has offered before."""
        others = [tool for tool in self if tool.offered is None or tool.offered.server != server]
        return Registry([*others, *map(remote_tool, tools)])

    def brings_untrusted(self, name: str) -> bool:
        """Whether results of this tool hold what others wrote; so is taken whatever is not known here."""
        return name not in self._tools or self._tools[name].brings_untrusted

    def tool(self, name: str) -> Tool:
        """The tool with this name; raises ``ToolCallError`` naming the closest ones."""
        known = list(self._tools)
        if name in self._tools:
            return self._tools[name]
        close = [hit[0] for hit in process.extract(name, known, scorer=fuzz.ratio, limit=3, score_cutoff=60)]
        remedy = f"Did you mean {' or '.join(close)}?" if close else f"There are: {', '.join(known)}."
        raise ToolCallError(f"There is no tool called {name[:40]!r}.", remedy)

    def schemas(self) -> tuple[dict[str, Any], ...]:
        """``{"name", "description", "parameters"}`` of each tool a model may call; a JSON schema each."""
        return tuple(tool.schema for tool in self if tool.kind is not Kind.USER)

    def validate(self, call: ToolCall) -> Mapping[str, Any]:
        """The call's arguments, converted and with defaults; raises ``ToolCallError`` with a sentence."""
        return self.tool(call.name).validate(call.arguments)

    async def execute(self, call: ToolCall, context: ToolContext) -> ToolResult:
        """Runs the tool within its time limit. Whatever goes wrong becomes a result that is not ``ok``."""
        try:
            tool = self.tool(call.name)
            arguments = tool.validate(call.arguments)
            async with asyncio.timeout(tool.timeout_s):
                return await tool.function(context, **arguments)
        except AssistantError as error:
            is_rejected = isinstance(error, ToolCallError)
            return ToolResult(str(error), speech=error.message, ok=False, is_rejected=is_rejected)
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
