"""Which of a persona's lines comes next: the one that was said longest ago, as the history shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from string import Formatter

from assistant.personas.model import line_fields

_PLAIN = "{fact}"


def choose(lines: Sequence[str], said: Sequence[str], fields: Mapping[str, str] | None = None) -> str:
    """A line whose fields are all known, filled in; never said before if there is one, else the oldest.

    ``said`` are the assistant's answers, oldest first. The same history gives the same line.
    """
    known = {name: value for name, value in (fields or {}).items() if value}
    usable = [line for line in lines if line_fields(line) <= known.keys()]
    line = min(usable, key=lambda each: _last_said(each, said))
    filled = line.format_map(known)
    return filled[:1].upper() + filled[1:]


def coloured(fact: str, lines: Sequence[str], said: Sequence[str]) -> str:
    """A plain statement, dressed in one of the persona's ``fact`` lines every other time."""
    quips = [line for line in lines if line != _PLAIN]
    just_dressed = bool(said) and any(_last_said(line, said[-1:]) == 0 for line in quips)
    if not quips or just_dressed:
        return fact
    return choose(quips, said, {"fact": fact})


def _last_said(line: str, said: Sequence[str]) -> int:
    """Index in ``said`` of the last answer that holds ``line``, -1 for none."""
    pattern = _pattern(line)
    for index in range(len(said) - 1, -1, -1):
        if pattern.search(said[index]) or (len(said[index]) > 12 and said[index] in line):
            return index
    return -1


def _pattern(line: str) -> re.Pattern[str]:
    parts = ((text, name) for text, name, _, _ in Formatter().parse(line))
    fixed = "".join(re.escape(text) + (".+" if name else "") for text, name in parts)
    return re.compile(fixed, re.IGNORECASE | re.DOTALL)
