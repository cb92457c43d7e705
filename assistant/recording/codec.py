"""The session's values as JSON and back: every dataclass is an object that names its class under ``$is``.

A recording may come from anywhere, so reading it makes none but the classes listed here, and checks each
field against its annotation.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from assistant.conversation.effects import Input
from assistant.conversation.limits import Limits
from assistant.conversation.state import SessionState
from assistant.engine.protocol import Command, VoiceSpec
from assistant.errors import RecordingError
from assistant.llm.port import Message
from assistant.personas.model import Persona
from assistant.tools.offered import OfferedTool
from assistant.tools.result import Action, ToolCall, ToolResult

CLASS = "$is"
"""The key under which an object names its class."""

_READABLE: dict[str, type[Any]] = {
    each.__name__: each
    for each in (
        *get_args(Input),
        *get_args(Command),
        *get_args(Action),
        ToolCall,
        ToolResult,
        Message,
        Limits,
        OfferedTool,
        SessionState,
        VoiceSpec,
    )
}


def encode(value: object) -> Any:
    """Dataclasses, mappings, sequences and plain values as what ``json`` writes; a persona as its slug."""
    if isinstance(value, Persona):
        return value.slug
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        named = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {CLASS: type(value).__name__, **{name: encode(each) for name, each in named}}
    if isinstance(value, Mapping):
        return {str(key): encode(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [encode(each) for each in value]
    return value


def decode(data: Any) -> Any:
    """What ``encode`` made of an input, a command or a session's state.

    Raises ``RecordingError`` for anything else.
    """
    if isinstance(data, list):
        return [decode(each) for each in data]
    if not isinstance(data, dict):
        return data
    fields = {key: decode(each) for key, each in data.items() if key != CLASS}
    if CLASS not in data:
        return fields
    name = str(data[CLASS])
    if name not in _READABLE:
        raise RecordingError(f"{name[:40]!r} is nothing that a recording holds.")
    try:
        return _adapter(name).validate_python(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RecordingError(f"{name}.{where}: {first['msg'][:1].lower()}{first['msg'][1:]}.") from error


def to_line(data: Any) -> str:
    """One line of JSON; what JSON does not know (a tool of the model's making) is written as text."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str) + "\n"


@functools.cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_READABLE[name])
