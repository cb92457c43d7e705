"""What concerns speaking and listening itself: mute, sleep, stop, loudness."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assistant.tools.context import ToolContext
from assistant.tools.define import tool
from assistant.tools.result import (
    ChangeVolume,
    CloseMicrophone,
    Kind,
    Sleep,
    StopSpeaking,
    ToolCall,
    ToolResult,
)

STEP = 15
"""Percent that "louder" and "quieter" change."""


@tool(Kind.CHANGE)
async def mute(context: ToolContext) -> ToolResult:
    """Close the microphone. Only a key opens it again."""
    return ToolResult(
        "The microphone is closed; only a key opens it again.",
        speech="I am closing the microphone. I cannot hear you now: only a key opens it again.",
        actions=(CloseMicrophone(),),
    )


@tool(Kind.CHANGE)
async def go_to_sleep(context: ToolContext) -> ToolResult:
    """Stop answering until the user says "wake up" or a persona's name."""
    return ToolResult(
        'Asleep until "wake up" or a persona\'s name is heard.',
        speech="Good night. Say wake up, or a name, when you need me.",
        actions=(Sleep(),),
    )


@tool(Kind.CHANGE)
async def stop(context: ToolContext) -> ToolResult:
    """End the answer that is being spoken."""
    return ToolResult("Stopped.", actions=(StopSpeaking(),))


@tool(Kind.CHANGE)
async def set_volume(
    context: ToolContext, level: Annotated[int, Field(ge=0, le=100)] | Literal["up", "down"]
) -> ToolResult:
    """Change how loud the assistant speaks.

    Args:
        level: Percent from 0 to 100, or "up" or "down" for one step.
    """
    before = round(context.volume * 100)
    wanted = level if isinstance(level, int) else before + (STEP if level == "up" else -STEP)
    after = max(0, min(100, wanted))
    if after == before:
        limit = {0: "as quiet as I can be", 100: "as loud as I can be"}.get(after, f"at {after} percent")
        return ToolResult(
            f"The volume is {after} percent already.", speech=f"I am {limit} already.", ok=False
        )
    return ToolResult(
        f"Volume changed from {before} to {after} percent.",
        speech=f"Volume {after} percent.",
        actions=(ChangeVolume(after / 100),),
        undo=ToolCall("set_volume", {"level": before}),
    )


TOOLS = (mute, go_to_sleep, stop, set_volume)
