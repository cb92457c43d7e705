"""Takes out of a model's text what could steer a terminal, a screen reader or the order of reading."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE = "\x1b"
_KEPT = "\n\t\u200c\u200d"
"""Line breaks, and the joiners that emoji and several scripts are written with."""
_BEGUN = re.compile(r"\x1b(?:\[[0-?]{0,32}[ -/]{0,4}|\][^\x07\x1b]{0,200}\x1b?|[ -/]{1,4})?")
"""An escape sequence so far: a control sequence, an operating system command, or a short one."""


class Cleaner:
    """Incremental; an escape sequence goes as a whole, wherever the text is cut."""

    def __init__(self) -> None:
        self._sequence = ""

    def feed(self, text: str) -> str:
        """The text without control and formatting characters."""
        if not self._sequence and text.isprintable():
            return text
        return "".join(map(self._character, text))

    def _character(self, character: str) -> str:
        if self._sequence:
            sequence = self._sequence + character
            self._sequence = sequence if _BEGUN.fullmatch(sequence) else ""
            return ""
        if character == _ESCAPE:
            self._sequence = character
            return ""
        if character in _KEPT:
            return character
        return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") else character
