"""Prompts for the tests of text engines."""

from __future__ import annotations

from assistant.conversation.prompts import build_prompt
from assistant.llm.port import Message, Prompt, Purpose
from assistant.personas.load import load_library
from assistant.tools.registry import default_registry

LIBRARY = load_library()
TOOLS = default_registry().schemas()


def prompt(*said: str, tools: bool = True, notes: tuple[str, ...] = (), persona: str = "default") -> Prompt:
    """User and assistant in turn, the newest words the user's."""
    roles = ("user", "assistant")
    count = len(said)
    history = [Message(roles[(count - 1 - index) % 2], text, persona) for index, text in enumerate(said)]
    built = build_prompt(
        Purpose.REPLY, LIBRARY.get(persona) or LIBRARY.default, history, TOOLS if tools else (), ()
    )
    return Prompt(built.purpose, built.persona, built.system, built.messages, built.tools, notes)
