"""Builds what a text engine is given; ``llm.chat`` puts it into the order that models read it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant.conversation.answer import Result
from assistant.llm.port import Message, Prompt, Purpose, Said
from assistant.llm.summary import summary_with
from assistant.memory.context import history_window
from assistant.personas.model import Persona

PROMPT_MESSAGES = 30
"""Messages of the conversation in a prompt at most; never fewer than the last ten."""

_SPOKEN = (
    "You are heard, not read: answer in one to three short sentences, without markup, lists or emoji. "
    "Stay in character. Never claim to have done what no tool did."
)


def greeting_instruction(persona: Persona, re_introduction: bool) -> str:
    """What the model is told when it has to speak first."""
    if re_introduction:
        return f"You just changed to {persona.name}. Introduce yourself with enthusiasm!"
    return f"You are {persona.name}. Greet the user warmly."


def system_text(persona: Persona) -> str:
    """Who the model is and how it speaks: the same from turn to turn."""
    parts = [f"You are {persona.name}. {persona.identity}", persona.prompt]
    if persona.traits:
        parts.append("Your traits: " + ", ".join(persona.traits) + ".")
    parts.append(_SPOKEN)
    return "\n\n".join(parts)


def build_prompt(
    purpose: Purpose,
    persona: Persona,
    history: Sequence[Message],
    tools: Sequence[dict[str, Any]],
    personas: Sequence[Persona],
    instruction: str = "",
    summary: Sequence[Said] = (),
) -> Prompt:
    """The prompt for one answer; ``instruction`` is a last message that is not part of the history.

    ``summary`` is that of messages before ``history``.
    """
    messages = history_window(history, PROMPT_MESSAGES)
    earlier = history[: len(history) - len(messages)]
    if instruction:
        messages += (Message("user", instruction, persona.slug),)
    return Prompt(
        purpose=purpose,
        persona=persona,
        system=system_text(persona),
        messages=messages,
        tools=tuple(tools),
        personas=tuple(personas),
        summary=summary_with(summary, earlier),
    )


def with_results(prompt: Prompt, written: str, results: Sequence[Result], *, is_last: bool = False) -> Prompt:
    """The same prompt followed by what was answered so far and by what the tools gave.

    The ``is_last`` one offers no tools any more, so that words are all there is left to write.
    """
    persona = prompt.persona.slug
    answered = (Message("assistant", written, persona),) if written else ()
    found = "\n".join(f"{each.name}: {each.text}" for each in results)
    messages = (*prompt.messages, *answered, Message("tool", found, persona))
    return replace(prompt, messages=messages, tools=() if is_last else prompt.tools)


def with_notes(prompt: Prompt, notes: Sequence[str], pinned: Sequence[str]) -> Prompt:
    """The same prompt with recalled notes beside the newest turn, and others that are in every prompt."""
    return replace(prompt, notes=tuple(notes), pinned=tuple(pinned))
