"""How text engines fail, as far as it matters for what is tried next."""

from __future__ import annotations

from assistant.errors import TextEngineError


class Unavailable(TextEngineError):
    """Nobody answers, or not now: worth another try as long as nothing was written."""


class ContextOverflow(TextEngineError):
    """The prompt is longer than the model's context: worth another try with less history."""
