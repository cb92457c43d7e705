"""The persona brain that needs no language model: rules, and the persona's own lines."""

from assistant.llm.scripted.engine import ScriptedEngine

__all__ = ["ScriptedEngine"]
