"""Requests for a persona behind a remark: "You are no fun, put TARS on", "I miss KITT, bring him back".

Only for a persona's very name: what precedes may be anything, so the request itself must leave no doubt.
"""

from __future__ import annotations

import re

from assistant.conversation.named_request import find_named, named
from assistant.conversation.utterance import as_command, plain
from assistant.personas.load import Library

_BREAK = re.compile(r"(?<=[^\W_])[,.;:!?]+\s+|\s+-+\s+")

_LONGEST_REMARK = 9
"""Words before the request at most; longer ones are a story that it belongs to."""

_PRONOUN = re.compile(r"\b(?:him|her|them|it|one)\b", re.IGNORECASE)

_CHANGE = re.compile(r"(?:change|switch|swap)(?: over| back)?(?: now)?", re.IGNORECASE)
"""What asks for whoever was named just before."""


def find_behind_remark(text: str, library: Library) -> str | None:
    """The persona that a later clause of ``text`` asks for, by name or by a pronoun for a name before it."""
    clauses = [clause for clause in _BREAK.split(text.strip()) if clause.strip()]
    for start in range(1, len(clauses)):
        before, rest = " ".join(clauses[:start]), ", ".join(clauses[start:])
        if len(before.split()) > _LONGEST_REMARK:
            return None
        for request in dict.fromkeys((plain(rest), as_command(plain(rest)))):
            if name := find_named(request, library) or _meant(request, named(before, library), library):
                return name
    return None


def _meant(request: str, name: str | None, library: Library) -> str | None:
    if name is None:
        return None
    if _CHANGE.fullmatch(request):
        return name
    filled, pronouns = _PRONOUN.subn(name, request)
    return find_named(filled, library) if pronouns == 1 else None
