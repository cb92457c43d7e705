"""Changing the model that writes the replies."""

from __future__ import annotations

from assistant.errors import ToolError
from assistant.tools.context import ToolContext
from assistant.tools.define import tool
from assistant.tools.result import Kind, TextEngineChanged, ToolCall, ToolResult

LOADING = 130.0
"""Seconds that a model may take to load."""


@tool(Kind.USER, timeout_s=LOADING)
async def use_text_engine(context: ToolContext, engine: str, model: str = "") -> ToolResult:
    """Let another text engine write the replies, from the next one on.

    Args:
        engine: Name of the text engine.
        model: Name of the model or its file; empty for the one in the settings.
    """
    if context.text_engines is None:
        raise ToolError("The text engine cannot be changed here.")
    before = context.text_engines.engine
    name = await context.text_engines.use(engine, model)
    now = context.text_engines.engine
    undo = ToolCall("use_text_engine", {"engine": before}) if before != now else None
    return ToolResult(
        f"Replies are written by {name} now.",
        speech=f"From now on I think with {'my script' if now == 'scripted' else now}.",
        actions=(TextEngineChanged(name),),
        undo=undo,
    )


TOOLS = (use_text_engine,)
