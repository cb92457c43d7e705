"""Finds ``TOOL_CALL: {"name": …, "arguments": {…}}`` in text that arrives in pieces.

Every character is looked at once, in order, whatever the pieces are: splitting the text elsewhere never
changes what is found. Only what may still turn out to be the beginning of a marker is held back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from assistant.tools.result import ToolCall

LIMIT = 64 * 1024
"""Longest JSON object of a call, in characters."""

_FENCE = "```[a-z]{0,12}"
_MARKER = re.compile(rf"(?:{_FENCE}\s{{1,16}})?TOOL_CALL\s{{0,16}}:")
_MARKER_BEGINNING = re.compile(
    rf"`{{1,2}}|{_FENCE}|(?:{_FENCE}\s{{1,16}})?(?:T|TO|TOO|TOOL|TOOL_|TOOL_C|TOOL_CA|TOOL_CAL|TOOL_CALL\s{{0,16}}|)"
)
_BEFORE_OBJECT = re.compile(rf"\s{{0,64}}(?:`{{0,2}}|{_FENCE}\s{{0,64}})")
_NO_OBJECT = "No JSON object follows the tool call's marker."
_AFTER_OBJECT = re.compile(r"\s{0,16}`{0,3}")


@dataclass(frozen=True, slots=True)
class Text:
    """Text that belongs to the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A well-formed tool call; its arguments are not validated yet."""

    call: ToolCall


@dataclass(frozen=True, slots=True)
class Malformed:
    """Something that began like a tool call; ``text`` is never to be spoken, ``reason`` is a sentence."""

    text: str
    reason: str


Found = Text | Call | Malformed


class ToolCallParser:
    """One reply's scanner: ``feed`` every piece, then ``finish``. Linear time, never raises on any text."""

    def __init__(self) -> None:
        self._take: Callable[[str], None] = self._in_text
        self._found: list[Found] = []
        self._text: list[str] = []
        self._held = ""
        self._fenced = False
        self._object: list[str] = []
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def feed(self, piece: str) -> list[Found]:
        """What is certain after this piece."""
        for character in piece:
            self._take(character)
        return self._handed_over()

    def finish(self) -> list[Found]:
        """What is left when the reply is over."""
        if self._take in (self._in_text, self._after_object):
            self._text.append(self._held)
        elif self._take != self._past_limit:
            self._report(self._held + "".join(self._object), "The tool call breaks off.")
        self._back_to_text("")
        return self._handed_over()

    @property
    def may_be_call(self) -> bool:
        """True within a call, and from the second character of what may be its marker on."""
        return self._take != self._in_text or len(self._held) > 1

    @property
    def may_begin_call(self) -> bool:
        """True where the last character may be a marker's first."""
        return self._take == self._in_text and len(self._held) == 1

    # --- one state a method; each takes one character ---------------------------------------------

    def _in_text(self, character: str) -> None:
        if not self._held and character not in "`T":
            self._text.append(character)
            return
        held = self._held + character
        while held and not _MARKER_BEGINNING.fullmatch(held):
            if _MARKER.fullmatch(held):
                self._fenced = held.startswith("`")
                self._flush_text()
                self._take = self._before_object
                break
            self._text.append(held[0])
            held = held[1:]
        self._held = held

    def _before_object(self, character: str) -> None:
        after_marker = self._held[self._held.index(":") + 1 :]
        if character == "{":
            self._fenced = self._fenced or "`" in after_marker
            self._object, self._depth = ["{"], 1
            self._take = self._in_object
        elif _BEFORE_OBJECT.fullmatch(after_marker + character):
            self._held += character
        elif "\n" in after_marker:
            self._report(self._held, _NO_OBJECT)
            self._back_to_text(character)
        else:
            self._object = []
            self._take = self._in_broken_line
            self._in_broken_line(character)

    def _in_broken_line(self, character: str) -> None:
        # The whole line belongs to the attempt: a voice must not read out half a call.
        if character == "\n":
            self._report(self._held + "".join(self._object), _NO_OBJECT)
            self._back_to_text(character)
        elif len(self._object) < LIMIT:
            self._object.append(character)

    def _in_object(self, character: str) -> None:
        self._object.append(character)
        self._follow_braces(character)
        if self._depth == 0:
            self._read_object("".join(self._object))
            self._object = []
            self._end_object()
        elif len(self._object) >= LIMIT:
            self._report(self._held + "".join(self._object), "The tool call is too long.")
            self._object = []
            self._take = self._past_limit

    def _past_limit(self, character: str) -> None:
        self._follow_braces(character)
        if self._depth == 0:
            self._end_object()

    def _after_object(self, character: str) -> None:
        held = self._held + character
        if held.endswith("```"):
            self._back_to_text("")
        elif _AFTER_OBJECT.fullmatch(held):
            self._held = held
        else:
            self._back_to_text(held)

    # --- helpers ------------------------------------------------------------------------------------

    def _follow_braces(self, character: str) -> None:
        if self._escaped:
            self._escaped = False
        elif self._in_string:
            self._escaped = character == "\\"
            self._in_string = character != '"'
        elif character == '"':
            self._in_string = True
        else:
            self._depth += (character == "{") - (character == "}")

    def _read_object(self, text: str) -> None:
        try:
            self._found.append(Call(_read_call(text)))
        except ValueError as error:
            self._report(self._held + text, str(error))

    def _end_object(self) -> None:
        self._held = ""
        if self._fenced:
            self._fenced = False
            self._take = self._after_object
        else:
            self._back_to_text("")

    def _back_to_text(self, text: str) -> None:
        self._held = ""
        self._fenced = False
        self._take = self._in_text
        for character in text:
            self._take(character)

    def _report(self, text: str, reason: str) -> None:
        self._flush_text()
        self._found.append(Malformed(text, reason))

    def _flush_text(self) -> None:
        if text := "".join(self._text):
            self._found.append(Text(text))
        self._text = []

    def _handed_over(self) -> list[Found]:
        self._flush_text()
        found, self._found = self._found, []
        return found


def _read_call(text: str) -> ToolCall:
    try:
        # Raw line breaks inside strings are common in models' output and harmless.
        value = json.loads(text, strict=False, parse_constant=_refuse_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ValueError("The tool call is not valid JSON.") from None
    name, arguments = value.get("name"), value.get("arguments", {})
    if not isinstance(name, str) or not name.strip():
        raise ValueError("The tool call names no tool.")
    if not isinstance(arguments, dict):
        raise ValueError("The tool call's arguments are not a JSON object.")
    return ToolCall(name.strip(), arguments)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
