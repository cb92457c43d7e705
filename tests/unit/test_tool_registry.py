from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from assistant.errors import ToolError
from assistant.memory.opening import open_temporary_store
from assistant.personas.load import load_library
from assistant.tools.context import ToolContext
from assistant.tools.define import tool
from assistant.tools.registry import Registry, default_registry
from assistant.tools.result import Kind, ToolCall, ToolResult


@tool(Kind.READ, timeout_s=0.05)
async def echo(
    context: ToolContext, text: str, times: int = 1, mood: Literal["calm", "loud"] = "calm"
) -> ToolResult:
    """Say it again,
    and again.

    More about it that no model needs.

    Args:
        text: What to say.
        times: How often.
        mood: In which mood.
    """
    if text == "wait":
        await asyncio.sleep(10)
    if text == "break":
        raise KeyError(text)
    return ToolResult(" ".join([text] * times))


@pytest.fixture
def context() -> ToolContext:
    return ToolContext(load_library(), open_temporary_store(), "default", 0.8, lambda: datetime(2026, 3, 1))


@pytest.fixture
def registry() -> Registry:
    return Registry([echo])


def test_a_schema_comes_from_signature_and_docstring(registry: Registry) -> None:
    assert registry.schemas() == (
        {
            "name": "echo",
            "description": "Say it again, and again.",
            "parameters": {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "description": "What to say."},
                    "times": {"type": "integer", "default": 1, "description": "How often."},
                    "mood": {
                        "type": "string",
                        "enum": ["calm", "loud"],
                        "default": "calm",
                        "description": "In which mood.",
                    },
                },
                "required": ["text"],
            },
        },
    )


def test_only_the_named_tools_are_offered_and_run() -> None:
    persona = load_library().default.model_copy(update={"tools": ("time", "stop")})
    registry = default_registry().for_persona(persona)
    assert [schema["name"] for schema in registry.schemas()] == ["time", "stop"]
    with pytest.raises(ToolError, match="no tool called 'mute'"):
        registry.validate(ToolCall("mute"))


def test_arguments_are_converted_and_defaults_filled_in(registry: Registry) -> None:
    arguments = registry.validate(ToolCall("echo", {"text": "a", "times": "2"}))
    assert arguments == {"text": "a", "times": 2, "mood": "calm"}


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("ecco", {}, "There is no tool called 'ecco'. Did you mean echo?"),
        ("zzz", {}, "There is no tool called 'zzz'. There are: echo."),
        ("echo", {}, "The tool echo needs the argument 'text'."),
        (
            "echo",
            {"text": "a", "x": 1},
            "The tool echo has no argument 'x'; its arguments: text, times, mood.",
        ),
        ("echo", {"text": 5}, "The argument 'text' of echo must be text, not 5."),
        (
            "echo",
            {"text": "a", "times": "b"},
            "The argument 'times' of echo must be a whole number, not \"b\".",
        ),
        (
            "echo",
            {"text": "a", "mood": "x"},
            "The argument 'mood' of echo must be one of 'calm', 'loud', not \"x\".",
        ),
        (
            "set_volume",
            {"level": 500},
            "must be a whole number from 0 to 100 or one of 'up', 'down', not 500.",
        ),
    ],
)
async def test_a_wrong_call_is_explained_and_becomes_a_failed_result(
    name: str, arguments: dict[str, Any], sentence: str, context: ToolContext
) -> None:
    registry = default_registry() if name == "set_volume" else Registry([echo])
    with pytest.raises(ToolError) as raised:
        registry.validate(ToolCall(name, arguments))
    assert sentence in str(raised.value)
    result = await registry.execute(ToolCall(name, arguments), context)
    assert (result.ok, result.is_rejected, sentence in result.text) == (False, True, True)


@pytest.mark.parametrize(
    ("text", "expected"), [("wait", "The tool echo took too long."), ("break", "The tool echo failed.")]
)
async def test_time_outs_and_faults_become_failed_results(
    text: str, expected: str, registry: Registry, context: ToolContext
) -> None:
    result = await registry.execute(ToolCall("echo", {"text": text}), context)
    assert result == ToolResult(expected, speech=expected, ok=False)


async def test_cancelling_a_running_tool_is_no_result(registry: Registry, context: ToolContext) -> None:
    task = asyncio.create_task(registry.execute(ToolCall("echo", {"text": "wait"}), context))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_danger_must_ask_and_every_parameter_must_be_described() -> None:
    async def burn(context: ToolContext) -> ToolResult:
        """Burn it."""
        return ToolResult("")

    async def hide(context: ToolContext, what: str) -> ToolResult:
        """Hide something."""
        return ToolResult(what)

    with pytest.raises(ValueError, match="question"):
        tool(Kind.DANGER)(burn)
    with pytest.raises(ValueError, match="question"):
        tool(Kind.READ, question="Sure?")(burn)
    with pytest.raises(ValueError, match="describe what"):
        tool(Kind.READ)(hide)


def test_every_built_in_tool_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "tools.md").read_text(encoding="utf-8")
    assert [each.name for each in default_registry() if f"| `{each.name}" not in page] == []
