"""Requests for a tool that no spoken command caught; only tools that the prompt offers are called."""

from __future__ import annotations

import json
import re

from assistant.llm.scripted.turn import Turn

_REMEMBER = re.compile(
    r"^\W*(?:please )?(?:remember|note|keep in mind|don'?t forget)(?: that| down|:)?\s+"
    r"(?!me\b|when\b|how\b|what\b)(.{3,300})$",
    re.IGNORECASE | re.DOTALL,
)
_BECOME = re.compile(
    r"^\W*(?:please )?(?:change|switch|turn)(?: over)? (?:to|into) (.{2,60}?)[\s.!?]*$", re.IGNORECASE
)


def tool_call(turn: Turn) -> str:
    """The call as text, or empty; the arguments are the user's own words."""
    if "remember" in turn.tools and (found := _REMEMBER.match(turn.text)):
        return _call("remember", {"text": found[1].strip()})
    if "change_theme" in turn.tools and (found := _BECOME.match(turn.text)):
        return _call("change_theme", {"persona_name": found[1]})
    return ""


def _call(name: str, arguments: dict[str, str]) -> str:
    return "TOOL_CALL: " + json.dumps({"name": name, "arguments": arguments}, ensure_ascii=False)
