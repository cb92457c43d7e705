"""Becoming another persona, and telling which there are."""

from __future__ import annotations

from assistant.personas.model import Persona
from assistant.personas.names import closest, is_far, match
from assistant.tools.context import ToolContext
from assistant.tools.define import tool
from assistant.tools.result import Kind, SwitchPersona, ToolCall, ToolResult
from assistant.tools.wording import clipped, listed


@tool(Kind.CHANGE)
async def change_theme(context: ToolContext, persona_name: str) -> ToolResult:
    """Become another persona: identity, voice and colours change, and it introduces itself.

    Args:
        persona_name: Name of the persona to become, as the user said it.
    """
    found = match(persona_name, context.personas)
    current = context.current_persona
    if found is None:
        return _ask_back(context, persona_name)
    if found.persona.slug == current.slug:
        return ToolResult(f"Already {current.name}.", speech=f"I am {current.name} already.", ok=False)
    return changed(current, found.persona)


def changed(before: Persona, after: Persona) -> ToolResult:
    """What a change of personas comes to, whoever asked for it."""
    return ToolResult(
        f"Changed from {before.name} to {after.name}.",
        actions=(SwitchPersona(after.slug),),
        undo=ToolCall("change_theme", {"persona_name": before.name}),
    )


@tool(Kind.READ)
async def list_personas(context: ToolContext) -> ToolResult:
    """Tell which personas there are."""
    current = context.current_persona
    others = _others(context)
    if not others:
        return ToolResult(f"Only {current.name}.", speech=f"I am {current.name}, and there is nobody else.")
    return ToolResult(
        f"Current: {current.name}. All: {', '.join(context.personas.names)}.",
        speech=f"I am {current.name}. I can also be {listed(others, 'or')}.",
    )


def _ask_back(context: ToolContext, name: str) -> ToolResult:
    if is_far(name, context.personas):
        others = listed(_others(context), "or") or "nobody else"
        text = f"There is no persona called {clipped(name)}. There are {', '.join(context.personas.names)}."
        return ToolResult(text, speech=f"I know nobody called {clipped(name)}. I can be {others}.", ok=False)
    near = closest(name, context.personas, 2)
    text = (
        f"There is no persona called {clipped(name)}. Closest: {listed([each.name for each in near], 'or')}."
    )
    question = listed([each.name for each in near], "or")
    return ToolResult(
        text, speech=f"I know nobody called {clipped(name)}. Did you mean {question}?", ok=False
    )


def _others(context: ToolContext) -> list[str]:
    current = context.current_persona
    return [persona.name for persona in context.personas if persona.slug != current.slug]


TOOLS = (change_theme, list_personas)
