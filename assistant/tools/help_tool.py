"""What can be said without a language model, told shortly."""

from __future__ import annotations

from assistant.tools.context import ToolContext
from assistant.tools.define import tool
from assistant.tools.result import Kind, ToolResult

_COMMANDS = (
    ("change to <name>", "become another persona"),
    ("who can you be", "list the personas"),
    ("what time is it · what day is it", "time and date"),
    ("louder · quieter · volume to 50 percent", "loudness"),
    ("stop", "end the answer"),
    ("mute", "close the microphone; only a key opens it"),
    ("go to sleep · wake up", "pause and go on"),
    ("remember that … · what do you remember · forget that", "notes"),
    ("forget everything", "erase notes and conversations; asks first"),
    ("no, go back", "undo the last change"),
)


@tool(Kind.READ, name="help")
async def tell_commands(context: ToolContext) -> ToolResult:
    """Tell what the user can say to command the assistant."""
    other = next((each.name for each in context.personas if each.slug != context.persona), "Nova")
    return ToolResult(
        "\n".join(f"{said} — {done}" for said, done in _COMMANDS),
        speech=(
            f"You can say: change to {other}, what time is it, louder, remember that, what do you remember, "
            "stop, mute, or go to sleep. And no, go back, undoes the last change."
        ),
    )


TOOLS = (tell_commands,)
