"""Turns an async function into a tool: its schema comes from the signature and the docstring."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic_core import ErrorDetails

from assistant.errors import ToolCallError
from assistant.tools.offered import OfferedTool
from assistant.tools.result import Kind, ToolResult

ToolFunction = Callable[..., Awaitable[ToolResult]]

_ARGUMENT = re.compile(r"^\s+(\w+):\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a spoken command or a model may call.

    ``question`` is what is asked aloud before a danger runs; ``timeout_s`` is in seconds. ``parameters`` is
    None where somebody else checks the arguments. ``brings_untrusted`` says that its results hold what others
    wrote, ``personas`` as which it may be called, by slug; empty means all.
    """

    name: str
    kind: Kind
    description: str
    timeout_s: float
    question: str
    function: ToolFunction
    parameters: type[BaseModel] | None
    schema: dict[str, Any] = field(repr=False, compare=False)
    """Name, description and the JSON schema of the parameters; in every prompt, so made once."""
    brings_untrusted: bool = False
    personas: frozenset[str] = frozenset()
    offered: OfferedTool | None = None
    """Where it comes from, unless it is our own."""

    def validate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Converted arguments with defaults filled in; raises ``ToolCallError`` with a sentence."""
        if self.parameters is None:
            return dict(arguments)
        try:
            checked = self.parameters.model_validate(dict(arguments))
        except ValidationError as error:
            raise ToolCallError(self._sentence(error.errors()[0])) from None
        return {name: getattr(checked, name) for name in self.parameters.model_fields}

    def _sentence(self, error: ErrorDetails) -> str:
        argument = str(error["loc"][0])
        if error["type"] == "missing":
            return f"The tool {self.name} needs the argument {argument!r}."
        if error["type"] == "extra_forbidden":
            takes = ", ".join(self.schema["parameters"]["properties"]) or "none"
            return f"The tool {self.name} has no argument {argument[:40]!r}; its arguments: {takes}."
        expected = _in_words(self.schema["parameters"]["properties"][argument])
        given = json.dumps(error["input"], ensure_ascii=False, default=str)[:40]
        return f"The argument {argument!r} of {self.name} must be {expected}, not {given}."


def tool(
    kind: Kind,
    *,
    name: str = "",
    timeout_s: float = 5.0,
    question: str = "",
    brings_untrusted: bool = False,
) -> Callable[[ToolFunction], Tool]:
    """Makes an async function a ``Tool``.

    The first parameter is the ``ToolContext`` and stays out of the schema. The docstring's first paragraph
    describes the tool, its "Args:" section the parameters, one line each. Raises ``ValueError`` for a danger
    without a question and for an undescribed parameter.
    """

    def define(function: ToolFunction) -> Tool:
        tool_name = name or function.__name__
        if (kind is Kind.DANGER) != bool(question):
            raise ValueError(f"{tool_name}: a question is asked before a danger, and only there")
        description, about = _read_docstring(inspect.getdoc(function) or "")
        parameters = _parameters(tool_name, function, about)
        schema = {"name": tool_name, "description": description, "parameters": _json_schema(parameters)}
        return Tool(
            tool_name, kind, description, timeout_s, question, function, parameters, schema, brings_untrusted
        )

    return define


def _parameters(tool_name: str, function: ToolFunction, about: Mapping[str, str]) -> type[BaseModel]:
    hints = get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.name not in about:
            raise ValueError(f"{tool_name}: the docstring does not describe {parameter.name}")
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], Field(default, description=about[parameter.name]))
    return create_model(tool_name, __config__=ConfigDict(extra="forbid", frozen=True), **fields)


def _json_schema(parameters: type[BaseModel]) -> dict[str, Any]:
    """Without pydantic's titles."""
    schema = parameters.model_json_schema()
    properties = {
        name: {key: value for key, value in each.items() if key != "title"}
        for name, each in schema["properties"].items()
    }
    return {"type": "object", "properties": properties, "required": schema.get("required", [])}


def _read_docstring(text: str) -> tuple[str, dict[str, str]]:
    """The first paragraph as one line, and what the "Args:" section says about each parameter."""
    head, _, section = text.partition("Args:")
    described = (match for line in section.splitlines() if (match := _ARGUMENT.match(line)))
    return " ".join(head.split("\n\n")[0].split()), {match[1]: match[2] for match in described}


def _in_words(schema: Mapping[str, Any]) -> str:
    """What a JSON schema asks for, as words."""
    if "anyOf" in schema:
        return " or ".join(_in_words(each) for each in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(map(repr, schema["enum"]))
    if schema.get("type") == "integer" and "minimum" in schema:
        return f"a whole number from {schema['minimum']} to {schema['maximum']}"
    if schema.get("type") == "string" and "maxLength" in schema:
        return f"text of {schema.get('minLength', 0)} to {schema['maxLength']} characters"
    words = {"integer": "a whole number", "number": "a number", "string": "text", "boolean": "true or false"}
    return words.get(str(schema.get("type")), "of another kind")
