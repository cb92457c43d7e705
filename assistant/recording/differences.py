"""Where two values of JSON first go apart, in words."""

from __future__ import annotations

import json
from typing import Any

from assistant.recording.codec import CLASS

_LONGEST = 160


def first_difference(recorded: Any, now: Any, where: str = "") -> str:
    """Such as ``ToEngine.command.text was "Hello.", is "Hi."``; empty where both are the same."""
    if recorded == now:
        return ""
    match recorded, now:
        case dict(), dict() if recorded.get(CLASS) == now.get(CLASS):
            keys = [key for key in recorded.keys() | now.keys() if recorded.get(key) != now.get(key)]
            first = min(keys, key=lambda key: (key not in recorded, [*recorded, *now].index(key)))
            inside = _inside(where or str(recorded.get(CLASS, "")), first)
            return first_difference(recorded.get(first), now.get(first), inside)
        case list(), list():
            return _first_of_lists(recorded, now, where)
    return f"{where or 'it'} was {_brief(recorded)}, is {_brief(now)}"


def _first_of_lists(recorded: list[Any], now: list[Any], where: str) -> str:
    for number, (before, after) in enumerate(zip(recorded, now, strict=False), start=1):
        if before != after:
            name = before.get(CLASS, "") if isinstance(before, dict) else ""
            return first_difference(before, after, f"{where}[{number}]{f' {name}' if name else ''}".strip())
    longer, verb = (recorded, "is missing") if len(recorded) > len(now) else (now, "is new")
    at = min(len(recorded), len(now))
    return f"{where}[{at + 1}] {verb}: {_brief(longer[at])}"


def _inside(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _brief(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
