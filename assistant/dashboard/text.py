"""Makes text of unknown origin safe to show: no escape sequences, no control or direction characters."""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating system commands, such as a window title
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # control sequences, such as colours and cursor moves
    r"|\x1b[ -/]*[0-~]?"
)
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]"
)


LONGEST = 10_000
"""Characters of a text that are shown: more is not read on a screen, and would hold up each of its paints."""


def clean(text: str) -> str:
    """``text`` without anything that a terminal would obey; line breaks stay, tabs become four spaces."""
    text = _BREAKS.sub("\n", _ESCAPES.sub("", text))
    return _UNSEEN.sub("", text.replace("\t", "    "))


def cut(text: str) -> str:
    """``text``; of one that is longer than ``LONGEST`` the beginning, and where to find the rest."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]} … ({len(text):,} characters; /export writes all of them)"


def one_line(text: str, width: int) -> str:
    """``text`` cleaned, on one line, cut to ``width`` characters with an ellipsis."""
    line = " ".join(clean(cut(text)).split())
    return line if len(line) <= width else line[: max(0, width - 1)].rstrip() + "…"
