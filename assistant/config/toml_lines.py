"""Where in a TOML text a key stands, so that an error can name its line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

Path = tuple[str | int, ...]

_TABLE = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\s]+?)\s*\]")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+(?:\s*\.\s*[A-Za-z0-9_\-]+)*)\s*=")
_MULTILINE = ('"""', "'''")


def find_line(text: str, path: Path, value: object = None) -> int:
    """The line (from 1) of the key at ``path``, or of what is nearest to it: its table, else the first line.

    ``value`` is the offending value; where it is an element of a list, the line that holds it is meant.
    """
    found, depth = 1, 0
    for number, key in _keys(text):
        if len(key) > depth and path[: len(key)] == key:
            found, depth = number, len(key)
    if depth < len(path) and isinstance(value, str) and value:
        return _line_with(text, found, value)
    return found


def _keys(text: str) -> Iterator[tuple[int, Path]]:
    """Line number and full path of each table header and key; lines inside long strings are no keys."""
    table: Path = ()
    elements: Counter[Path] = Counter()
    closing = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = "" if closing in line else closing
        elif header := _TABLE.match(line):
            table = _parts(header[2])
            if header[1] == "[[":
                elements[table] += 1
                table += (elements[table] - 1,)
            yield number, table
        elif key := _KEY.match(line):
            yield number, table + _parts(key[1])
            closing = next((quotes for quotes in _MULTILINE if line.count(quotes) == 1), "")


def _parts(dotted: str) -> Path:
    return tuple(part.strip() for part in dotted.split("."))


def _line_with(text: str, start: int, value: str) -> int:
    first_line = (value.splitlines() or [""])[0]
    for number, line in enumerate(text.splitlines()[start - 1 :], start=start):
        if first_line in line:
            return number
    return start
